import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let client: RawClient;

beforeEach(async () => {
  upstream = await startRawUpstream();
  gateway = await startProxy(upstream.url);
  client = await gateway.connect();
});
afterEach(async () => {
  client.socket.destroy();
  await gateway.close();
  await upstream.close();
});

const EXPECTS = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';

describe('a client that waits for 100 Continue', () => {
  it('goes on when the upstream says so', async () => {
    client.send(EXPECTS);
    const peer = await upstream.next();
    const head = await peer.head();
    expect([head.get('expect'), peer.unread]).toEqual(['100-continue', '']);
    peer.send('HTTP/1.1 100 Continue\r\n\r\n');
    expect((await client.answer()).head.text).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('hello');
    expect((await peer.body(head)).text).toBe('hello');
    peer.send(plain('done'));
    expect((await client.answer()).body.text).toBe('done');
    // The connection is as good as before.
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await peer.head();
    peer.send(plain('again'));
    expect((await client.answer()).body.text).toBe('again');
  });

  it('gets a refusal instead, and its body is neither asked for nor sent', async () => {
    client.send(EXPECTS);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig');
    const answer = await client.answer();
    expect([answer.status, answer.body.text, answer.head.get('connection')]).toEqual([413, 'big', 'close']);
    expect(await client.rest()).toBe('');
    await peer.gone;
    expect(peer.unread).toBe('');
  });

  it('goes on after a while when the upstream ignores the expectation', async () => {
    client.send(EXPECTS);
    const peer = await upstream.next();
    const head = await peer.head();
    expect((await client.answer()).status).toBe(100);
    client.send('hello');
    expect((await peer.body(head)).text).toBe('hello');
    peer.send(plain('done'));
    expect((await client.answer()).body.text).toBe('done');
  });

  it('hears 100 once, however often the upstream says it', async () => {
    client.send(EXPECTS);
    const peer = await upstream.next();
    const head = await peer.head();
    peer.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
    expect((await client.answer()).status).toBe(100);
    client.send('hello');
    await peer.body(head);
    peer.send(`HTTP/1.1 100 Continue\r\n\r\n${plain('done')}`);
    expect((await client.answer()).status).toBe(200);
  });

  it('may send its body without waiting', async () => {
    client.send(`${EXPECTS}hello`);
    const peer = await upstream.next();
    expect((await peer.body(await peer.head())).text).toBe('hello');
    peer.send(plain('done'));
    const statuses = [(await client.head()).status];
    if (statuses[0] === 100) statuses.push((await client.head()).status);
    expect(statuses.at(-1)).toBe(200);
  });

  it('is answered by the gateway itself when no upstream is there', async () => {
    await upstream.close();
    const answer = await client.ask('/', { method: 'POST', fields: 'Expect: 100-continue\r\nContent-Length: 5\r\n' });
    expect([answer.status, answer.problem, answer.head.get('connection')]).toEqual([502, 'upstream-refused', 'close']);
    expect(await client.rest()).toBe('');
  });

  it('is told so when it expects something else', async () => {
    const answer = await client.ask('/', { fields: 'Expect: 200-maybe\r\n' });
    expect([answer.status, answer.problem]).toEqual([417, 'expectation-failed']);
    expect(upstream.accepted).toBe(0);
  });
});

describe('interim responses', () => {
  it('pass, each before the next one comes, and the final one follows', async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n');
    const hint = await client.answer();
    expect([hint.status, hint.head.get('link')]).toEqual([103, '</a.css>; rel=preload']);
    peer.send('HTTP/1.1 102 Processing\r\n\r\n');
    expect((await client.answer()).head.text).toBe('HTTP/1.1 102 Processing\r\n\r\n');
    peer.send(`HTTP/1.1 103 Early Hints\r\nLink: </b.js>\r\n\r\n${plain('done')}`);
    expect((await client.answer()).head.get('link')).toBe('</b.js>');
    expect((await client.answer()).body.text).toBe('done');
  });

  it('that nobody may make sense of are kept from HTTP/1.0 clients', async () => {
    client.send('GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${plain('done')}`);
    expect((await client.answer()).status).toBe(200);
  });

  it('lose what is hop-by-hop', async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send(`HTTP/1.1 103 Early Hints\r\nConnection: x-hop\r\nX-Hop: 1\r\nLink: </a>\r\n\r\n${plain('done')}`);
    expect((await client.answer()).head.fields).toEqual([['Link', '</a>']]);
  });

  it("lose what the upstream says of CORS: it's the gateway that speaks of that, and not here", async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 103 Early Hints\r\nAccess-Control-Allow-Origin: *\r\nLink: </a>\r\n\r\n');
    expect((await client.answer()).head.text).toBe('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
    peer.send(plain('ok'));
    expect((await client.answer()).body.text).toBe('ok');
  });

  it('are not taken without end: an upstream that floods a client with them is a 502', async () => {
    // A client that doesn't read: what is passed on to it waits in our memory.
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    const hint = `HTTP/1.1 103 Early Hints\r\nLink: </${'a'.repeat(1000)}>\r\n\r\n`;
    peer.send(hint.repeat(2000));
    await peer.gone;
    client.socket.resume();
    let answer = await client.answer();
    let hints = 0;
    for (; answer.status === 103; answer = await client.answer()) hints++;
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-malformed']);
    expect(hints * hint.length).toBeLessThanOrEqual(256 * 1024);
  });

  it('a 101 that nobody asked for is a fault of the upstream', async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const answer = await client.answer();
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-malformed']);
    await peer.gone;
  });
});
