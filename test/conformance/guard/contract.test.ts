import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../fixtures/certificate.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import type { EdgeSite } from '../../fixtures/edge/runtimes.ts';
import { connectClient } from '../../fixtures/raw-client.ts';
import type { RawHead } from '../../fixtures/raw-peer.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';
import { CASES, type GuardCase } from './cases.ts';
import { APP, contractConfig, ENV, type Stage } from './config.ts';
import { PLACES } from './places.ts';
import { API_KEY, SECRET, startThirdParty } from './third-party.ts';

let target: TestServer;
let others: readonly TestServer[] = [];
let stage: Stage;
/** What the gateway told, by the case's name: everybody else is to say the same. */
const told = new Map<string, string>();

beforeAll(async () => {
  const folder = makeTempFolder();
  const certificate = new CertificateAuthority(folder.path, 'nobody').issue(['IP:127.0.0.1']);
  target = await startThirdParty();
  const untrusted = await startThirdParty(certificate);
  const ownSigned = await startThirdParty(selfSigned('localhost'));
  others = [untrusted, ownSigned];
  folder.remove();
  stage = { port: target.port, closed: await unusedPort(), untrusted: untrusted.port, selfSigned: ownSigned.port };
});

afterAll(() => Promise.all([target, ...others].map((server) => server?.close())));

describe.each(PLACES)('a guard in %s', (place, startSite) => {
  let site: EdgeSite;
  beforeAll(async () => {
    site = await startSite(contractConfig(stage), ENV);
  });
  afterAll(() => site?.close());

  it.each(CASES)('$name', async (one) => {
    target.seen.length = 0;
    const { head, text } = await ask(site, one);
    expect(head.status, text).toBe(one.status);
    const { code, detail } = problemOf(head, text);
    const vague = place === 'workerd' ? one.vague : undefined;
    expect(code).toBe(vague ?? one.code ?? '');
    if (place === 'the gateway') told.set(one.name, detail);
    else if (vague === undefined) expect(detail).toBe(told.get(one.name));
    expectLines((name) => head.all(name), one.answered);
    if (one.text !== undefined) expect(text).toMatch(typeof one.text === 'string' ? literal(one.text) : one.text);
    expect(head.text + text).not.toContain(SECRET);
    expect(head.text + text).not.toContain(encodeURIComponent(API_KEY));
    const last = target.seen.at(-1);
    if (one.asked === null) expect(last).toBeUndefined();
    if (typeof one.asked === 'string') expect(`${last?.method} ${last?.url}`).toBe(one.asked);
    expectLines((name) => [last?.headers[name] ?? []].flat(), one.seen);
  });

  it('writes no secret to its log', () => {
    expect(site.log()).not.toContain(SECRET);
    expect(site.log()).not.toContain(encodeURIComponent(API_KEY));
  });
});

async function ask(site: EdgeSite, one: GuardCase): Promise<{ readonly head: RawHead; readonly text: string }> {
  const { method = 'GET', body = '', origin = APP, headers = {} } = one;
  const client = await connectClient(site.port);
  const url = `http://127.0.0.1:${target.port}`;
  const path = one.path.replace('{target}', url).replace('{encoded}', encodeURIComponent(url));
  const lines = Object.entries({
    ...(origin === null ? {} : { origin }),
    ...(body === '' ? {} : { 'content-length': String(body.length) }),
    ...headers,
  });
  const fields = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  client.send(`${method} ${path} HTTP/1.1\r\nHost: guarded.test\r\n${fields}\r\n${body}`);
  const answer = await client.answer(method);
  client.socket.destroy();
  const { head, body: raw } = answer;
  // Whoever didn't decode it says so, and a browser does.
  const isCoded = head.get('content-encoding') === 'gzip';
  return { head, text: isCoded ? gunzipSync(Buffer.from(raw.text, 'latin1')).toString() : raw.text };
}

/** Compares the lines that matter; several of a name count as one list. */
function expectLines(find: (name: string) => readonly string[], lines: GuardCase['answered'] = {}): void {
  for (const [name, expected] of Object.entries(lines)) {
    const found = find(name);
    if (expected === null) expect(found, name).toEqual([]);
    else if (typeof expected === 'string') expect(found.join(', '), name).toBe(expected);
    else expect(found.join(', '), name).toMatch(expected);
  }
}

function problemOf(head: RawHead, text: string): { readonly code: string; readonly detail: string } {
  if (head.get('content-type') !== 'application/problem+json') return { code: '', detail: '' };
  const { code, detail } = JSON.parse(text) as { readonly code: string; readonly detail: string };
  // The time to connect is part of it where it can't be told apart.
  return { code, detail: detail.replace(/\d+ m?s\b/, 'so long') };
}

function literal(text: string): RegExp {
  const escaped = text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(text === '' ? '^$' : escaped);
}

/** A port where nobody listens: it was free a moment ago, and nobody gets the same one twice in a row. */
async function unusedPort(): Promise<number> {
  const { port, close } = await serve(() => {});
  await close();
  return port;
}
