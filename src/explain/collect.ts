import { consoleCatalogue, type ConsoleCode } from '../diagnostics/catalogue/console.ts';
import { addressBefore, originOf, type Address } from './addresses.ts';
import type { Message } from './scan.ts';
import type { Squeezed } from './squeeze.ts';

/** What a console says, once or several times. */
export interface Statement {
  readonly message: Message;
  /** Every URL that it's said of. */
  readonly urls: ReadonlySet<string>;
  readonly count: number;
  /** Whether it only goes along with a statement that names the cause. */
  readonly follows: boolean;
}

interface Grouped {
  message: Message;
  readonly urls: Set<string>;
  count: number;
}

/** The statements of a text: its messages, with what the text around them tells, each once. */
export function collect(messages: readonly Message[], squeezed: Squeezed, addresses: readonly Address[]): Statement[] {
  const located = locate(messages.map((message) => withAddressBefore(message, squeezed)));
  const groups = absorb(group(located));
  const causes = groups.filter(
    ({ message }) => message.code !== 'no-response' && consoleCatalogue[message.code].kind === 'cors',
  );
  return groups.map((one) => {
    const { message, urls, count } = one;
    return { message: enrich(message, addresses), urls, count, follows: isFollowUp(one, causes) };
  });
}

/** Chromium's net errors stand behind the URL. */
function withAddressBefore(message: Message, { raw, at }: Squeezed): Message {
  const address = message.fields['error'] === undefined ? undefined : addressBefore(raw, at[message.start] ?? 0);
  if (address === undefined) return message;
  const { url, method } = address;
  return { ...message, fields: { ...message.fields, url, ...(method === undefined ? {} : { method }) } };
}

const FOLLOWING: ReadonlySet<ConsoleCode> = new Set<ConsoleCode>([
  'blocked-follow-up',
  'response-rejected',
  'no-response',
]);

/** Safari names the URL only in the line that follows the cause. */
function locate(messages: readonly Message[]): Message[] {
  let following: Message | undefined;
  const located: Message[] = [];
  for (const message of messages.toReversed()) {
    const { code, engine, fields } = message;
    const url = following?.engine === engine ? following.fields['url'] : undefined;
    if (FOLLOWING.has(code)) following = message;
    const isLost = fields['url'] === undefined && consoleCatalogue[code].kind === 'cors';
    located.push(isLost && url !== undefined ? { ...message, fields: { ...fields, url } } : message);
  }
  return located.toReversed();
}

/** A message with what the text around it tells. */
function enrich(message: Message, addresses: readonly Address[]): Message {
  const fields: Record<string, string> = { ...message.fields };
  const { url, origin, page } = fields;
  if (origin === undefined && page !== undefined) fields['origin'] = originOf(page) ?? page;
  if (url !== undefined) {
    fields['method'] ??= addresses.find((address) => address.url === url && address.method !== undefined)?.method ?? '';
    if (fields['method'] === '') delete fields['method'];
    fields['origin'] ??= onlyOtherOrigin(url, fields['value'] ?? '', addresses) ?? '';
    if (fields['origin'] === '') delete fields['origin'];
  }
  return { ...message, fields, code: refined(message) };
}

/** A wording may stand for more than one code: its value decides. */
function refined({ code, fields: { value } }: Message): ConsoleCode {
  if (code === 'allow-origin-mismatch' && value?.includes(',') === true) return 'allow-origin-several';
  if (code === 'allow-credentials-not-true' && value === '') return 'allow-credentials-missing';
  return code;
}

/** What Firefox links to. */
const MANUAL = 'https://developer.mozilla.org';

/** Firefox doesn't name the page: it is the only other origin that the text has, if there's only one. */
function onlyOtherOrigin(asked: string, value: string, addresses: readonly Address[]): string | undefined {
  const known = new Set([originOf(asked), MANUAL]);
  const others = addresses
    .filter(({ url, origin }) => origin !== undefined && !known.has(origin) && !value.includes(url))
    .map(({ origin }) => origin);
  const [first] = others;
  return new Set(others).size === 1 ? first : undefined;
}

/** The same said of several URLs, or again and again, is one finding. */
function group(messages: readonly Message[]): Grouped[] {
  const groups = new Map<string, Grouped>();
  for (const message of messages) {
    const { url, firstUrl: _first, method, ...rest } = message.fields;
    // Elsewhere the method is that of the request, and not what is wrong.
    const wrong = message.code === 'method-not-allowed' ? method : '';
    const key = JSON.stringify([message.code, message.engine, message.preflight, rest, wrong]);
    const known = groups.get(key) ?? { message, urls: new Set<string>(), count: 0 };
    groups.set(key, known);
    known.count += 1;
    if (url === undefined) continue;
    // The one that tells more speaks for all.
    if (known.urls.size === 0) known.message = message;
    known.urls.add(url);
  }
  return [...groups.values()];
}

/** A message that names nothing, as in the Network tab, says the same as one that does. */
function absorb(groups: readonly Grouped[]): Grouped[] {
  return groups.filter(({ message, urls, count }) => {
    const isBare = Object.keys(message.fields).length === 0 && urls.size === 0;
    const fuller = isBare && groups.find((other) => other.message.code === message.code && other.urls.size > 0);
    if (!fuller) return true;
    fuller.count += count;
    return false;
  });
}

/** Beside a message that names a cause, a request without an answer is what comes of it. */
function isFollowUp({ message, urls }: Grouped, causes: readonly Grouped[]): boolean {
  if (message.code !== 'no-response') return false;
  return causes.some(
    (cause) => cause.urls.size === 0 || urls.size === 0 || [...urls].every((url) => cause.urls.has(url)),
  );
}
