import { afterEach, describe, expect, it } from 'vitest';
import { startDnsServer, type DnsEntry, type DnsServer } from '../../test/fixtures/dns-server.ts';
import { DnsServers } from './dns-servers.ts';
import { NameResolver, type NameAnswer, type NameResolverOptions } from './name-resolver.ts';
import type { NameReply, NameSource } from './name-source.ts';
import { systemNames } from './system-names.ts';

const servers: DnsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(entries: Readonly<Record<string, DnsEntry>>, options?: { tcp: boolean }): Promise<DnsServer> {
  const server = await startDnsServer(entries, options);
  servers.push(server);
  return server;
}

/** Asks a server, waiting for so long. */
function asking({ address }: DnsServer, timeout = 10_000, options: NameResolverOptions = {}): NameResolver {
  return new NameResolver(new DnsServers([address], timeout), { timeout, ...options });
}

function lookup(resolver: NameResolver, name: string): Promise<NameAnswer> {
  return new Promise((resolve) => resolver.lookup(name, resolve));
}

const addressesOf = async (resolver: NameResolver, name: string): Promise<readonly string[]> =>
  (await lookup(resolver, name)).addresses;

describe('a name asked for at DNS servers', () => {
  it('has all its addresses of both kinds, by turns', async () => {
    const server = await serve({
      'api.example': { a: ['192.0.2.1', '192.0.2.2', '192.0.2.3'], aaaa: ['2001:db8::1', '::ffff:127.0.0.1'] },
    });
    const answer = await lookup(asking(server), 'api.example');
    expect(answer.failure).toBeUndefined();
    expect(answer.addresses).toEqual(['192.0.2.1', '2001:db8::1', '192.0.2.2', '::ffff:127.0.0.1', '192.0.2.3']);
    expect(server.asked.map(({ name, type }) => `${name} ${type}`).toSorted()).toEqual([
      'api.example A',
      'api.example AAAA',
    ]);
  });

  it('has the addresses of the name that it is another one for', async () => {
    const server = await serve({ 'api.example': { cname: 'db.internal', a: ['10.0.0.5'] } });
    expect(await addressesOf(asking(server), 'api.example')).toEqual(['10.0.0.5']);
  });

  it('has no address where only the other name is told', async () => {
    const server = await serve({ 'api.example': { cname: 'db.internal' }, 'db.internal': { a: ['10.0.0.5'] } });
    expect(await lookup(asking(server), 'api.example')).toMatchObject({ addresses: [], failure: 'no-address' });
  });

  it('has each address once', async () => {
    const server = await serve({ 'api.example': { a: ['192.0.2.1', '192.0.2.1'] } });
    expect(await addressesOf(asking(server), 'api.example')).toEqual(['192.0.2.1']);
  });

  it.each<[string, DnsEntry, string | RegExp]>([
    ['that does not exist', { fails: 'NXDOMAIN' }, 'not-found'],
    ['without an address', {}, 'no-address'],
    ['whose server fails', { fails: 'SERVFAIL' }, 'failed'],
    ['whose server refuses', { fails: 'REFUSED' }, 'failed'],
    ['with an answer that is none', { garbage: Buffer.from('what?') }, /failed|timeout/],
    ['with an answer of an empty packet', { garbage: Buffer.alloc(0) }, /failed|timeout/],
    ['whose server is silent', { delay: 'never' }, 'timeout'],
    ['whose server fails at one question', (_, type) => (type === 'A' ? {} : { fails: 'SERVFAIL' }), 'failed'],
  ])('%s has none', async (_, entry, failure) => {
    const server = await serve({ 'api.example': entry });
    const answer = await lookup(asking(server, 500), 'api.example');
    expect(answer).toMatchObject({ addresses: [], failure: expect.stringMatching(failure) });
  });

  it('has none where no server is', async () => {
    const server = await startDnsServer();
    await server.close();
    const answer = await lookup(asking(server, 500), 'api.example');
    expect(answer.addresses).toEqual([]);
    expect(['failed', 'timeout']).toContain(answer.failure);
  });

  it.each<DnsEntry>([
    (_, type) => (type === 'A' ? { a: ['192.0.2.1'] } : { fails: 'SERVFAIL' }),
    (_, type) => (type === 'A' ? { a: ['192.0.2.1'] } : { fails: 'NXDOMAIN' }),
  ])('has those that were told, where the other question failed', async (entry) => {
    const server = await serve({ 'api.example': entry });
    expect(await addressesOf(asking(server), 'api.example')).toEqual(['192.0.2.1']);
  });

  it('is asked for over TCP when the answer does not fit', async () => {
    const server = await serve({ 'api.example': { a: ['192.0.2.1'], truncated: true } });
    expect(await addressesOf(asking(server), 'api.example')).toEqual(['192.0.2.1']);
    expect(server.asked.some(({ over }) => over === 'tcp')).toBe(true);
  });

  it('has none when the answer does not fit and there is no TCP', async () => {
    const server = await serve({ 'api.example': { a: ['192.0.2.1'], truncated: true } }, { tcp: false });
    expect((await lookup(asking(server, 500), 'api.example')).addresses).toEqual([]);
  });

  it('is asked for at the next server when the first is silent', async () => {
    const [silent, well] = [
      await serve({ 'api.example': { delay: 'never' } }),
      await serve({ 'api.example': { a: ['192.0.2.1'] } }),
    ];
    const resolver = new NameResolver(new DnsServers([silent.address, well.address], 600), { timeout: 20_000 });
    expect(await addressesOf(resolver, 'api.example')).toEqual(['192.0.2.1']);
    expect(silent.asked).not.toEqual([]);
  });

  it.each(['localhost', 'LOCALHOST', 'app.localhost'])('%s is not asked for', async (name) => {
    const server = await serve({ [name]: { a: ['192.0.2.1'] } });
    expect(await addressesOf(asking(server), name)).toEqual(['127.0.0.1', '::1']);
    expect(server.asked).toEqual([]);
  });
});

