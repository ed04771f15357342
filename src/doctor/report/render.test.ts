import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineFrom } from '../../../test/fixtures/examine.ts';
import { serve, type TestServer } from '../../../test/fixtures/servers.ts';
import { renderHtml, renderMarkdown, renderReport, reportOf, type Report } from '../index.ts';

const HOSTILE = '</pre><script>alert(1)</script> `````` | **x** [a](b) \u001B[31m \u202E "\' &';

let server: TestServer;
let report: Report;
beforeAll(async () => {
  server = await serve((request, response) => {
    response.setHeader('X-Powered-By', `Express ${HOSTILE.replaceAll(/[^\x20-\x7e]/g, '')}`);
    response.setHeader('Access-Control-Allow-Origin', HOSTILE.replaceAll(/[^\x20-\x7e]/g, ''));
    response.writeHead(request.method === 'OPTIONS' ? 204 : 200).end();
  });
  const options = { via: [`http://127.0.0.1:${server.port}`], audit: true };
  report = reportOf(await examineFrom(`${server.origin}/a?b='<script>'`, { method: 'PUT' }, options));
});
afterAll(() => server.close());

describe("a server's words", () => {
  it('are no markup in HTML, which may run and load nothing', () => {
    const html = renderHtml(report);
    expect(html).toContain('alert(1)');
    expect(html).not.toMatch(/<(?:script|img|link|iframe|a)\b/i);
    expect(html).not.toMatch(/\s(?:src|href|on\w+)=/i);
    expect(html).toContain("default-src 'none'");
    // All that is opened is closed, but for what HTML closes by itself.
    for (const tag of ['article', 'pre', 'table', 'svg', 'ul', 'text']) {
      expect(html.match(new RegExp(`<${tag}\\b`, 'g'))?.length).toBe(html.match(new RegExp(`</${tag}>`, 'g'))?.length);
    }
  });

  it('cannot end a fence in Markdown', () => {
    const lines = renderMarkdown(report).split('\n');
    let open: string | undefined;
    const outside: string[] = [];
    for (const line of lines) {
      const fence = /^(`{3,})/.exec(line)?.[1];
      if (open === undefined && fence !== undefined) open = fence;
      else if (open !== undefined && line === open) open = undefined;
      else if (open === undefined) outside.push(line.replaceAll(/(`+)[^]*?\1(?!`)/g, ''));
    }
    expect(open).toBeUndefined();
    expect(outside.filter((line) => /<script/.test(line))).toEqual([]);
  });

  it('do not speak to a terminal', () => {
    const spoken = reportOf({
      ...report,
      question: {
        url: 'http://a.example/',
        origin: 'http://b.example',
        method: 'GET',
        headers: [],
        credentials: 'omit',
        mode: 'cors',
        send: false,
      },
      journey: { hops: [], outcome: 'blocked', stop: undefined, final: undefined, readable: [HOSTILE] },
      around: undefined,
      fingerprints: [],
      layers: [],
      page: undefined,
      audit: [],
      findings: [],
      fix: undefined,
      elapsed: 1,
    });
    expect(spoken.readable[0]).toContain('alert(1)');
    for (const text of [renderReport(spoken), JSON.stringify(spoken)]) expect(text).not.toMatch(/[\u001B\u202E]/);
  });
});

describe('a server that says nothing of itself', () => {
  it('gets no mend for another, but a word on how to get one', async () => {
    const silent = await serve((_, response) => response.end());
    try {
      const told = reportOf(await examineFrom(silent.origin));
      expect(told.fix).toBeUndefined();
      for (const text of [renderReport(told), renderHtml(told), renderMarkdown(told)]) {
        expect(text).toMatch(/--stack NAME\W.*writes the mend:\s+nginx,/);
      }
      const named = reportOf(await examineFrom(silent.origin, {}, { stack: 'node' }));
      expect(renderReport(named)).not.toContain('--stack');
    } finally {
      await silent.close();
    }
  });
});
