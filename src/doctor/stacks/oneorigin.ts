import { lines, list, type Stack } from './stack.ts';

/** Ours: a policy by name, and a route that has it. */
export const oneorigin = {
  name: 'oneorigin',
  title: 'oneorigin',
  write: ({ origin, methods, headers, expose, credentials, maxAge, target, prefix }) => {
    const unsafe = methods.filter((method) => !['GET', 'HEAD', 'POST', 'OPTIONS'].includes(method));
    return {
      files: [
        {
          name: 'oneorigin.yaml',
          language: 'yaml',
          text: lines(
            'cors:',
            '  pages:',
            `    origins: ['${origin}']`,
            unsafe.length > 0 && `    methods: [${list(unsafe)}]`,
            headers.length > 0 && `    headers: [${list(headers)}]`,
            expose.length > 0 && `    expose: [${list(expose)}]`,
            credentials && '    credentials: true',
            `    maxAge: ${maxAge}s`,
            'routes:',
            `  - { path: ${prefix}*, proxy: '${target}', cors: pages }`,
          ),
        },
      ],
      warnings: [
        ...(credentials && origin.startsWith('http:') && !/^http:\/\/(?:localhost|127\.|\[::1\])/.test(origin)
          ? ['A plain `http:` origin with credentials is refused: serve the page over https.']
          : []),
        'Or serve the page from the same gateway: `oneorigin dev` gives both one origin, and no CORS is left.',
      ],
    };
  },
} as const satisfies Stack;
