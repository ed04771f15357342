import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { reportOf, type Diagnosis, type Question } from '../../src/doctor/index.ts';
import { selfSigned } from '../fixtures/certificate.ts';
import { codesOf, examineFrom, PAGE } from '../fixtures/examine.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function listening(handler: RequestListener): Promise<string> {
  const server = await serve(handler);
  servers.push(server);
  return server.origin;
}

type Headers = Readonly<Record<string, string | string[]>>;

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** A server whose policy is right: it names what it's given, for the page alone. */
function allow(request: IncomingMessage, response: ServerResponse, grants: Headers = {}): boolean {
  response.setHeader('Vary', 'Origin');
  if (request.headers.origin !== PAGE) return false;
  response.setHeader('Access-Control-Allow-Origin', PAGE);
  if (!isPreflight(request)) return false;
  response.setHeader('Access-Control-Max-Age', '600');
  for (const [name, value] of Object.entries(grants)) response.setHeader(name, value);
  response.writeHead(204).end();
  return true;
}

const json: Headers = { 'Content-Type': 'application/json' };
const PUT: Headers = { 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Allow-Headers': 'content-type' };

async function ask(
  handler: RequestListener,
  question: Partial<Question> = {},
  path = '/api/users',
): Promise<Diagnosis> {
  return examineFrom((await listening(handler)) + path, question);
}

/** What the whole test is about: the cause first, and the browser's verdict. */
function expectFirst(diagnosis: Diagnosis, code: string, outcome: Diagnosis['outcome'] = 'blocked'): void {
  expect(codesOf(diagnosis)[0]).toBe(code);
  expect(diagnosis.outcome).toBe(outcome);
}

describe('a policy that is right', () => {
  it('lets the page read, and nothing is found', async () => {
    const diagnosis = await ask(
      (request, response) => {
        if (!allow(request, response, PUT)) response.writeHead(200, json).end('{}');
      },
      { method: 'PUT', headers: [['Content-Type', 'application/json']], send: true, body: '{}' },
    );
    expect(diagnosis.findings).toEqual([]);
    expect(diagnosis.outcome).toBe('readable');
    expect(diagnosis.checks.map(({ state }) => state)).toEqual(['yes', 'yes', 'yes', 'yes']);
  });
});

describe('situation', () => {
  it('1: no policy at all', async () => {
    expectFirst(await ask((_, response) => response.writeHead(200, json).end('{}')), 'doctor-no-policy');
  });

  it('2: errors without the policy', async () => {
    const handler: RequestListener = (request, response) => {
      if (isPreflight(request)) return void allow(request, response, PUT);
      response.writeHead(500).end('oops');
    };
    const question = {
      method: 'PUT',
      body: '{}',
      headers: [['Content-Type', 'application/json']],
      send: true,
    } as const;
    expectFirst(await ask(handler, question), 'doctor-error-no-policy');
    const fine = await ask((request, response) => {
      const found = request.url?.startsWith('/api/users') === true;
      if (found && allow(request, response)) return;
      response.writeHead(found ? 200 : 404).end();
    });
    expectFirst(fine, 'doctor-error-path-no-policy', 'readable');
  });

  it('3: two layers that both add it', async () => {
    const diagnosis = await ask((_, response) => {
      response.writeHead(200, { 'Access-Control-Allow-Origin': [PAGE, PAGE] }).end();
    });
    expectFirst(diagnosis, 'doctor-duplicate');
    expect(
      diagnosis.findings[0]?.evidence.filter((line) => line === `< Access-Control-Allow-Origin: ${PAGE}`),
    ).toHaveLength(2);
  });

  it('4: * with credentials', async () => {
    const handler: RequestListener = (_, response) =>
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    expectFirst(await ask(handler, { credentials: 'include' }), 'doctor-wildcard-credentials');
    expect(codesOf(await ask(handler))).toEqual([]);
  });

  it.each([`https://a.example, ${PAGE}`, `https://a.example ${PAGE}`])(
    '5: several origins in one line: %s',
    async (value) => {
      const handler: RequestListener = (_, response) =>
        response.writeHead(200, { 'Access-Control-Allow-Origin': value }).end();
      expectFirst(await ask(handler), 'doctor-origin-list');
    },
  );

  it('6: authentication that answers OPTIONS', async () => {
    const handler: RequestListener = (request, response) => {
      const authorized = request.headers.authorization !== undefined;
      if (!authorized) return void response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
      allow(request, response);
      response.end();
    };
    expectFirst(await ask(handler, { headers: [['Authorization', 'Bearer abcdef']] }), 'doctor-preflight-auth');
  });

  it.each([404, 405])('7: no route for OPTIONS: %i', async (status) => {
    const handler: RequestListener = (request, response) => {
      if (request.method === 'OPTIONS') return void response.writeHead(status).end();
      allow(request, response);
      response.end();
    };
    expectFirst(await ask(handler, { method: 'DELETE' }), 'doctor-preflight-unrouted');
  });

  it.each([
    ['/api/users/', 'slash'],
    ['/login?next=/api/users', 'login'],
    ['https://localhost/api/users', 'https'],
  ])('8: a preflight redirected to %s', async (location, reason) => {
    const diagnosis = await ask((_, response) => response.writeHead(302, { Location: location }).end(), {
      method: 'PUT',
    });
    expectFirst(diagnosis, 'doctor-preflight-redirect');
    expect(diagnosis.findings[0]?.data['reason']).toBe(reason);
  });

  it('9: a header that is not listed', async () => {
    const handler: RequestListener = (request, response) => {
      if (!allow(request, response, PUT)) response.end();
    };
    const diagnosis = await ask(handler, { headers: [['X-Token', 'secret']] });
    expectFirst(diagnosis, 'doctor-header-not-allowed');
    expect(diagnosis.findings[0]?.data).toMatchObject({ name: 'x-token', allowed: 'content-type' });
  });

  it('10: the page sends what only a response can use', async () => {
    const handler: RequestListener = (request, response) => {
      if (!allow(request, response, PUT)) response.end();
    };
    const diagnosis = await ask(handler, { headers: [['Access-Control-Allow-Origin', '*']] });
    expectFirst(diagnosis, 'doctor-client-sends-response-header');
  });

  it('11: a method that is not listed, or in lower case', async () => {
    const handler: RequestListener = (request, response) => {
      const methods = { 'Access-Control-Allow-Methods': 'PUT, PATCH' };
      if (!allow(request, response, methods)) response.end();
    };
    expectFirst(await ask(handler, { method: 'DELETE' }), 'doctor-method-not-allowed');
    expectFirst(await ask(handler, { method: 'patch' }), 'doctor-method-case');
  });

  it('12: no-cors', async () => {
    const refused = await ask((_, response) => response.end('x'), { mode: 'no-cors' });
    expectFirst(refused, 'doctor-opaque', 'opaque');
    expect(refused.findings[0]?.data['allowed']).toBe(false);
    const allowed = await ask((request, response) => void (allow(request, response) || response.end('x')), {
      mode: 'no-cors',
    });
    expectFirst(allowed, 'doctor-opaque', 'opaque');
    expect(allowed.findings[0]?.data['allowed']).toBe(true);
  });

  it('13: a page from a file', async () => {
    const handler: RequestListener = (request, response) => {
      if (!allow(request, response)) response.end();
    };
    expectFirst(await ask(handler, { origin: 'null' }), 'doctor-origin-null');
  });

  it.each([
    [`${PAGE}/`, 'slash'],
    ['https://localhost:5173', 'scheme'],
    ['http://localhost:3000', 'port'],
    ['http://127.0.0.1:5173', 'loopback'],
    ['http://*:5173', 'pattern'],
  ])('14: allowed is %s', async (value, reason) => {
    const diagnosis = await ask((_, response) =>
      response.writeHead(200, { 'Access-Control-Allow-Origin': value }).end(),
    );
    expectFirst(diagnosis, 'doctor-origin-mismatch');
    expect(diagnosis.findings[0]?.data['reason']).toBe(reason);
  });

  it('14: a list of origins that has a near miss', async () => {
    const diagnosis = await ask((request, response) => {
      const { origin } = request.headers;
      if (origin === 'http://127.0.0.1:5173') response.setHeader('Access-Control-Allow-Origin', origin);
      response.end();
    });
    expectFirst(diagnosis, 'doctor-origin-mismatch');
    expect(diagnosis.findings[0]?.data).toMatchObject({ value: 'http://127.0.0.1:5173', reason: 'loopback' });
  });

  it('14: a list of origins without this one', async () => {
    const diagnosis = await ask((request, response) => {
      response.setHeader('Vary', 'Origin');
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.writeHead(request.method === 'OPTIONS' ? 204 : 200).end();
    });
    expectFirst(diagnosis, 'doctor-origin-not-listed');
  });

  it('15: cookies that are neither stored nor sent', async () => {
    const handler: RequestListener = (request, response) => {
      response.setHeader('Set-Cookie', 'sid=1; HttpOnly');
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      if (!allow(request, response)) response.end();
    };
    const page = { origin: PAGE };
    const diagnosis = await ask(handler, page);
    expectFirst(diagnosis, 'doctor-cookie', 'readable');
    expect(reportOf(diagnosis).findings[0]?.evidence).toContain('< Set-Cookie: sid=[hidden]; HttpOnly');
    // Ports of localhost are one site: with `include` all is well.
    expect(codesOf(await ask(handler, { ...page, credentials: 'include' }))).not.toContain('doctor-cookie');
  });

  it('16: a response header that reads null', async () => {
    const handler: RequestListener = (request, response) => {
      response.setHeader('X-Total-Count', '7');
      if (!allow(request, response)) response.end('[]');
    };
    const diagnosis = await ask(handler);
    expectFirst(diagnosis, 'doctor-header-unexposed', 'readable');
    expect(diagnosis.findings[0]?.data['names']).toEqual(['x-total-count']);
  });

  it('17: a cache that gives one origin what it keeps for another', async () => {
    const kept = new Map<string, Headers>();
    const handler: RequestListener = (request, response) => {
      const { url = '' } = request;
      const stored = kept.get(url);
      const fresh: Headers =
        request.headers.origin === undefined ? {} : { 'Access-Control-Allow-Origin': request.headers.origin };
      kept.set(url, stored ?? fresh);
      response.writeHead(200, { ...(stored ?? fresh), 'X-Cache': stored === undefined ? 'MISS' : 'HIT' }).end('x');
    };
    const origin = await listening(handler);
    // An image of another page comes first.
    await fetch(`${origin}/logo.png`);
    const diagnosis = await examineFrom(`${origin}/logo.png`);
    expectFirst(diagnosis, 'doctor-cached-without-vary');
    expect(diagnosis.findings[0]?.data['header']).toBe('X-Cache: HIT');
  });

  it('18: an API that redirects to a login page', async () => {
    const login = await listening((_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<form>'),
    );
    const diagnosis = await ask((request, response) => {
      allow(request, response);
      response.writeHead(302, { Location: `${login}/oauth2/authorize?client_id=1` }).end();
    });
    expectFirst(diagnosis, 'doctor-redirect-login');
  });

  it('19: a backend that is down, itself or behind a gateway', async () => {
    const closed = await serve(() => {});
    await closed.close();
    expectFirst(await examineFrom(`${closed.origin}/api`), 'doctor-refused', 'unreachable');
    expectFirst(await ask((_, response) => response.writeHead(502).end('Bad Gateway')), 'doctor-upstream-down');
  });

  it('20: mixed content, and the local network', async () => {
    const page = { origin: 'https://app.example.com' };
    expectFirst(await examineFrom('http://api.example.com/', page), 'doctor-mixed-content');
    const handler: RequestListener = (_, response) =>
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    expect(codesOf(await ask(handler, page))).toContain('doctor-local-network');
    expect(codesOf(await ask(handler))).not.toContain('doctor-local-network');
  });
});

describe('a page that is in its own way', () => {
  it.each([
    [
      'a header',
      (response: ServerResponse) => void response.setHeader('Content-Security-Policy', "default-src 'self'"),
      '',
    ],
    ['a meta element', () => {}, `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">`],
  ])('by %s', async (_, prepare, html) => {
    const page = await listening((request, response) => {
      if (request.url === '/') return void response.writeHead(302, { Location: '/home' }).end();
      prepare(response);
      response.end(`<!doctype html>${html}`);
    });
    const api = await listening((_, response) => {
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    });
    expectFirst(await examineFrom(api, { origin: page }, { page: `${page}/` }), 'doctor-csp');
    expect((await examineFrom(`${page}/x`, { origin: page }, { page: `${page}/` })).outcome).toBe('readable');
  });
});

describe('a server that is in the way of an answer', () => {
  it('hangs, and is asked once', async () => {
    const server = await serve(() => {});
    servers.push(server);
    const diagnosis = await examineFrom(`${server.origin}/a`, {}, { each: 200 });
    expectFirst(diagnosis, 'doctor-timeout', 'unreachable');
    expect(server.seen).toHaveLength(1);
  });

  it('drops OPTIONS alone', async () => {
    const handler: RequestListener = (request, response) => {
      if (request.method === 'OPTIONS') request.socket.destroy();
      else response.end('x');
    };
    expectFirst(await ask(handler, { method: 'PUT' }), 'doctor-preflight-no-answer');
  });

  it('has a certificate that nobody trusts', async () => {
    const server = await serve((_, response) => response.end('x'), { tls: selfSigned('localhost') });
    servers.push(server);
    expectFirst(await examineFrom(`${server.origin}/a`), 'doctor-tls-untrusted');
  });
});
