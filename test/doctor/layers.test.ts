import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { examineFrom, PAGE } from '../fixtures/examine.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';
import { startNginxWith, type StackServer } from '../fixtures/stack-servers.ts';
import { renderReport, reportOf, type Diagnosis } from '../../src/doctor/index.ts';
import { reportSchema } from '../../src/doctor/report/schema.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function app(handler: RequestListener): Promise<TestServer> {
  const server = await serve(handler);
  stops.push(() => server.close());
  return server;
}

async function nginx(lines: string, upstream: string): Promise<StackServer> {
  const server = await startNginxWith('', `location / {\n${lines}\nproxy_pass ${upstream};\n}`);
  stops.push(() => server.stop());
  return server;
}

/** An application whose policy is right. */
const right: RequestListener = (request, response) => {
  response.setHeader('Vary', 'Origin');
  if (request.headers.origin === PAGE) response.setHeader('Access-Control-Allow-Origin', PAGE);
  if (request.method !== 'OPTIONS') return void response.end('x');
  response.setHeader('Access-Control-Allow-Methods', 'PUT');
  response.writeHead(204).end();
};

/** Edge, gateway and application; the lines are the gateway's. */
async function behindTwo(
  lines: string,
  handler: RequestListener,
  method = 'GET',
): Promise<{ diagnosis: Diagnosis; gateway: string; inner: string }> {
  const inner = (await app(handler)).origin.replace('localhost', '127.0.0.1');
  const gateway = (await nginx(lines, inner)).origin.replace('localhost', '127.0.0.1');
  const edge = await nginx('', gateway);
  const diagnosis = await examineFrom(`${edge.origin}/api`, { method }, { via: [gateway, inner] });
  return { diagnosis, gateway, inner };
}

describe('asking each layer', () => {
  it('names the one that adds a header twice', async () => {
    const { diagnosis, gateway, inner } = await behindTwo('add_header Access-Control-Allow-Origin *;', right);
    expect(diagnosis.findings[0]).toMatchObject({
      code: 'doctor-layer-duplicates',
      severity: 'error',
      data: { layer: gateway, inner, header: 'Access-Control-Allow-Origin' },
    });
    const report = reportOf(diagnosis);
    expect(reportSchema.parse(report).layers).toHaveLength(3);
    expect(renderReport(report)).toContain(`  ${inner}\n`);
  });

  it('names the one that answers OPTIONS itself', async () => {
    const lines = 'if ($request_method = OPTIONS) { return 405; }';
    const { diagnosis, gateway } = await behindTwo(lines, right, 'PUT');
    expect(diagnosis.findings[0]).toMatchObject({
      code: 'doctor-layer-swallows-options',
      data: { layer: gateway, status: 405 },
    });
  });

  it('names the one that removes headers', async () => {
    const { diagnosis, gateway } = await behindTwo('proxy_hide_header Access-Control-Allow-Origin;', right);
    expect(diagnosis.findings[0]).toMatchObject({ code: 'doctor-layer-removes', data: { layer: gateway } });
  });

  it('names the one that loses Origin', async () => {
    const { diagnosis, gateway } = await behindTwo('proxy_set_header Origin "";', (request, response) => {
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? 'http://fallback.example');
      response.end();
    });
    expect(diagnosis.findings[0]).toMatchObject({ code: 'doctor-layer-loses-origin', data: { layer: gateway } });
  });

  it('names the one that overwrites, and the one that adds', async () => {
    const lines =
      'proxy_hide_header Access-Control-Allow-Origin; add_header Access-Control-Allow-Origin http://x.example;';
    const over = await behindTwo(lines, right);
    expect(over.diagnosis.findings[0]).toMatchObject({
      code: 'doctor-layer-overwrites',
      data: { layer: over.gateway, from: PAGE, to: 'http://x.example' },
    });
    const adds = await behindTwo('add_header Access-Control-Allow-Origin *;', (_, response) => response.end());
    const found = adds.diagnosis.findings.filter(({ code }) => code.startsWith('doctor-layer'));
    expect(found).toMatchObject([{ code: 'doctor-layer-adds', severity: 'info', data: { layer: adds.gateway } }]);
  });

  it('says which layer is down', async () => {
    const closed = await serve(() => {});
    await closed.close();
    const { origin } = await app(right);
    const diagnosis = await examineFrom(origin, {}, { via: [closed.origin] });
    expect(diagnosis.outcome).toBe('readable');
    expect(diagnosis.findings[0]).toMatchObject({ code: 'doctor-layer-down', data: { layer: closed.origin } });
  });
});
