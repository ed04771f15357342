import { lines, list, quoted, quotedList, type Stack } from './stack.ts';

/** A Worker in front of the origin. */
export const cloudflareWorker = {
  name: 'cloudflare-worker',
  title: 'Cloudflare Worker',
  write: ({ origin, methods, headers, expose, credentials, maxAge, target, prefix }) => ({
    files: [
      {
        name: `worker.js, on the route ${new URL(target).host}${prefix}*`,
        language: 'js',
        text: lines(
          `const origins = new Set(${quotedList([origin])});`,
          '',
          'export default {',
          '  async fetch(request) {',
          "    const origin = request.headers.get('Origin');",
          '    const allowed = origins.has(origin);',
          '    const isPreflight =',
          "      request.method === 'OPTIONS' &&",
          "      request.headers.has('Access-Control-Request-Method');",
          '    const empty = new Response(null, { status: 204 });',
          '    const response = isPreflight ? empty : await fetch(request);',
          '    const headers = new Headers(response.headers);',
          '    for (const name of [...headers.keys()]) {',
          "      if (name.startsWith('access-control-')) headers.delete(name);",
          '    }',
          "    headers.append('Vary', 'Origin');",
          '    if (allowed) {',
          "      headers.set('Access-Control-Allow-Origin', origin);",
          credentials && "      headers.set('Access-Control-Allow-Credentials', 'true');",
          expose.length > 0 && `      headers.set('Access-Control-Expose-Headers', ${quoted(list(expose))});`,
          '    }',
          '    if (allowed && isPreflight) {',
          `      headers.set('Access-Control-Allow-Methods', ${quoted(list(methods))});`,
          headers.length > 0 && `      headers.set('Access-Control-Allow-Headers', ${quoted(list(headers))});`,
          `      headers.set('Access-Control-Max-Age', '${maxAge}');`,
          '    }',
          '    const { status, statusText } = response;',
          '    return new Response(response.body, { status, statusText, headers });',
          '  },',
          '};',
        ),
      },
    ],
    warnings: [
      'Access and firewall rules run before Workers: let OPTIONS pass there.',
      "Cloudflare's own error pages (52x) don't come from the Worker and carry no CORS headers.",
    ],
  }),
} as const satisfies Stack;
