import { lines, list, quoted, type Stack } from './stack.ts';

/** `node:http` without a framework. `appendHeader`, because the program may have a `Vary` of its own. */
export const node = {
  name: 'node',
  title: 'Node.js (node:http)',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'beside createServer(…)',
        language: 'js',
        text: lines(
          `const corsOrigins = new Set([${quoted(origin)}]);`,
          '/** Allows the page to read; true if that was all, as for a preflight. */',
          'function answersCors(request, response) {',
          "  response.appendHeader('Vary', 'Origin');",
          '  const { origin } = request.headers;',
          '  if (!corsOrigins.has(origin)) return false;',
          "  response.setHeader('Access-Control-Allow-Origin', origin);",
          credentials && "  response.setHeader('Access-Control-Allow-Credentials', 'true');",
          expose.length > 0 && `  response.setHeader('Access-Control-Expose-Headers', ${quoted(list(expose))});`,
          "  const asksFor = request.headers['access-control-request-method'];",
          "  if (request.method !== 'OPTIONS' || !asksFor) return false;",
          `  response.setHeader('Access-Control-Allow-Methods', ${quoted(list(methods))});`,
          headers.length > 0 && `  response.setHeader('Access-Control-Allow-Headers', ${quoted(list(headers))});`,
          `  response.setHeader('Access-Control-Max-Age', '${maxAge}');`,
          '  response.writeHead(204).end();',
          '  return true;',
          '}',
        ),
      },
      {
        name: 'first in its listener, before authentication and routes',
        language: 'js',
        text: lines('if (answersCors(request, response)) return;'),
      },
    ],
    warnings: [
      'Remove `Access-Control-*` headers that the program sets elsewhere, and append to `Vary` where it sets that.',
    ],
  }),
} as const satisfies Stack;
