import { describe, expect, it } from 'vitest';
import { countOf, Random, seedOf } from '../../test/fixtures/random.ts';
import { readings } from '../../test/security/path-readings.ts';
import { parseAllow } from './parse-allow.ts';
import { isAllowed, isBelow, readingsOf } from './path-rules.ts';

function allows(rule: string, method: string, path: string): boolean {
  const parsed = parseAllow(rule);
  if ('reason' in parsed) throw new Error(`${rule}: ${parsed.reason}`);
  const all = readingsOf(path);
  return all !== 'unsafe' && isAllowed([parsed], method, all);
}

describe('a rule', () => {
  it.each<[rule: string, request: string]>([
    ['GET /users', 'GET /users'],
    ['GET /users', 'HEAD /users'],
    ['GET|POST /users', 'POST /users'],
    ['* /users', 'DELETE /users'],
    ['GET /', 'GET /'],
    ['GET /users/', 'GET /users/'],
    ['GET /users/*', 'GET /users/a'],
    ['GET /users/*', 'GET /users/a.b-c_~!$&,=:@'],
    ['GET /repos/*/*', 'GET /repos/a/b'],
    ['GET /*/b', 'GET /a/b'],
    ['GET /**', 'GET /'],
    ['GET /**', 'GET /a/b/c/'],
    ['GET /a/**', 'GET /a'],
    ['GET /a/**', 'GET /a/'],
    ['GET /a/**', 'GET /a/b//c'],
    ['GET /a/**', 'GET /a/b%2Fc'],
    ['GET /a/**', 'GET /a/b;c=d'],
    ['GET /a/*/**', 'GET /a/b'],
    ['GET /café', 'GET /caf%C3%A9'],
    ['GET /café', 'GET /caf%c3%a9'],
    ['GET /caf%C3%A9', 'GET /caf%c3%a9'],
    ['GET /a b', 'GET /a%20b'],
    ['GET /users/*', 'GET /users/caf%C3%A9%20x'],
    ['GET /users/*', 'GET /users/100%25'],
  ])('%s allows %s', (rule, request) => {
    const [method = '', path = ''] = request.split(' ');
    // A space in a rule's path can only be written escaped.
    expect(allows(rule.replace('/a b', '/a%20b'), method, path)).toBe(true);
  });

  it.each<[rule: string, request: string]>([
    ['GET /users', 'POST /users'],
    ['GET /users', 'get /users'],
    ['POST /users', 'HEAD /users'],
    ['HEAD /users', 'GET /users'],
    ['GET /users', 'GET /users/'],
    ['GET /users', 'GET /Users'],
    ['GET /users', 'GET /users/a'],
    ['GET /users', 'GET /user'],
    ['GET /users', 'GET /userss'],
    ['GET /users/*', 'GET /users'],
    ['GET /users/*', 'GET /users/'],
    ['GET /users/*', 'GET /users//'],
    ['GET /users/*', 'GET /users//a'],
    ['GET /users/*', 'GET //users/a'],
    ['GET /users/*', 'GET /users/a/'],
    ['GET /users/*', 'GET /users/a/b'],
    ['GET /a/**', 'GET /ab'],
    ['GET /a/**', 'GET /'],
    ['GET /a/**', 'GET //a/b'],
    ['GET /a/*/**', 'GET /a/'],
    // Segments that are two to whoever decodes them.
    ['GET /users/*', 'GET /users/a%2fb'],
    ['GET /users/*', 'GET /users/a%2Fb'],
    ['GET /users/*', 'GET /users/a%252fb'],
    ['GET /users/*', 'GET /users/a%25252fb'],
    ['GET /users/*', 'GET /users/a%5cb'],
    ['GET /users/*', 'GET /users/a\\b'],
    ['GET /users/*', 'GET /users/a%255cb'],
    ['GET /repos/*/*', 'GET /repos/a%2fb'],
    ['GET /users/*', 'GET /users/a%EF%BC%8Fb'],
    ['GET /users/*', 'GET /users/%E2%84%80'],
    // Parameters, that some servers cut off.
    ['GET /users/*', 'GET /users/;a'],
    ['GET /users/*', 'GET /users/%3ba'],
    ['GET /users/*', 'GET /users;a'],
    ['GET /a/*/c', 'GET /a/;b/c'],
    // What isn't written as it's compared.
    ['GET /users', 'GET /%75sers'],
    ['GET /users', 'GET /users;a'],
    ['GET /users', 'GET /./users'],
    ['GET /users', 'GET //users'],
    // Dot segments in each disguise, under the widest rule.
    ...[
      ...'/.. /a/.. /a/../b /a/./b /. /%2e /%2e%2e/b /a/.%2e/b /a/%2E./b /a/%252e%252e/b'.split(' '),
      ...'/a/..;/b /a/..%3bx/b /a\\..\\b /a%5c..%5cb /a%2f..%2fb /a%2f%2e%2e%2fb /a%252f..%252fb'.split(' '),
      ...'/a/%c0%ae%c0%ae/b /a/%EF%BC%8E%EF%BC%8E/b /a/%E2%80%A5/b /a/..%20/b /a/%20../b /a/.%20/b'.split(' '),
      ...'/a/%EF%BC%8E%2e/b /a/..%EF%BC%8Fb /a%EF%BC%BC..%EF%BC%BCb /a/..%EF%BC%9Bx/b'.split(' '),
      ...'/a/%00/b /a/%0a /a/%0d%0a /a/% /a/%zz /a/%u002e /a/\0 /a/\x7f a *'.split(' '),
      '',
    ].map((path): [string, string] => ['GET /**', `GET ${path}`]),
  ])("%s doesn't allow %j", (rule, request) => {
    const at = request.indexOf(' ');
    expect(allows(rule, request.slice(0, at), request.slice(at + 1))).toBe(false);
  });
});

