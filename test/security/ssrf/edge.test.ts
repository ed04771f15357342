import { describe, expect, it } from 'vitest';
import { createEdgeHandler } from '../../../src/edge/index.ts';
import { readVectors, type Vector } from './table.ts';

const PORT = 8088;
const { vectors } = readVectors({ port: PORT, good: '127.0.0.2', own: '192.168.0.1', gateway: 8089 });
/** A runtime's request is a URL: no other form of a request line can come in, and no backslash before its query. */
const sendable = vectors.filter(({ id, target }) => /^\/[^\\?]*(?:\?|$)/.test(target) && !id.startsWith('itself'));

/** Answers as the table's harmless server does, and remembers what was asked. */
function stage({ location = '' }: Vector): {
  readonly asked: URL[];
  readonly ask: (vector: Vector) => Promise<Response>;
} {
  const asked: URL[] = [];
  const target = `http://good.ssrf.test:${PORT}`;
  const handler = createEdgeHandler(
    {
      routes: [
        // Without addresses to look at there's no form without a list: the widest that there can be.
        { path: '/proxy/*', guard: { hosts: [`http://*.ssrf.test:${PORT}`], origins: ['https://app.example.com'] } },
        {
          path: '/listed/*',
          guard: {
            hosts: [`http://*.listed.ssrf.test:${PORT}`, `http://paths.ssrf.test:${PORT}/v1`],
            origins: ['https://app.example.com'],
          },
        },
        { path: '/named/*', guard: { target, allow: ['GET /**'] } },
        { path: '/narrow/*', guard: { target, allow: ['GET /x', 'GET /to/*'] } },
      ],
    },
    {
      onProblem: () => {},
      fetch: (url) => {
        const to = new URL(url);
        asked.push(to);
        const [, status] = /^\/to\/(\d{3})$/.exec(to.pathname) ?? [];
        // A byte of a header is a char: names beyond ASCII come as UTF-8.
        const headers = { Location: Buffer.from(location).toString('latin1') };
        return Promise.resolve(
          status === undefined ? new Response('ok') : new Response('', { status: Number(status), headers }),
        );
      },
    },
  );
  const ask = ({ method = 'GET', target: path, headers }: Vector): Promise<Response> => {
    const fields = { Origin: 'https://app.example.com', ...headers };
    return handler(new Request(`https://edge.test${path}`, { method, headers: fields }));
  };
  return { asked, ask };
}

describe('at the edge, where addresses can not be looked at', () => {
  it.each(sendable.map((vector) => [vector.id, vector] as const))(
    '%s leads to a listed host or nowhere',
    async (_, vector) => {
      const { asked, ask } = stage(vector);
      const { status } = await ask(vector);
      for (const { protocol, hostname, port, username } of asked) {
        expect([protocol, port, username]).toEqual(['http:', String(PORT), '']);
        expect(hostname).toMatch(/\.ssrf\.test$/);
        if (vector.gateway === 'listed') expect(hostname).toMatch(/\.listed\.ssrf\.test$|^paths\.ssrf\.test$/);
        if (vector.gateway === 'named' || vector.gateway === 'narrow') expect(hostname).toBe('good.ssrf.test');
      }
      if (vector.reaches?.host.includes('.ssrf.test') === true) {
        const last = asked.at(-1);
        expect([last?.host, `GET ${last?.pathname}${last?.search} HTTP/1.1`]).toEqual([
          vector.reaches.host,
          vector.reaches.line,
        ]);
        expect(status).toBe(200);
      }
      // Names are believed here; everything else that the gateway refuses is refused.
      const isByName =
        /ssrf\.test/i.test(vector.target) && ['guard-address-refused', 'guard-dns-failed'].includes(vector.code ?? '');
      if (vector.code !== undefined && vector.location === undefined && !isByName)
        expect([asked, status >= 400]).toEqual([[], true]);
    },
  );

  it('is tried in as many ways as over a socket, nearly', () => {
    expect(sendable.length).toBeGreaterThan(vectors.length - 20);
  });
});
