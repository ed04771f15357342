import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DnsEntry } from '../../test/fixtures/dns-server.ts';
import { GOOD, http, https, INSIDE, VettingStage } from '../../test/fixtures/vetting-stage.ts';

let stage: VettingStage;
beforeAll(() => {
  stage = new VettingStage();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stage.clear();
});
afterAll(() => stage.remove());

describe('a target', () => {
  it('is asked at its vetted address, by its own name in SNI, certificate and Host', async () => {
    const port = await stage.serve(GOOD, ['DNS:api.example']);
    const { ask } = stage.asking(await stage.dns({ 'api.example': { a: [GOOD] } }));
    expect(await ask(https('api.example', port))).toBe(`${GOOD} api.example api.example #1`);
  });

  it('is not asked if its certificate is for another name, its address, say', async () => {
    const port = await stage.serve(GOOD, [`IP:${GOOD}`, 'DNS:other.example']);
    const { ask } = stage.asking(await stage.dns({ 'api.example': { a: [GOOD] } }));
    expect(await ask(https('api.example', port))).toBe('upstream-tls wrong-name');
    expect(await ask(https(GOOD, port))).toBe(`${GOOD} - ${GOOD} #1`);
  });

  it('is verified by the name that the config says instead, others by their own', async () => {
    const port = await stage.serve(GOOD, ['DNS:front.example', 'DNS:other.example']);
    const names = await stage.dns({ 'api.example': { a: [GOOD] }, 'other.example': { a: [GOOD] } });
    const { ask } = stage.asking(names, { serverName: { host: 'api.example', name: 'front.example' } });
    expect(await ask(https('api.example', port))).toBe(`${GOOD} front.example api.example #1`);
    expect(await ask(https('other.example', port))).toBe(`${GOOD} other.example other.example #2`);
  });

  it.each([
    [GOOD, undefined],
    ['127.0.0.1', 'refused: loopback'],
    ['::1', 'refused: loopback'],
    ['::ffff:127.0.0.2', 'refused: embedded'],
    ['169.254.169.254', 'refused: metadata'],
  ])('that is an address is vetted as it is: %s', async (host, refusal) => {
    const port = await stage.serve(GOOD);
    const names = await stage.dns({});
    const { ask } = stage.asking(names);
    expect(await ask(http(host, port))).toBe(refusal ?? `${GOOD} - ${GOOD} #1`);
    expect(names.asked).toEqual([]);
  });

  it.each(['localhost', 'api.localhost'])('is not this machine under the name %s', async (host) => {
    const { ask } = stage.asking(await stage.dns({ [host]: { a: [GOOD] } }));
    expect(await ask(http(host, 80))).toBe('refused: loopback');
  });

  it.each([
    ['HTTP_PROXY', 'http'],
    ['HTTPS_PROXY', 'http'],
    ['ALL_PROXY', 'socks5'],
  ])('is asked without the proxy that %s names', async (variable, scheme) => {
    const port = await stage.serve(GOOD, ['DNS:api.example']);
    const plain = await stage.serve(GOOD);
    const proxy = await stage.listenInside();
    for (const name of [variable, variable.toLowerCase()]) vi.stubEnv(name, `${scheme}://${INSIDE}:${proxy.port}`);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const { ask } = stage.asking(await stage.dns({ 'api.example': { a: [GOOD] } }));
    expect(await ask(https('api.example', port))).toBe(`${GOOD} api.example api.example #1`);
    expect(await ask(http('api.example', plain))).toBe(`${GOOD} - api.example #1`);
    expect(proxy.visits()).toBe(0);
  });
});

