import { lines, list, quoted, quotedList, type Stack } from './stack.ts';

/** Middleware, because `headers()` in the config can't answer a preflight. */
export const next = {
  name: 'next',
  title: 'Next.js',
  write: ({ origin, methods, headers, expose, credentials, maxAge, prefix }) => ({
    files: [
      {
        name: 'middleware.js, beside app/ or pages/ (proxy.js from Next.js 16 on)',
        language: 'js',
        text: lines(
          "import { NextResponse } from 'next/server';",
          '',
          `const origins = new Set(${quotedList([origin])});`,
          '',
          'export function middleware(request) {',
          "  const origin = request.headers.get('origin');",
          '  const isPreflight =',
          "    request.method === 'OPTIONS' &&",
          "    request.headers.has('access-control-request-method');",
          '  const empty = new NextResponse(null, { status: 204 });',
          '  const response = isPreflight ? empty : NextResponse.next();',
          "  response.headers.append('Vary', 'Origin');",
          '  if (!origins.has(origin)) return response;',
          "  response.headers.set('Access-Control-Allow-Origin', origin);",
          credentials && "  response.headers.set('Access-Control-Allow-Credentials', 'true');",
          expose.length > 0 && `  response.headers.set('Access-Control-Expose-Headers', ${quoted(list(expose))});`,
          '  if (isPreflight) {',
          `    response.headers.set('Access-Control-Allow-Methods', ${quoted(list(methods))});`,
          headers.length > 0 && `    response.headers.set('Access-Control-Allow-Headers', ${quoted(list(headers))});`,
          `    response.headers.set('Access-Control-Max-Age', '${maxAge}');`,
          '  }',
          '  return response;',
          '}',
          '',
          `export const config = { matcher: ${quoted(prefix === '/' ? '/:path*' : `${prefix}:path*`)} };`,
        ),
      },
    ],
    warnings: [
      'Remove `headers()` entries in next.config.js that set `Access-Control-*`: they would come twice.',
      'If the API is elsewhere, `rewrites()` gives it the origin of the page, and there is no CORS left.',
    ],
  }),
} as const satisfies Stack;
