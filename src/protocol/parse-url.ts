/**
 * The URL that a text stands for, or `undefined` if it's none. In place of `URL.canParse`, which Node 20 answers wrongly
 * for texts beyond ASCII once its caller is optimised.
 */
export function parseUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
