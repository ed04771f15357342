import { escapeHtml } from './escape-html.ts';
import { STYLE } from './html-style.ts';

/** What stands at the top of a report's page; text, not yet escaped. */
export interface PageHead {
  readonly title: string;
  readonly subtitle: string;
  /** Chooses the verdict's colour. */
  readonly outcome: string;
  readonly summary: string;
}

/** One file without scripts, that loads nothing, for light and dark screens, telephones and paper. */
export function renderPage({ title, subtitle, outcome, summary }: PageHead, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(subtitle)}</p>
<p class="verdict ${outcome}">${escapeHtml(summary)}</p>
${body}
</html>
`;
}
