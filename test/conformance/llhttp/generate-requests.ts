import { METHODS } from 'node:http';
import { framing, line, mixCase, shuffle, someLines, Whim } from './generate.ts';
import type { Random } from '../../fixtures/random.ts';

const USUAL_METHODS = [
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  ...METHODS,
].filter((name) => name !== 'CONNECT');
const ODD_METHODS = [
  'CONNECT',
  'get',
  'Get',
  'FOO',
  'GETT',
  'GE',
  '',
  ' GET',
  'GET\t',
  'G\x00T',
  'PRI',
  'P\xd6ST',
  'TRACK',
];

const TARGET_CHARS = "abcXYZ0189-._~!$&'()*+,;=:@/?%";
const ODD_TARGET_CHARS = '"<>[\\]^`{|}';
const ODD_TARGETS = [
  '',
  '*',
  '/ x',
  '/#f',
  '/a#',
  '/\x00',
  '/\x80',
  '/\xe9?q',
  '/\x7f',
  '/a\tb',
  '/\x0b',
  'a:80',
  'host',
  '://a/',
  'http:/a',
  'http:///',
  'http://',
  'http://u@a/',
  'http://a:b:c/',
  'http://a b/',
  'http://[::1/',
  'http://a#f',
  'ftp://a/',
  'ws://a/',
  '\\a',
  '?a',
];

const HOSTS = ['a', 'a.test', 'a.test:8080', '127.0.0.1', '[::1]', '[::1]:80', 'A.TEST', 'xn--a', 'a_b', 'a:', 'a.'];
const ODD_HOSTS = [
  '',
  'a,b',
  'u@a',
  'a/b',
  'a b',
  'a:b',
  'a:123456',
  '[::1',
  '::1',
  'a\x80',
  'http://a',
  '[a]:x',
  'a?',
  ':80',
];

const VERSIONS = [...Array.from({ length: 12 }, () => 'HTTP/1.1'), 'HTTP/1.0'];
const ODD_VERSIONS = [
  'HTTP/1.2',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.32',
  'HTTP/11',
  'HTTP/1.',
  'HTTP/1',
  'HTTP/01.1',
  'http/1.1',
  'HTTPS/1.1',
  'ICE/1.0',
  'RTSP/1.0',
  'HTTP 1.1',
  'HTTP/1.1 ',
  'HTTP/1.1\t',
  'HTTP/1.\xb1',
  '',
];

function target(whim: Whim): string {
  const { random } = whim;
  if (whim.odd()) return random.pick(ODD_TARGETS);
  const path = `/${random.text(random.chance(0.1) ? TARGET_CHARS + ODD_TARGET_CHARS : TARGET_CHARS, random.int(20))}`;
  if (!random.chance(0.08)) return path;
  const rest = random.pick([path, path, '', '?q=1']);
  return `${random.pick(['http', 'https', 'HTTP'])}://${random.pick(HOSTS)}${rest}`;
}

function request(whim: Whim): string {
  const { random } = whim;
  const method = whim.either(USUAL_METHODS, ODD_METHODS);
  const version = whim.either(VERSIONS, ODD_VERSIONS);
  const gap = (): string => whim.either([' '], ['  ', '\t', '', ' \t', '\x0b', '\n']);
  const start = `${method}${gap()}${method === 'OPTIONS' && random.chance(0.3) ? '*' : target(whim)}${gap()}${version}${whim.eol()}`;
  const { lines, body } = framing(whim, method === 'GET' || method === 'HEAD');
  const all = [...someLines(whim), ...lines];
  if (!whim.odd()) all.push(line(whim, mixCase(random, 'Host'), whim.either(HOSTS, ODD_HOSTS)));
  if (whim.odd()) all.push(line(whim, 'Host', random.pick(HOSTS)));
  if (random.chance(0.03))
    all.push(line(whim, 'Expect', whim.either(['100-continue'], ['100-Continue', '200-ok', ''])));
  return `${start}${shuffle(random, all).join('')}${whim.eol()}${body}`;
}

/** Some requests one after another, as a client that pipelines sends them. */
export function requestStream(random: Random): string {
  const whim = new Whim(random);
  let out = whim.either([''], ['\r\n', '\n', '\r\n\r\n', ' ', '\x00', '\r']);
  for (let i = random.pick([1, 1, 1, 2, 2, 3]); i > 0; i--) {
    out += request(whim) + whim.either([''], ['\r\n', '\n', '\r', '\r\n\r\n', ' ', 'x', '0']);
  }
  return out;
}
