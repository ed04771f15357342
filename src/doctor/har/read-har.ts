import { isIP } from 'node:net';
import { isToken } from '../../protocol/token.ts';
import type { BrowserName } from '../journey/types.ts';
import type { HeaderLine } from '../probe/types.ts';

/** One request of a recording, with what can be relied on: every field was looked at. */
export interface Entry {
  /** Its place in `log.entries`, from 0. */
  readonly index: number;
  /** Which page it belongs to; empty if that isn't recorded. */
  readonly page: string;
  /** When it began, in milliseconds; its index if that isn't recorded. */
  readonly at: number;
  /** How long it took. */
  readonly milliseconds: number;
  readonly method: string;
  /** `http:` or `https:`. */
  readonly url: URL;
  readonly headers: readonly HeaderLine[];
  readonly answer: { readonly status: number; readonly statusLine: string; readonly headers: readonly HeaderLine[] };
  /** `127.0.0.1` or `::1`; empty if it isn't recorded. */
  readonly address: string;
  /** Chromium's `_resourceType`, in lower case; empty elsewhere. */
  readonly type: string;
  /** The document that made the request, as far as the browser names one. */
  readonly initiator: string;
  /** What the browser says went wrong. `null`: that nothing did; `undefined`: nothing of it. */
  readonly error: string | null | undefined;
  readonly byServiceWorker: boolean;
}

/** What a browser, or a proxy, recorded. */
export interface Recording {
  /** `Firefox 153.7.0`; empty if it isn't recorded. */
  readonly recorder: string;
  /** Whose console it would be. Default: Chromium. */
  readonly engine: BrowserName;
  readonly entries: readonly Entry[];
  /** By id: its URL, or what else it's called. */
  readonly pages: ReadonlyMap<string, string>;
  /** How many entries aren't HTTP, or can't be understood. */
  readonly skipped: number;
}

/** Why a text is no recording. */
export type HarFault = 'empty' | 'truncated' | 'json' | 'shape';

/** Beyond these, what is recorded is left out: no server means them. */
const MOST = { headers: 400, value: 16_384, url: 32_768, text: 200 };

type Fields = Readonly<Record<string, unknown>>;

/** Reads a HAR file's text: HTTP Archive 1.2, as liberally as what browsers write asks for. */
export function readHar(text: string): Recording | { readonly fault: HarFault } {
  const json = text.replace(/^\uFEFF/, '').trim();
  if (json === '') return { fault: 'empty' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    return { fault: json.startsWith('{') && isAtEnd(error, json) ? 'truncated' : 'json' };
  }
  const log = fieldsOf(fieldsOf(parsed)['log']);
  const list = log['entries'];
  if (!Array.isArray(list)) return { fault: 'shape' };
  const entries = list.flatMap((item: unknown, index) => readEntry(fieldsOf(item), index) ?? []);
  const [browser, creator] = [fieldsOf(log['browser']), fieldsOf(log['creator'])];
  const { name, version } = textOf(browser['name']) === '' ? creator : browser;
  // Of Chromium it's the developer tools' name, and no version of anything.
  const isChromium = textOf(name) === 'WebInspector';
  const recorder = isChromium
    ? 'Chromium'
    : oneLine(`${textOf(name)} ${textOf(version)}`)
        .trim()
        .slice(0, MOST.text);
  return {
    recorder,
    engine: /firefox/i.test(recorder) ? 'firefox' : /webkit|safari/i.test(recorder) ? 'webkit' : 'chromium',
    entries,
    pages: readPages(log['pages'], entries),
    skipped: list.length - entries.length,
  };
}

/** Whether JSON was all right as far as it goes: V8 says where it stopped. */
function isAtEnd(error: unknown, json: string): boolean {
  const said = error instanceof Error ? error.message : '';
  if (/Unexpected end|Unterminated string/.test(said)) return true;
  return Number(/position (\d+)/.exec(said)?.[1] ?? Number.NaN) >= json.length;
}

/** Most browsers call a page by its URL; where one doesn't, the page began with a document. */
function readPages(list: unknown, entries: readonly Entry[]): ReadonlyMap<string, string> {
  const titles = Array.isArray(list) ? list.map(fieldsOf) : [];
  const pages = new Map(titles.map(({ id, title }) => [textOf(id), textOf(title)]));
  for (const { type, page, url } of entries) {
    if (type === 'document' && !/^https?:\/\//.test(pages.get(page) ?? '')) pages.set(page, url.href);
  }
  return pages;
}

function readEntry(entry: Fields, index: number): Entry | undefined {
  const [request, response] = [fieldsOf(entry['request']), fieldsOf(entry['response'])];
  const method = textOf(request['method']);
  const address = textOf(request['url']);
  if (!isToken(method) || method.length > 64 || address.length > MOST.url || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  url.hash = '';
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const at = Date.parse(textOf(entry['startedDateTime']));
  const time = Number(entry['time']);
  return {
    index,
    page: textOf(entry['pageref']),
    at: Number.isFinite(at) ? at : index,
    milliseconds: Number.isFinite(time) && time > 0 ? Math.round(time) : 0,
    method,
    url,
    headers: readHeaders(request['headers']),
    answer: readAnswer(response),
    address: addressOf(entry['serverIPAddress']),
    type: textOf(entry['_resourceType']).toLowerCase(),
    initiator: textOf(fieldsOf(entry['_initiator'])['url']).slice(0, MOST.url),
    error: readError(response),
    byServiceWorker: response['_fetchedViaServiceWorker'] === true || entry['_fetchType'] === 'Service Worker',
  };
}

/** IPv6 addresses come with and without brackets. */
function addressOf(value: unknown): string {
  const address = textOf(value).replaceAll(/^\[|\]$/g, '');
  return isIP(address) === 0 ? '' : address;
}

function readAnswer(response: Fields): Entry['answer'] {
  const found = Number(response['status']);
  const status = Number.isInteger(found) && found >= 100 && found <= 999 ? found : 0;
  const version = /^(?:HTTP\/|h)(\d(?:\.\d)?)$/i
    .exec(textOf(response['httpVersion']))?.[1]
    ?.replace(/^([23])\.0$/, '$1');
  const reason = oneLine(textOf(response['statusText'])).slice(0, MOST.text);
  return {
    status,
    statusLine: `HTTP/${version ?? '1.1'} ${status} ${reason}`.trimEnd(),
    headers: status === 0 ? [] : readHeaders(response['headers']),
  };
}

/** Chromium and Safari have `_error`, Playwright `_failureText`. */
function readError(response: Fields): Entry['error'] {
  const said = response['_error'] ?? response['_failureText'];
  if (typeof said === 'string' && said !== '') return oneLine(said).slice(0, MOST.text);
  return response['_error'] === null ? null : undefined;
}

/** Pseudo-headers of HTTP/2 are none; several lines may stand in one value, a line each. */
function readHeaders(list: unknown): HeaderLine[] {
  const items = Array.isArray(list) ? list.slice(0, MOST.headers).map(fieldsOf) : [];
  return items.flatMap(({ name, value }) => {
    const key = textOf(name);
    if (!isToken(key) || key.length > MOST.text) return [];
    const lines = textOf(value)
      .slice(0, MOST.value)
      .split(/[\r\n]+/);
    return lines.map((line) => [key, oneLine(line).trim()] as const);
  });
}

function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f]+/g, ' ');
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
