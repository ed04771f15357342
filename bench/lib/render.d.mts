/** Results as Markdown. @param results the stored JSON */
export function renderResults(results: unknown): string;
