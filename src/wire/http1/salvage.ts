/** What can be told of a head that was refused. */
export interface Salvaged {
  readonly method: string;
  /** In origin-form, or ''. */
  readonly target: string;
  readonly host: string;
  readonly origin: string | undefined;
}

const REQUEST_LINE = /^(?:\r\n)?([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\/[!"$-~]*) HTTP\/1\.[01](?:\r\n|$)/;

/** A longer path tells nobody anything, and would stand in the log. */
const MAX_PATH = 1024;

/**
 * Looks for the route that a refused request was for, and for the page that sent it, so that the refusal carries the CORS
 * lines that let the page read it. Nothing else is done with what is found, so it needn't be right.
 */
export function salvage(text: string): Salvaged {
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? text : text.slice(0, end + 2);
  const [, method = '', target = ''] = REQUEST_LINE.exec(head) ?? [];
  const path = target.replace(/\?.*$/s, '');
  const short = path.length <= MAX_PATH;
  return {
    method: short ? method : '',
    target: short ? target : '',
    host: onlyField(head, /\r\nhost:[ \t]*([\w.\-[\]:]{1,259})[ \t]*(?=\r\n)/gi) ?? '',
    origin: onlyField(head, /\r\norigin:[ \t]*([\x21-\x7e]+)[ \t]*(?=\r\n)/gi),
  };
}

/** The value of a field that is there once. */
function onlyField(head: string, pattern: RegExp): string | undefined {
  const lines = [...head.matchAll(pattern)];
  return lines.length === 1 ? lines[0]?.[1] : undefined;
}
