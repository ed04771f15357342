import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../config/types.ts';
import { createEdgeHandler, type EdgeOptions, type EdgeProblem } from './index.ts';

const APP = 'https://app.example.com';
const SECRET = 'sesame-4711';
const config: Config = {
  cors: { app: { origins: [APP] } },
  routes: [
    {
      path: '/api/*',
      guard: { target: 'https://api.example.com', allow: '* /**', headers: { authorization: `Bearer ${SECRET}` } },
      timeouts: { connect: '20ms', head: '20ms', idle: '40ms', total: '500ms' },
      cors: 'app',
    },
  ],
  timeouts: { body: '40ms' },
};

type Fetch = NonNullable<EdgeOptions['fetch']>;

/** Asks a handler whose `fetch` is this one. */
async function ask(
  fetch: Fetch,
  init: RequestInit & { readonly path?: string; readonly using?: Config; readonly options?: EdgeOptions } = {},
): Promise<{ response: Response; problems: EdgeProblem[] }> {
  const { path = '/api/x', using = config, options, ...rest } = init;
  const problems: EdgeProblem[] = [];
  const handler = createEdgeHandler(using, { fetch, onProblem: (problem) => problems.push(problem), ...options });
  const request = new Request(`https://edge.test${path}`, { ...rest, headers: { origin: APP, ...rest.headers } });
  return { response: await handler(request), problems };
}

const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code;
const never = (): Promise<never> => new Promise(() => {});
/** A `fetch` that is never answered, and leaves when it's told. */
const silent: Fetch = (_, { signal }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

afterEach(() => void vi.restoreAllMocks());

describe('an edge handler', () => {
  it('asks for what was admitted, and follows no redirect by itself', async () => {
    const asked: { url: string; init: RequestInit }[] = [];
    const fetch: Fetch = async (url, init) => {
      asked.push({ url, init });
      return new Response('ok');
    };
    expect(await (await ask(fetch, { path: '/api/users/1?a=1' })).response.text()).toBe('ok');
    expect(asked[0]).toMatchObject({
      url: 'https://api.example.com/users/1?a=1',
      init: { method: 'GET', redirect: 'manual' },
    });
    expect(new Headers(asked[0]?.init.headers).get('authorization')).toBe(`Bearer ${SECRET}`);
  });

  it.each<[string, Fetch]>([
    ['rejects', () => Promise.reject(new TypeError(`fetch failed for https://x/?key=${SECRET}`))],
    [
      'throws',
      () => {
        throw new Error(SECRET);
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined as unknown as Error)],
    ['gives something else', () => Promise.resolve({} as Response)],
    ['gives an error response', () => Promise.resolve(Response.error())],
  ])('answers with a problem that the page can read, whatever fetch does: it %s', async (_, fetch) => {
    const { response, problems } = await ask(fetch);
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(response.headers.get('access-control-allow-origin')).toBe(APP);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(text).not.toContain(SECRET);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.requestId).toBe((JSON.parse(text) as { requestId: string }).requestId);
  });

  it('tells what was thrown to who runs it, not to the page', async () => {
    const cause = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
    const { response, problems } = await ask(() => Promise.reject(cause));
    expect(problems).toMatchObject([{ code: 'upstream-refused', status: 502, cause: 'fetch failed: ECONNREFUSED x' }]);
    expect(await response.json()).toMatchObject({
      type: 'urn:oneorigin:problem:upstream-refused',
      detail: 'The API refuses connections.',
    });
  });

  it('writes failures to the console where nobody wants to be told, and refusals nowhere', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const handler = createEdgeHandler(config, { fetch: () => Promise.reject(new Error('gone')) });
    await handler(new Request('https://edge.test/api/x', { headers: { origin: 'https://evil.test' } }));
    expect(error).not.toHaveBeenCalled();
    await handler(new Request('https://edge.test/api/x'));
    expect(error.mock.calls[0]?.[0]).toMatch(/^oneorigin: upstream-unreachable id=/);
  });

  it('is not harmed by what it is given', async () => {
    const throwing = (): never => {
      throw new Error('theirs');
    };
    const limit = { requests: 1, per: '1m' } as const;
    const [route] = config.routes;
    const limited: Config = { ...config, routes: [{ ...route, guard: { ...route?.guard, rateLimit: limit } }] };
    const { response } = await ask(async () => new Response('ok'), {
      using: limited,
      options: { clientAddress: throwing, onProblem: throwing },
    });
    expect([response.status, await codeOf(response)]).toEqual([500, 'internal-error']);
    expect(response.headers.get('access-control-allow-origin')).toBe(APP);
  });

  it('counts each client by its address', async () => {
    const [route] = config.routes;
    const rateLimit = { requests: 1, per: '1h' } as const;
    const limited: Config = { ...config, routes: [{ ...route, guard: { ...route?.guard, rateLimit } }] };
    const handler = createEdgeHandler<[string]>(limited, {
      fetch: async () => new Response('ok'),
      clientAddress: (_, address) => address,
      onProblem: () => {},
    });
    const statusFor = async (address: string): Promise<number> =>
      (await handler(new Request('https://edge.test/api/x'), address)).status;
    expect([await statusFor('192.0.2.1'), await statusFor('192.0.2.1')]).toEqual([200, 429]);
    expect([await statusFor('2001:db8::1'), await statusFor('2001:db8::2'), await statusFor('192.0.2.2')]).toEqual([
      200, 429, 200,
    ]);
  });

  it('reports where the policy beside the one in force would differ', async () => {
    const reports: string[] = [];
    const handler = createEdgeHandler(
      {
        cors: { now: { origins: [APP], report: 'next' }, next: { origins: ['https://new.example.com'] } },
        routes: [{ path: '/a', respond: 200, cors: 'now' }],
      },
      { onReport: (difference) => reports.push(difference) },
    );
    await handler(new Request('https://edge.test/a', { headers: { origin: APP } }));
    expect(reports).toEqual([
      expect.stringMatching(/^next: allowed true → false; reason allowed → origin-not-allowed/),
    ]);
    await handler(new Request('https://edge.test/a'));
    expect(reports).toHaveLength(1);
  });

  it('notices that it asks itself', async () => {
    let asked = 0;
    const loop: Config = { routes: [{ path: '/*', guard: { target: 'https://edge.test', allow: '* /**' } }] };
    const fetch: Fetch = (url, init) => {
      asked += 1;
      return handler(new Request(url, init));
    };
    const handler = createEdgeHandler(loop, { fetch, onProblem: () => {} });
    const response = await handler(new Request('https://edge.test/x'));
    expect([response.status, await codeOf(response), asked]).toEqual([508, 'loop-detected', 1]);
  });

  it('passes no WebSocket on', async () => {
    const { response } = await ask(async () => new Response('ok'), { headers: { upgrade: 'websocket' } });
    expect([response.status, await codeOf(response)]).toEqual([403, 'guard-not-allowed']);
  });

  it('holds all routes to the limit of bodies', async () => {
    const small: Config = { limits: { body: '5B' }, routes: [{ path: '/a', respond: 200 }] };
    const length = { 'content-length': '6' };
    const { response } = await ask(never, {
      path: '/a',
      using: small,
      method: 'POST',
      body: '123456',
      headers: length,
    });
    expect([response.status, await codeOf(response)]).toEqual([413, 'body-too-large']);
  });
});

