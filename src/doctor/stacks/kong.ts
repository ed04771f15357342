import { lines, quoted, quotedList, type Stack } from './stack.ts';

/** The `cors` plugin. */
export const kong = {
  name: 'kong',
  title: 'Kong',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'kong.yml, in the service',
        language: 'yaml',
        text: lines(
          'plugins:',
          '  - name: cors',
          '    config:',
          `      origins: [${quoted(origin)}]`,
          `      methods: ${quotedList([...methods])}`,
          `      headers: ${quotedList(headers)}`,
          expose.length > 0 && `      exposed_headers: ${quotedList(expose)}`,
          `      credentials: ${credentials}`,
          `      max_age: ${maxAge}`,
          '      preflight_continue: false',
        ),
      },
    ],
    warnings: [
      'A route with `methods` must list OPTIONS, or its preflights get 404 before any plugin runs.',
      'With one origin Kong sends it to everybody; add a second only with its scheme, or it matches nothing.',
      'Remove the CORS middleware of the service behind, or its headers come twice.',
    ],
  }),
} as const satisfies Stack;
