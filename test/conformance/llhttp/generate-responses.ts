import { framing, line, shuffle, someLines, Whim } from './generate.ts';
import type { Random } from '../../fixtures/random.ts';

const STATUSES = [200, 200, 200, 200, 201, 204, 206, 301, 304, 400, 404, 429, 500, 502, 599];
const INTERIM = [100, 102, 103];
const ODD_STATUSES = ['101', '099', '000', '600', '999', '20', '2000', '2 0', '+20', '2x0', '', '-20', '٢00', '20\x00'];
const REASONS = [' OK', ' ', '', ' Not Found', ' \xe9t\xe9', ' a\tb', ' I\'m a "teapot"'];
const ODD_REASONS = ['OK', '\tOK', ' a\x00b', ' a\x7f', ' a\rb', '  ', ' \x0b', ':'];
const VERSIONS = [...Array.from({ length: 12 }, () => 'HTTP/1.1'), 'HTTP/1.0'];
const ODD_VERSIONS = [
  'HTTP/1.2',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/2',
  'http/1.1',
  'HTTP/1.1 ',
  'ICY',
  'HTTP/11',
  '',
  'RTSP/1.0',
  ' HTTP/1.1',
];

function start(whim: Whim, status: number | string): string {
  const gap = whim.either([' '], ['  ', '\t', '']);
  return `${whim.either(VERSIONS, ODD_VERSIONS)}${gap}${status}${whim.either(REASONS, ODD_REASONS)}${whim.eol()}`;
}

function response(whim: Whim, toHead: boolean): string {
  const { random } = whim;
  let out = '';
  while (random.chance(0.06)) {
    const lines = random.chance(0.5) ? someLines(whim) : [];
    if (whim.odd()) lines.push(line(whim, 'Content-Length', '3'));
    if (whim.odd()) lines.push(line(whim, 'Transfer-Encoding', 'chunked'));
    out += `${start(whim, random.pick(INTERIM))}${lines.join('')}${whim.eol()}`;
  }
  const status = whim.odd() ? random.pick(ODD_STATUSES) : random.pick(STATUSES);
  const { lines, body } = framing(whim, false);
  const all = [...someLines(whim), ...lines];
  const bodyless = toHead || status === 204 || status === 304;
  const keepsLines = toHead || status === 304 ? random.chance(0.7) : whim.odd();
  const head = bodyless && !keepsLines ? someLines(whim) : shuffle(random, all);
  return `${out}${start(whim, status)}${head.join('')}${whim.eol()}${bodyless && !whim.odd() ? '' : body}`;
}

/** Some responses one after another on one connection, and which of them answer a HEAD. */
export function responseStream(random: Random): { text: string; toHead: readonly boolean[] } {
  const whim = new Whim(random);
  const toHead = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => random.chance(0.1));
  let text = whim.either([''], ['\r\n', '\n', ' ']);
  for (const head of toHead) text += response(whim, head) + whim.either([''], ['\r\n', '\n', 'x', ' ']);
  return { text, toHead };
}
