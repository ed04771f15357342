import { lines, quoted, quotedList, type Stack } from './stack.ts';

/** The `headers` middleware. */
export const traefik = {
  name: 'traefik',
  title: 'Traefik',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'dynamic configuration (YAML)',
        language: 'yaml',
        text: lines(
          'http:',
          '  middlewares:',
          '    cors:',
          '      headers:',
          `        accessControlAllowOriginList: [${quoted(origin)}]`,
          `        accessControlAllowMethods: ${quotedList(methods)}`,
          headers.length > 0 && `        accessControlAllowHeaders: ${quotedList(headers)}`,
          expose.length > 0 && `        accessControlExposeHeaders: ${quotedList(expose)}`,
          credentials && '        accessControlAllowCredentials: true',
          `        accessControlMaxAge: ${maxAge}`,
          '        addVaryHeader: true',
          '  routers:',
          '    YOUR-ROUTER:',
          '      middlewares: [cors] # before authentication',
        ),
      },
    ],
    warnings: [
      'A router with `Method(…)` in its rule must match OPTIONS too.',
      "For an origin that isn't listed the CORS headers of the service behind pass through: remove them there.",
      'Preflights get no `Vary`, whatever `addVaryHeader` says.',
    ],
  }),
} as const satisfies Stack;