describe('a name asked for at the system', () => {
  it('has its addresses', async () => {
    const resolver = new NameResolver(systemNames);
    expect((await addressesOf(resolver, 'localhost')).toSorted()).toEqual(['127.0.0.1', '::1']);
  });

  it('has none if it does not exist', async () => {
    const resolver = new NameResolver(systemNames);
    const answer = await lookup(resolver, 'no-such-name.invalid');
    expect(answer.addresses).toEqual([]);
    expect(answer.failure).toBeDefined();
  });
});

describe('an answer', () => {
  it('is kept for as long as the server says, and asked for again then', async () => {
    let now = 0;
    const server = await serve({ 'api.example': (asked) => ({ a: [`192.0.2.${asked + 1}`], ttl: 30 }) });
    const resolver = asking(server, 10_000, { now: () => now });
    const first = await lookup(resolver, 'api.example');
    expect(first).toMatchObject({ addresses: ['192.0.2.1'], until: 30_000 });
    now = 29_999;
    expect(await lookup(resolver, 'api.example')).toBe(first);
    expect(server.asked).toHaveLength(2);
    // What our own cache has forgotten, the one of Node's library may still know.
    now = 30_000;
    expect(await lookup(resolver, 'api.example')).not.toBe(first);
  });

  it.each([
    [0, 1000],
    [1_000_000, 300_000],
  ])('that holds for %d s is kept for %d ms', async (ttl, kept) => {
    const server = await serve({ 'api.example': { a: ['192.0.2.1'], ttl } });
    const resolver = asking(server, 10_000, { now: () => 0 });
    expect((await lookup(resolver, 'api.example')).until).toBe(kept);
  });

  it('that holds for no time is another one a second later', async () => {
    let now = 0;
    const server = await serve({ 'api.example': (asked) => ({ a: [`192.0.2.${asked + 1}`], ttl: 0 }) });
    const resolver = asking(server, 10_000, { now: () => now });
    expect(await addressesOf(resolver, 'api.example')).toEqual(['192.0.2.1']);
    now = 1001;
    expect(await addressesOf(resolver, 'api.example')).toEqual(['192.0.2.2']);
  });

  it('that there is no address is forgotten after a second', async () => {
    let now = 0;
    const server = await serve({ 'api.example': { fails: 'NXDOMAIN' } });
    const resolver = asking(server, 10_000, { now: () => now });
    const first = await lookup(resolver, 'api.example');
    now = 999;
    expect(await lookup(resolver, 'api.example')).toBe(first);
    now = 1001;
    expect(await lookup(resolver, 'api.example')).not.toBe(first);
  });
});

