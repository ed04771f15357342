import type { Report, ReportedStep } from './types.ts';
import { escapeHtml } from './escape-html.ts';
import { shorten } from './wrap.ts';

const EDGE = 10;
const ROW = 64;
const TOP = 56;
const HEAD_GAP = 12;

/** About how wide a letter is, in the units of the picture, for the largest of the usual fonts. */
const LETTER = { normal: 7.6, bold: 8.6, small: 6.7 };

const OUTCOMES: Readonly<Record<Report['outcome'], readonly [kind: string, text: string]>> = {
  readable: ['good', '✓ the page reads'],
  opaque: ['warning', '! the page reads nothing'],
  blocked: ['bad', '✗ blocked'],
  undecided: ['warning', '? undecided'],
  unreachable: ['bad', '✗ nobody answers'],
};

/**
 * Who says what to whom: the browser on the left, the server on the right. Two pictures, for wide windows and narrow
 * ones, as letters must stay readable; the page shows one. Colours are classes of the page.
 */
export function drawSequence(report: Report): string {
  return `${draw(report, 'wide', 720)}\n${draw(report, 'narrow', 360)}`;
}

function draw(report: Report, name: 'wide' | 'narrow', width: number): string {
  const { steps, standing, request, outcome } = report;
  const height = TOP + Math.max(1, steps.length) * ROW + 40;
  const right = width - EDGE;
  const server = new URL(request.url).host;
  const products = standing.map(({ product }) => product).slice(0, 3);
  const half = (width - HEAD_GAP) / 2;
  const [kind, text] = OUTCOMES[outcome];
  const head = (x: number, anchor: string, [first, second]: readonly [string, string]): string[] => [
    label(x, 16, shorten(first, half / LETTER.bold), { kind: 'head', anchor }),
    label(x, 33, shorten(second, half / LETTER.small), { kind: 'small', anchor }),
  ];
  const parts = [
    `<line class="life" x1="${EDGE}" y1="42" x2="${EDGE}" y2="${height - 30}"/>`,
    `<line class="life" x1="${right}" y1="42" x2="${right}" y2="${height - 30}"/>`,
    ...head(0, 'start', ['browser', request.origin]),
    ...head(width, 'end', [server, products.join(', ')]),
    ...steps.flatMap((step, index) => drawStep(step, { y: TOP + index * ROW, width, server })),
    label(0, height - 10, text, { kind, anchor: 'start' }),
  ];
  const title = 'What browser and server say to each other';
  const tip = `tip-${name}`;
  return `<svg class="${name}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<defs><marker id="${tip}" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto"><path class="tip" d="M0 0 9 4 0 8z"/></marker></defs>
${parts.join('\n').replaceAll('url(#tip)', `url(#${tip})`)}
</svg>`;
}

interface Place {
  readonly y: number;
  readonly width: number;
  /** The host that stands above the right line: it needn't be said again. */
  readonly server: string;
}

function drawStep(step: ReportedStep, { y, width, server }: Place): string[] {
  const { method, url, statusLine, failure, verdicts, insteadOf } = step;
  const stop = Object.values(verdicts ?? {}).find((verdict) => verdict !== 'passed');
  const failed = failure !== undefined || stop !== undefined;
  const state = failed ? 'bad' : 'good';
  const { pathname, host } = new URL(url);
  const fits = (width - 4 * EDGE) / LETTER.normal;
  const asked = (room: number): string =>
    `${method} ${shorten(host === server ? pathname : host + pathname, room - method.length - 1)}`;
  const instead = insteadOf === undefined ? '' : ` (for ${insteadOf})`;
  const said = `${failed ? '✗' : '✓'} ${statusLine ?? `no answer: ${failure?.kind ?? ''}`}${stop === undefined ? '' : ` · ${stop}`}`;
  const [left, right, middle] = [EDGE, width - EDGE, width / 2];
  return [
    label(middle, y + 12, asked(fits - instead.length) + instead, { kind: 'text' }),
    `<line class="arrow" marker-end="url(#tip)" x1="${left}" y1="${y + 18}" x2="${right}" y2="${y + 18}"/>`,
    label(middle, y + 40, shorten(said, fits), { kind: state }),
    `<line class="arrow ${state}" marker-end="url(#tip)" x1="${right}" y1="${y + 46}" x2="${left}" y2="${y + 46}"/>`,
  ];
}

function label(
  x: number,
  y: number,
  text: string,
  { kind, anchor = 'middle' }: { readonly kind: string; readonly anchor?: string },
): string {
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}