describe('a prefix', () => {
  const below = (prefix: string, path: string): boolean => {
    const all = readingsOf(path);
    return all !== 'unsafe' && isBelow(prefix, all);
  };

  it.each([
    ['', '/'],
    ['/v1', '/v1'],
    ['/v1', '/v1/'],
    ['/v1', '/v1/a%2fb'],
    ['/caf%C3%A9', '/caf%c3%a9/a'],
  ])('%s is in front of %s', (prefix, path) => expect(below(prefix, path)).toBe(true));

  it.each([
    ['/v1', '/v10'],
    ['/v1', '/v1%2fa'],
    ['/v1', '/v1;a/b'],
    ['/v1', '//v1/a'],
    ['/v1', '/V1/a'],
    ['/v1', '/v1/../a'],
    ['/v1', '/v1/%2e%2e/a'],
    ['/v1', '/v1\\..\\a'],
    ['/v1', '/'],
  ])('%s is not in front of %s', (prefix, path) => {
    // `/v1%2fa` is below /v1 to some servers only.
    expect(below(prefix, path)).toBe(false);
  });
});

/** Pieces that servers read in different ways, put together at random. */
const PIECES = [
  ...'/ / / // \\ %2f %2F %5c %252f %255C %25252f %c0%af %EF%BC%8F %EF%BC%BC'.split(' '),
  ...'. .. %2e %2E%2e .%2e %252e %c0%ae %EF%BC%8E ..%20 %20..'.split(' '),
  ...'; %3b %253b ;a=b ;.. %00 %0a % %25 %2 %zz ? # %3f %23'.split(' '),
  ...'a b public users admin %61 %61dmin %2561dmin x * ** %C3%A9 %c3%a9 é %20 +'.split(' '),
  ' ',
];

/** What one server after the other may make of it: a guard's rules, told in another way. */
const PATTERNS = [/^\/public(?:\/.*)?$/s, /^\/users\/[^/]+$/, /^\/a\/[^/]+\/b$/];
const RULES = ['GET /public/**', 'GET /users/*', 'GET /a/*/b'].map((text) => {
  const rule = parseAllow(text);
  if ('reason' in rule) throw new Error(rule.reason);
  return rule;
});

describe('a path that is allowed', () => {
  const seed = seedOf();
  const random = new Random(seed);
  const paths = Array.from({ length: countOf(30_000) }, () => {
    const start = random.pick(['/', '/public/', '/users/', '/a/', '/public', '/users', '']);
    return (
      start + Array.from({ length: random.int(6) }, () => random.pick(PIECES)).join('') + random.pick(['', '', '/b'])
    );
  });
  const allowed = paths.filter((path) => {
    const all = readingsOf(path);
    return all !== 'unsafe' && isAllowed(RULES, 'GET', all);
  });

  it('is one in some', () => {
    expect(allowed.length).toBeGreaterThan(paths.length / 50);
    expect(allowed.length).toBeLessThan(paths.length / 2);
  });

  it('is so to whoever decodes it, once or twice, cuts, merges or resolves it', () => {
    const wrong = allowed.flatMap((path) => {
      const bad = [...readings(path)].filter((reading) => !PATTERNS.some((pattern) => pattern.test(reading)));
      return bad.length === 0 ? [] : [{ path, bad }];
    });
    expect(wrong.slice(0, 5), `FUZZ_SEED=${seed}`).toEqual([]);
  });
});