describe('a name that leads inside', () => {
  it.each<[string, DnsEntry, string]>([
    ['at once', { a: [INSIDE] }, 'loopback'],
    ['with one address of several, the last', { a: [GOOD, INSIDE] }, 'loopback'],
    ['with one address of several, the first', { a: [INSIDE, GOOD] }, 'loopback'],
    ['with one address of very many', { a: [...Array.from({ length: 25 }, () => GOOD), INSIDE] }, 'loopback'],
    ['over IPv6 only', { a: [GOOD], aaaa: ['::1'] }, 'loopback'],
    ['over an IPv4-mapped address', { aaaa: ['::ffff:127.0.0.3'] }, 'embedded'],
    ['over the good address in disguise', { aaaa: ['::ffff:127.0.0.2'] }, 'embedded'],
    ['over NAT64', { aaaa: ['64:ff9b::127.0.0.3'] }, 'embedded'],
    ['by another name', { cname: 'db.internal', a: [INSIDE] }, 'loopback'],
    ['to the metadata of the cloud', { a: ['169.254.169.254'] }, 'metadata'],
    ['to whatever is here', { a: ['0.0.0.0'] }, 'unspecified'],
    ['in an answer that came over TCP', { a: [GOOD, INSIDE], truncated: true }, 'loopback'],
  ])('is refused: %s', async (_, entry, kind) => {
    const port = await stage.serve(GOOD);
    const inside = await stage.listenInside(port);
    const { ask, pools } = stage.asking(await stage.dns({ 'api.example': entry }));
    expect(await ask(http('api.example', port))).toBe(`refused: ${kind}`);
    expect(await ask(https('api.example', port))).toBe(`refused: ${kind}`);
    expect(inside.visits()).toBe(0);
    expect(pools.size).toBe(0);
  });

  it('later is asked at the address that was vetted, and refused once it was asked for again', async () => {
    let now = 0;
    const port = await stage.serve(GOOD);
    const inside = await stage.listenInside(port);
    const names = await stage.dns({ 'api.example': (asked) => ({ a: [asked === 0 ? GOOD : INSIDE], ttl: 0 }) });
    const { ask } = stage.asking(names, {}, () => now);
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
    now = 999;
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
    now = 1001;
    expect(await ask(http('api.example', port))).toBe('refused: loopback');
    expect(names.asked).toHaveLength(4);
    expect(inside.visits()).toBe(0);
  });

  it('with every other question is asked outside or not at all', async () => {
    let now = 0;
    const port = await stage.serve(GOOD, ['DNS:api.example']);
    const inside = await stage.listenInside(port);
    const names = await stage.dns({ 'api.example': (asked) => ({ a: [asked % 2 === 0 ? GOOD : INSIDE], ttl: 0 }) });
    const { ask } = stage.asking(names, { limits: { maxIdle: 0, idleTimeout: 1 } }, () => now);
    const outcomes = new Set<string>();
    for (let i = 0; i < 20; i++) {
      outcomes.add((await ask(https('api.example', port))).replace(/ #\d+$/, ''));
      now += 1001;
    }
    expect([...outcomes].toSorted()).toEqual([`${GOOD} api.example api.example`, 'refused: loopback']);
    expect(inside.visits()).toBe(0);
  });

  it('is asked there if its name is listed', async () => {
    const port = await stage.serve(INSIDE);
    const names = await stage.dns({ 'api.intra.example': { a: [INSIDE] }, 'other.example': { a: [INSIDE] } });
    const { ask } = stage.asking(names, { allowPrivate: ['*.intra.example'] });
    expect(await ask(http('api.intra.example', port))).toBe(`${INSIDE} - api.intra.example #1`);
    expect(await ask(http('other.example', port))).toBe('refused: loopback');
  });
});

describe('a name that leads nowhere', () => {
  it.each<[DnsEntry, string]>([
    [{}, 'no-address'],
    [{ fails: 'NXDOMAIN' }, 'not-found'],
    [{ fails: 'SERVFAIL' }, 'failed'],
    [{ cname: 'db.internal' }, 'no-address'],
  ])('%j: is not asked', async (entry, failure) => {
    const { ask, pools } = stage.asking(await stage.dns({ 'api.example': entry, 'db.internal': { a: [GOOD] } }));
    expect(await ask(http('api.example', 80))).toBe(`failed: ${failure}`);
    expect(pools.size).toBe(0);
  });

  it('for a moment is asked once it leads somewhere', async () => {
    let now = 0;
    const port = await stage.serve(GOOD);
    const names = await stage.dns({ 'api.example': { fails: 'SERVFAIL' } });
    const { ask } = stage.asking(names, {}, () => now);
    expect(await ask(http('api.example', port))).toBe('failed: failed');
    names.set('api.example', { a: [GOOD] });
    now = 1001;
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
  });
});
