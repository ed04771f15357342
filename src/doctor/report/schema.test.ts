import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateReportSchema } from '../../../scripts/schema.mjs';
import { examineFrom } from '../../../test/fixtures/examine.ts';
import { serve, type TestServer } from '../../../test/fixtures/servers.ts';
import { reportOf } from './report.ts';
import { reportSchema } from './schema.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serve((_, response) => response.writeHead(200, { 'X-Powered-By': 'Express' }).end());
});
afterAll(() => server.close());

describe('doctor-report.schema.json', () => {
  it('is what `node scripts/schema.mjs` writes', async () => {
    const file = readFileSync(new URL('../../../doctor-report.schema.json', import.meta.url), 'utf8');
    expect(await generateReportSchema()).toBe(file);
  });

  it.each([
    ['blocked', { method: 'POST', body: 'x' }],
    ['blocked', { method: 'PUT' }],
    ['opaque', { mode: 'no-cors' }],
    ['blocked', { mode: 'same-origin' }],
  ] as const)('describes a report: %s, %o', async (outcome, question) => {
    const report = reportOf(await examineFrom(server.origin, question));
    expect(report.outcome).toBe(outcome);
    expect(() => reportSchema.parse(JSON.parse(JSON.stringify(report)))).not.toThrow();
  });

  it('describes a report of a server that is down', async () => {
    const report = reportOf(await examineFrom('http://127.0.0.1:1/'));
    expect(report.outcome).toBe('unreachable');
    expect(reportSchema.parse(report).steps[0]?.failure?.kind).toBe('refused');
  });
});
