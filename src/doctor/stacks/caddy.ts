import { lines, list, type Stack } from './stack.ts';

/** `defer` sets after the server behind has answered, so that nothing comes twice. */
export const caddy = {
  name: 'caddy',
  title: 'Caddy',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'Caddyfile, before the sites',
        language: 'caddy',
        text: lines(
          '(cors) {',
          '\theader +Vary Origin',
          '\theader @not_cors -Access-Control-Allow-Origin',
          '\theader @cors {',
          '\t\tdefer',
          `\t\tAccess-Control-Allow-Origin ${origin}`,
          credentials && '\t\tAccess-Control-Allow-Credentials true',
          expose.length > 0 && `\t\tAccess-Control-Expose-Headers "${list(expose)}"`,
          '\t}',
          '}',
        ),
      },
      {
        name: 'Caddyfile, first in the site',
        language: 'caddy',
        text: lines(
          `@cors header Origin ${origin}`,
          `@not_cors not header Origin ${origin}`,
          'import cors',
          '@cors_preflight {',
          '\tmethod OPTIONS',
          `\theader Origin ${origin}`,
          '\theader Access-Control-Request-Method *',
          '}',
          'handle @cors_preflight {',
          `\theader Access-Control-Allow-Methods "${list(methods)}"`,
          headers.length > 0 && `\theader Access-Control-Allow-Headers "${list(headers)}"`,
          `\theader Access-Control-Max-Age ${maxAge}`,
          '\trespond 204',
          '}',
          "# Caddy's own errors, such as 502.",
          'handle_errors {',
          '\timport cors',
          '\trespond {err.status_code}',
          '}',
        ),
      },
    ],
    warnings: [
      '`basic_auth` and `forward_auth` run before `handle`: give them a matcher that leaves preflights out (`not method OPTIONS`).',
      'Put the rest of the site into `handle { … }`, so that it is not asked for preflights.',
    ],
  }),
} as const satisfies Stack;
