/** The command that prints a code's page, docs/findings/CODE.md: it is there wherever the code was printed. */
export function helpFor(code: string): string {
  return `oneorigin explain ${code}`;
}
