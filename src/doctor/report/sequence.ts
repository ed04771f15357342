import type { Report, ReportedStep } from './types.ts';
import { escapeHtml } from './escape-html.ts';

const LEFT = 90;
const RIGHT = 630;
const ROW = 64;
const TOP = 56;

/** A picture of who says what to whom: the browser on the left, each server on the right. Colours are classes of the page. */
export function drawSequence({ steps, standing, request, outcome }: Report): string {
  const height = TOP + Math.max(1, steps.length) * ROW + 40;
  const server = new URL(request.url).host;
  const products = standing.map(({ product }) => product).slice(0, 3);
  const parts = [
    `<line class="life" x1="${LEFT}" y1="40" x2="${LEFT}" y2="${height - 30}"/>`,
    `<line class="life" x1="${RIGHT}" y1="40" x2="${RIGHT}" y2="${height - 30}"/>`,
    label(LEFT, 16, 'browser', 'head'),
    label(LEFT, 33, request.origin, 'small'),
    label(RIGHT, 16, server, 'head'),
    label(RIGHT, 33, products.join(', '), 'small'),
    ...steps.flatMap((step, index) => drawStep(step, TOP + index * ROW)),
    label(
      LEFT,
      height - 10,
      outcome === 'readable' ? '✓ the page reads' : `✗ ${outcome}`,
      outcome === 'readable' ? 'good' : 'bad',
    ),
  ];
  const title = 'What browser and server say to each other';
  return `<svg viewBox="0 0 720 ${height}" role="img" aria-label="${title}">
<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto"><path class="tip" d="M0 0 9 4 0 8z"/></marker></defs>
${parts.join('\n')}
</svg>`;
}

function drawStep({ method, url, statusLine, failure, verdicts, insteadOf }: ReportedStep, y: number): string[] {
  const failed = failure !== undefined || Object.values(verdicts ?? {}).some((verdict) => verdict !== 'passed');
  const state = failed ? 'bad' : 'good';
  const { pathname } = new URL(url);
  const asked = `${method} ${pathname}${insteadOf === undefined ? '' : ` (for ${insteadOf})`}`;
  const stop = Object.values(verdicts ?? {}).find((verdict) => verdict !== 'passed');
  const said = `${failed ? '✗' : '✓'} ${statusLine ?? `no answer: ${failure?.kind ?? ''}`}${stop === undefined ? '' : ` · ${stop}`}`;
  const middle = (LEFT + RIGHT) / 2;
  return [
    label(middle, y + 12, asked, 'text'),
    `<line class="arrow" marker-end="url(#tip)" x1="${LEFT}" y1="${y + 18}" x2="${RIGHT}" y2="${y + 18}"/>`,
    label(middle, y + 40, said, state),
    `<line class="arrow ${state}" marker-end="url(#tip)" x1="${RIGHT}" y1="${y + 46}" x2="${LEFT}" y2="${y + 46}"/>`,
  ];
}

/** The longest text that fits between the two. */
const FITS = 72;

function label(x: number, y: number, text: string, kind: string): string {
  const shown = text.length > FITS ? `${text.slice(0, FITS - 1)}…` : text;
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="middle">${escapeHtml(shown)}</text>`;
}
