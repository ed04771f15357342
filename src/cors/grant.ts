import type { HeaderLine } from './decision.ts';

/** What a policy grants to one group of origins: `GrantOptions`, validated and in one form. */
export interface Grant {
  readonly credentials: boolean;
  /** Every method; `methods` is then empty. */
  readonly anyMethod: boolean;
  /** Methods as configured, without repeats. */
  readonly methods: readonly string[];
  /** Every header but `Authorization`, which `headers` has to name. */
  readonly anyHeader: boolean;
  /** Request header names, lower case, sorted. */
  readonly headers: readonly string[];
  /** Every response header but Set-Cookie; `expose` is then empty. */
  readonly exposeAll: boolean;
  /** Response header names, lower case, sorted. */
  readonly expose: readonly string[];
  /** Seconds; 0 asks browsers not to remember, `undefined` says nothing. */
  readonly maxAge: number | undefined;
}

/** A grant with what `decide` needs, computed once. */
export interface CompiledGrant {
  readonly grant: Grant;
  readonly methods: ReadonlySet<string>;
  readonly headers: ReadonlySet<string>;
  /** Value of `Access-Control-Allow-Methods`: `''` for no line. */
  readonly allowMethods: string;
  /** Value of `Access-Control-Allow-Headers`: `''` for no line. */
  readonly allowHeaders: string;
  /**
   * Whether every preflight that succeeds gets the same lines. Not so with credentials and "all": `*` means nothing
   * then, so the names have to be the request's own (Fetch, CORS-preflight fetch, step 7).
   */
  readonly fixed: boolean;
  /** The list of request headers that was last found to be granted as a whole: a memory that changes no answer. */
  readonly lastGranted: { names: string };
  /** Lines that follow ACAO on every response. */
  readonly responseTail: readonly HeaderLine[];
  /** Lines that follow the methods and headers on a preflight that succeeds. */
  readonly preflightTail: readonly HeaderLine[];
}

const CREDENTIALS: HeaderLine = ['Access-Control-Allow-Credentials', 'true'];

/** Computes what `decide` needs of a grant. */
export function compileGrant(grant: Grant): CompiledGrant {
  const { credentials, anyMethod, anyHeader, methods, headers } = grant;
  const credentialLines = credentials ? [CREDENTIALS] : [];
  const expose = grant.exposeAll && !credentials ? '*' : grant.expose.join(',');
  return {
    grant,
    methods: new Set(methods),
    headers: new Set(headers),
    allowMethods: anyMethod && !credentials ? '*' : methods.join(','),
    allowHeaders: (anyHeader && !credentials ? ['*', ...headers] : headers).join(','),
    fixed: !credentials || !(anyMethod || anyHeader),
    lastGranted: { names: '' },
    responseTail: [...credentialLines, ...line('Access-Control-Expose-Headers', expose)],
    preflightTail: line('Access-Control-Max-Age', grant.maxAge === undefined ? '' : String(grant.maxAge)),
  };
}

/** The lines of a preflight's answer after ACAO. */
export function preflightLines(compiled: CompiledGrant, methods: string, headers: string): HeaderLine[] {
  return [
    ...(compiled.grant.credentials ? [CREDENTIALS] : []),
    ...line('Access-Control-Allow-Methods', methods),
    ...line('Access-Control-Allow-Headers', headers),
    ...compiled.preflightTail,
  ];
}

/** One line, or none for an empty value. */
function line(name: string, value: string): HeaderLine[] {
  return value === '' ? [] : [[name, value]];
}
