import { lines, quotedList, type Stack } from './stack.ts';

/** Around the whole app and not with `add_middleware`: an unhandled 500 is answered outside of those. */
export const fastapi = {
  name: 'fastapi',
  title: 'FastAPI (and Starlette)',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'last in the file that makes `app`',
        language: 'python',
        text: lines(
          'from starlette.middleware.cors import CORSMiddleware',
          '',
          'app = CORSMiddleware(',
          '    app,',
          `    allow_origins=${quotedList([origin])},`,
          `    allow_methods=${quotedList(methods)},`,
          `    allow_headers=${quotedList(headers)},`,
          `    expose_headers=${quotedList(expose)},`,
          `    allow_credentials=${credentials ? 'True' : 'False'},`,
          `    max_age=${maxAge},`,
          ')',
        ),
      },
    ],
    warnings: [
      'Remove `app.add_middleware(CORSMiddleware, …)`: twice would send two headers.',
      'It sends no `Vary: Origin` when no origin came or one is refused: a cache in front must have Origin in its key.',
    ],
  }),
} as const satisfies Stack;
