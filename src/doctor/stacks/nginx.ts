import { lines, list, type Stack, type Wish } from './stack.ts';

/** One header: the variable that holds its value, and what the value is looked up by. */
interface Header {
  readonly name: string;
  readonly variable: string;
  /** `origin`: on every answer to an allowed origin; `preflight`: on its preflights. */
  readonly on: 'origin' | 'preflight';
  /** Empty: the header isn't wished. */
  readonly value: string;
}

function headersOf({ methods, headers, expose, credentials, maxAge }: Wish): Header[] {
  const allow = (name: string): string => `Access-Control-Allow-${name}`;
  const all: readonly Header[] = [
    { name: allow('Credentials'), variable: 'credentials', on: 'origin', value: credentials ? 'true' : '' },
    { name: allow('Methods'), variable: 'methods', on: 'preflight', value: list(methods) },
    { name: allow('Headers'), variable: 'headers', on: 'preflight', value: list(headers) },
    { name: 'Access-Control-Max-Age', variable: 'max_age', on: 'preflight', value: String(maxAge) },
    { name: 'Access-Control-Expose-Headers', variable: 'expose', on: 'origin', value: list(expose) },
  ];
  return all.filter(({ value }) => value !== '');
}

function mapOf({ variable, on, value }: Header): string {
  const [source, pattern] = on === 'origin' ? ['$cors_origin', '~.'] : ['"$cors_preflight:$cors_origin"', '"~^1:."'];
  return `map ${source} $cors_${variable} {\n    default "";\n    ${pattern} "${value}";\n}`;
}

/** `map` outside, `add_header … always` in one location; an `if` that only returns, so that nothing is inherited away. */
export const nginx = {
  name: 'nginx',
  title: 'nginx',
  write: (wish) => ({
    files: [
      {
        name: 'nginx.conf, in http { … }, before the server',
        language: 'nginx',
        text: lines(
          'map $http_origin $cors_origin {',
          '    default "";',
          `    "${wish.origin}" "${wish.origin}";`,
          '}',
          '# 1 for a preflight.',
          'map "$request_method:$http_access_control_request_method" $cors_preflight {',
          '    default 0;',
          '    "~^OPTIONS:." 1;',
          '}',
          ...headersOf(wish).map(mapOf),
        ),
      },
      {
        name: `nginx.conf, first in location ${wish.prefix} { … }`,
        language: 'nginx',
        text: lines(
          '# What a server behind adds would come twice.',
          'proxy_hide_header Access-Control-Allow-Origin;',
          'proxy_hide_header Access-Control-Allow-Credentials;',
          'proxy_hide_header Access-Control-Expose-Headers;',
          '# nginx leaves out a header whose value is empty.',
          'add_header Access-Control-Allow-Origin $cors_origin always;',
          ...headersOf(wish).map(({ name, variable }) => `add_header ${name} $cors_${variable} always;`),
          'add_header Vary Origin always;',
          '# Before authentication, and without asking a server behind.',
          'if ($cors_preflight) { return 204; }',
        ),
      },
    ],
    warnings: [
      'A location with an `add_header` of its own inherits none: remove other CORS lines there, and repeat these in nested locations.',
      'If nginx caches (`proxy_cache`), the stored answer has no CORS lines of the server behind: these are added afterwards.',
    ],
  }),
} as const satisfies Stack;