/** A source that the test answers for. */
class ScriptedNames implements NameSource {
  readonly asked: string[] = [];
  closed = false;
  private readonly waiting = new Map<string, (reply: NameReply) => void>();

  ask(name: string, done: (reply: NameReply) => void): void {
    this.asked.push(name);
    this.waiting.set(name, done);
  }

  tell(name: string, ...addresses: readonly string[]): void {
    const failure = addresses.length === 0 ? 'not-found' : undefined;
    this.waiting.get(name)?.({ addresses, failure, ttl: 1000 });
    this.waiting.delete(name);
  }

  close(): void {
    this.closed = true;
  }
}

describe('many questions', () => {
  it('for one name at a time are one, and have one answer', async () => {
    const names = new ScriptedNames();
    const resolver = new NameResolver(names);
    const answers = Array.from({ length: 100 }, () => lookup(resolver, 'api.example'));
    names.tell('api.example', '192.0.2.1');
    const told = await Promise.all(answers);
    expect(names.asked).toEqual(['api.example']);
    expect(new Set(told).size).toBe(1);
    expect(told[0]?.addresses).toEqual(['192.0.2.1']);
  });

  it('are limited in number, and fail at once beyond', async () => {
    const names = new ScriptedNames();
    const resolver = new NameResolver(names, { maxQuestions: 2 });
    const first = lookup(resolver, 'a.example');
    void lookup(resolver, 'b.example');
    expect((await lookup(resolver, 'c.example')).failure).toBe('too-many');
    names.tell('a.example', '192.0.2.1');
    expect((await first).addresses).toEqual(['192.0.2.1']);
    const third = lookup(resolver, 'c.example');
    names.tell('c.example', '192.0.2.3');
    expect((await third).addresses).toEqual(['192.0.2.3']);
    expect(names.asked).toEqual(['a.example', 'b.example', 'c.example']);
  });

  it('leave no more answers behind than are kept, the latest', async () => {
    const names = new ScriptedNames();
    const resolver = new NameResolver(names, { maxNames: 10 });
    for (let i = 0; i < 100; i++) {
      const answer = lookup(resolver, `${i}.example`);
      names.tell(`${i}.example`, '192.0.2.1');
      await answer;
    }
    expect(resolver.size).toBe(10);
    await Promise.all([lookup(resolver, '99.example'), lookup(resolver, '90.example')]);
    expect(names.asked).toHaveLength(100);
  });

  it('that take too long end, and the next one waits for the same answer', async () => {
    const names = new ScriptedNames();
    const resolver = new NameResolver(names, { timeout: 50 });
    expect((await lookup(resolver, 'api.example')).failure).toBe('timeout');
    const second = lookup(resolver, 'api.example');
    names.tell('api.example', '192.0.2.1');
    expect((await second).addresses).toEqual(['192.0.2.1']);
    expect(names.asked).toEqual(['api.example']);
  });

  it('fail when the resolver is closed', async () => {
    const names = new ScriptedNames();
    const resolver = new NameResolver(names);
    const answer = lookup(resolver, 'api.example');
    resolver.close();
    expect((await answer).failure).toBe('failed');
    expect(names.closed).toBe(true);
  });

  it('at DNS servers fail when the resolver is closed', async () => {
    const server = await serve({ 'api.example': { delay: 'never' } });
    const resolver = asking(server, 20_000);
    const answer = lookup(resolver, 'api.example');
    await expect.poll(() => server.asked.length).toBe(2);
    resolver.close();
    expect((await answer).failure).toBe('failed');
  });
});