describe('time at the edge', () => {
  it('runs out for an API that keeps silent', async () => {
    for (const fetch of [silent, never]) {
      const { response, problems } = await ask(fetch);
      expect([response.status, problems[0]?.code]).toEqual([504, 'upstream-head-timeout']);
      // Connecting is part of it.
      expect(problems[0]?.detail).toContain('40 ms');
    }
  });

  it('runs out for a client whose body stands still', async () => {
    const fetch: Fetch = async (_, { body }) => new Response(await new Response(body).text());
    const lengths: Record<string, string>[] = [{}, { 'content-length': '5' }, { 'content-length': '100000' }];
    for (const headers of lengths) {
      const { response, problems } = await ask(fetch, {
        method: 'POST',
        body: standingStill(),
        duplex: 'half',
        headers,
      });
      expect([response.status, problems[0]?.code]).toEqual([408, 'body-timeout']);
    }
  });

  it('runs out for an answer that stands still, which is cut', async () => {
    const { response, problems } = await ask(async () => new Response(standingStill()));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('a');
    await expect(reader.read()).rejects.toThrow('was silent for 40 ms');
    expect(problems.map(({ code }) => code)).toEqual(['upstream-idle-timeout']);
  });

  it('runs out for an exchange as a whole', async () => {
    const dripping = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        controller.enqueue(new Uint8Array(1));
      },
    });
    const { response, problems } = await ask(async () => new Response(dripping));
    await expect(response.text()).rejects.toThrow("didn't complete the exchange within 500 ms");
    expect(problems.map(({ code }) => code)).toEqual(['upstream-total-timeout']);
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      const { response } = await ask(async () => new Response('ok'));
      await response.text();
      expect(vi.getTimerCount()).toBe(0);
      await ask(() => Promise.reject(new Error('gone')));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('who leaves', () => {
  it('ends what is asked for', async () => {
    const left = new AbortController();
    let signal: AbortSignal | undefined;
    const fetch: Fetch = (url, init) => {
      signal = init.signal ?? undefined;
      setTimeout(() => left.abort(), 1);
      return silent(url, init);
    };
    const { response, problems } = await ask(fetch, { signal: left.signal });
    expect([response.status, signal?.aborted, problems]).toEqual([499, true, []]);
  });

  it('while an answer streams ends it', async () => {
    let cancelled = false;
    let signal: AbortSignal | undefined;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => void (cancelled = true),
    });
    const { response, problems } = await ask((_, init) => {
      signal = init.signal ?? undefined;
      return Promise.resolve(new Response(endless));
    });
    await response.body?.cancel();
    expect([signal?.aborted, problems]).toEqual([true, []]);
    expect(cancelled).toBe(true);
  });

  it('before anything was asked for is asked nothing', async () => {
    const fetch = vi.fn(silent);
    const { response } = await ask(fetch, { signal: AbortSignal.abort() });
    expect(response.status).toBe(499);
    expect(fetch).not.toHaveBeenCalled();
  });
});

/** A body that begins, and never goes on. */
function standingStill(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('a')) });
}
