import type { ProblemKind } from '../diagnostics/catalogue/problems.ts';

export interface ProblemPage {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly detail: string | undefined;
  readonly id: string;
  readonly reloadAfter: number | undefined;
}

/** A problem as a page for a person whose browser navigated here. Self-contained: no script, no outside resource. */
export function renderProblemPage(page: ProblemPage): string {
  const { status, title } = page.kind;
  const reload = page.reloadAfter === undefined ? '' : `<meta http-equiv="refresh" content="${page.reloadAfter}">`;
  const waiting = page.reloadAfter === undefined ? '' : `<p>This page tries again every ${page.reloadAfter} s.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
${reload}<title>${status} ${escapeHtml(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem }
code { font-size: .9em }
footer { margin-top: 3rem; opacity: .65; font-size: .85rem }
</style>
</head>
<body>
<h1>${status} · ${escapeHtml(title)}</h1>
${page.detail === undefined ? '' : `<p>${escapeHtml(page.detail)}</p>`}
${waiting}
<footer>oneorigin · <code>${escapeHtml(page.code)}</code> · request <code>${escapeHtml(page.id)}</code></footer>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
