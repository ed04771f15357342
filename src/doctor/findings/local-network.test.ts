import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineFrom } from '../../../test/fixtures/examine.ts';
import { serve, type TestServer } from '../../../test/fixtures/servers.ts';
import type { Examination } from './finding.ts';
import { localNetworkFindings } from './local-network.ts';

/** An examination as far as this finding looks at it. */
function seen(origin: string, address: string, pageAddress?: string): Examination {
  const addresses = [
    { address: '::1', family: 6, failure: { kind: 'refused', detail: '' } },
    { address, family: 4 },
  ];
  return { question: { origin }, around: { addresses, pageAddress }, page: undefined } as unknown as Examination;
}

describe('the address spaces of page and server', () => {
  it.each([
    ['https://app.example', '127.0.0.1', '203.0.113.7', 'public', 'loopback'],
    ['https://app.example', '192.168.1.5', '203.0.113.7', 'public', 'local'],
    ['https://app.example', '100.64.1.1', undefined, 'public', 'local'],
    ['https://app.example', '127.0.0.1', '10.1.2.3', 'local', 'loopback'],
    ['https://app.example', '::ffff:10.0.0.1', '2001:db8::1', 'public', 'local'],
    ['https://nas.local', '127.0.0.1', undefined, 'local', 'loopback'],
    ['https://192.0.2.1', '10.0.0.1', '192.0.2.1', 'public', 'local'],
  ])('%s asks %s', (origin, address, pageAddress, pageSpace, space) => {
    const [found] = localNetworkFindings(seen(origin, address, pageAddress));
    expect(found?.data).toMatchObject({
      address,
      space,
      pageSpace,
      pageAddress: pageAddress ?? '',
      reason: 'permission',
    });
  });

  it.each([
    ['https://app.example', '198.51.100.1', '203.0.113.7'],
    ['https://app.example', '127.0.0.1', '127.0.0.1'],
    ['https://app.example', '10.0.0.1', '192.168.1.5'],
    ['https://app.example', '192.168.1.5', '127.0.0.1'],
    ['http://app.localhost:5173', '127.0.0.1', '203.0.113.7'],
    ['https://nas.local', '192.168.1.5', undefined],
    ['https://app.test', '127.0.0.1', undefined],
    ['null', '127.0.0.1', undefined],
  ])('%s asks %s, and nothing is to be allowed (%s)', (origin, address, pageAddress) => {
    expect(localNetworkFindings(seen(origin, address, pageAddress))).toEqual([]);
  });

  it('a page without TLS is not even asked about', () => {
    const [found] = localNetworkFindings(seen('http://app.example', '127.0.0.1', '203.0.113.7'));
    expect(found?.data['reason']).toBe('insecure');
  });
});

describe("the page's host", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serve((_, response) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end());
  });
  afterAll(() => server.close());

  async function pageAddressOf(origin: string, resolve: Readonly<Record<string, string>>): Promise<unknown> {
    const { findings } = await examineFrom(server.origin, { origin }, { resolve });
    return findings.find(({ code }) => code === 'doctor-local-network')?.data['pageAddress'];
  }

  it('is looked up, and not judged by its name', async () => {
    expect(await pageAddressOf('https://app.example', { 'app.example': '203.0.113.7' })).toBe('203.0.113.7');
    expect(await pageAddressOf('https://app.example', { 'app.example': '127.0.0.1' })).toBeUndefined();
    expect(await pageAddressOf('https://dev.internal', { 'dev.internal': '203.0.113.7' })).toBe('203.0.113.7');
  });

  it('counts as public if nobody knows it', async () => {
    expect(await pageAddressOf('https://nowhere.invalid', {})).toBe('');
  });

  it('is where the page really came from, if its address is given', async () => {
    const resolve = { 'app.example': '203.0.113.7' };
    const options = { page: `${server.origin}/`, resolve };
    const diagnosis = await examineFrom(server.origin, { origin: 'https://app.example' }, options);
    expect(diagnosis.page?.probe.response?.status).toBe(200);
    expect(diagnosis.findings.map(({ code }) => code)).not.toContain('doctor-local-network');
  });
});
