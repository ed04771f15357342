import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { reportOf, renderReport, type Diagnosis } from '../../src/doctor/index.ts';
import { reportSchema } from '../../src/doctor/report/schema.ts';
import { examineFrom } from '../fixtures/examine.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';

const PAGE = 'https://app.example.com';
const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function auditOf(handler: RequestListener, send = false): Promise<Diagnosis> {
  const server = await serve(handler);
  servers.push(server);
  const question = { origin: PAGE, ...(send ? { send, method: 'GET' } : {}) };
  const options = { audit: true, resolve: { 'api.example.com': '127.0.0.1' } };
  return examineFrom(
    `http://api.example.com:${server.port}/api/me`,
    { ...question, origin: PAGE.replace('https', 'http') },
    options,
  );
}

/** A server that lets in whom its test of the origin lets in. */
function lettingIn(test: (origin: string, request: IncomingMessage) => boolean, credentials = true): RequestListener {
  return (request, response) => {
    const { origin } = request.headers;
    response.setHeader('Vary', 'Origin');
    if (origin !== undefined && test(origin, request)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      if (credentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    response.end('x');
  };
}

/** The rows that were hit. */
function hitRows({ audit }: Diagnosis): string[] {
  return audit.filter(({ state }) => state === 'hit').map(({ code }) => code.replace('doctor-audit-', ''));
}

describe('the audit', () => {
  it('finds nothing in a list, and asks all rows that it may', async () => {
    const diagnosis = await auditOf(lettingIn((origin) => origin === 'http://app.example.com'));
    expect(hitRows(diagnosis)).toEqual([]);
    expect(diagnosis.audit).toHaveLength(17);
    const left = diagnosis.audit.filter(({ state }) => state === 'not-asked').map(({ row }) => row);
    // Plain http is asked of an https server only, and a POST with leave only.
    expect(left).toEqual([8, 17]);
    expect(servers[0]?.seen.every(({ method }) => method === 'GET' || method === 'OPTIONS')).toBe(true);
  });

  it('finds anyone, once', async () => {
    const diagnosis = await auditOf(lettingIn(() => true));
    expect(hitRows(diagnosis)).toEqual(['any-origin']);
    expect(diagnosis.audit.filter(({ state }) => state === 'covered')).toHaveLength(11);
    expect(diagnosis.findings[0]).toMatchObject({ code: 'doctor-audit-any-origin', severity: 'error' });
  });

  const own = (origin: string): boolean => origin === 'http://app.example.com';
  it.each<[string, (origin: string) => boolean, string[]]>([
    ['null', (origin) => origin === 'null', ['null']],
    ['the end', (origin) => origin.endsWith('example.com'), ['suffix', 'subdomain']],
    ['the beginning', (origin) => origin.startsWith('https://api.example.com'), ['prefix']],
    ['a pattern with bare dots', (origin) => /^https:\/\/api.example.com$/.test(origin), ['regex-dot']],
    ['a pattern without an end', (origin) => /^https:\/\/[a-z]+\.example\.com/.test(origin), ['prefix', 'subdomain']],
    ['subdomains', (origin) => /^https:\/\/[\w-]+\.example\.com$/.test(origin), ['subdomain']],
    ['any port', (origin) => /^https:\/\/example\.com(?::\d+)?$/.test(origin), ['port']],
    ['development', (origin) => /^http:\/\/localhost(?::\d+)?$/.test(origin), ['development']],
    ['all of github.io', (origin) => origin.endsWith('.github.io'), ['multi-tenant']],
    ['upper case', (origin) => origin.toLowerCase() === 'http://app.example.com', ['loose-parsing']],
  ])('finds %s', async (_, test, rows) => {
    expect(hitRows(await auditOf(lettingIn((origin) => own(origin) || test(origin))))).toEqual(rows);
  });

  it('judges by the whole answer, and never by a part of it', async () => {
    const diagnosis = await auditOf((request, response) => {
      // Looks like a reflection, and no browser takes it.
      response.setHeader('Access-Control-Allow-Origin', `${request.headers.origin}/`);
      response.end();
    });
    expect(hitRows(diagnosis)).toEqual([]);
  });

  it('finds * with credentials, and lets * alone be', async () => {
    const star = (extra: Record<string, string>): RequestListener => {
      return (_, response) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*', ...extra }).end();
    };
    expect(hitRows(await auditOf(star({ 'Access-Control-Allow-Credentials': 'true' })))).toEqual(['wildcard']);
    expect(hitRows(await auditOf(star({})))).toEqual([]);
  });

  it('finds a cache that gives a stranger what the page got', async () => {
    const stored = new Map<string, string>();
    const diagnosis = await auditOf((request, response) => {
      const { url = '', headers } = request;
      if (headers.origin === 'http://app.example.com') stored.set(url, headers.origin);
      const allowed = stored.get(url);
      if (allowed !== undefined) response.setHeader('Access-Control-Allow-Origin', allowed);
      response.end();
    });
    expect(hitRows(diagnosis)).toContain('cache');
  });

  it('finds an error page that lets everybody in', async () => {
    const diagnosis = await auditOf(lettingIn((origin, { url }) => own(origin) || url?.startsWith('/api/me') !== true));
    expect(hitRows(diagnosis)).toEqual(['drift']);
  });

  it('finds a POST that is carried out, with leave', async () => {
    const diagnosis = await auditOf(lettingIn(own), true);
    expect(hitRows(diagnosis)).toEqual(['side-effect']);
    expect(servers[0]?.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is reported row by row', async () => {
    const report = reportOf(await auditOf(lettingIn((origin) => own(origin) || origin === 'null')));
    expect(reportSchema.parse(report).audit?.[1]).toMatchObject({ row: 2, state: 'hit', hits: [{ origin: 'null' }] });
    expect(renderReport(report)).toContain('✗  2 null\n         null, with credentials\n');
  });
});
