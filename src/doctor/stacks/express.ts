import { lines, list, quoted, type Stack } from './stack.ts';

/** A middleware without a package: Vary always, preflights answered, errors included. */
export const express = {
  name: 'express',
  title: 'Express (and Connect)',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'first of all app.use(…), before authentication and routes',
        language: 'js',
        text: lines(
          `const corsOrigins = new Set([${quoted(origin)}]);`,
          'app.use((req, res, next) => {',
          "  res.vary('Origin');",
          '  const { origin } = req.headers;',
          '  if (!corsOrigins.has(origin)) return next();',
          "  res.setHeader('Access-Control-Allow-Origin', origin);",
          credentials && "  res.setHeader('Access-Control-Allow-Credentials', 'true');",
          expose.length > 0 && `  res.setHeader('Access-Control-Expose-Headers', ${quoted(list(expose))});`,
          "  const asksFor = req.headers['access-control-request-method'];",
          "  if (req.method !== 'OPTIONS' || !asksFor) return next();",
          `  res.setHeader('Access-Control-Allow-Methods', ${quoted(list(methods))});`,
          headers.length > 0 && `  res.setHeader('Access-Control-Allow-Headers', ${quoted(list(headers))});`,
          `  res.setHeader('Access-Control-Max-Age', '${maxAge}');`,
          '  res.status(204).end();',
          '});',
        ),
      },
    ],
    warnings: ['Remove `app.use(cors(…))` and headers that routes set themselves: CORS comes from one place.'],
  }),
} as const satisfies Stack;
