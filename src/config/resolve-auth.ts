import type * as z from 'zod';
import { authOptions } from '../features/auth/options.ts';
import { resolveCredentials } from './auth/credentials.ts';
import { resolveClaimHeaders } from './auth/own-headers.ts';
import { resolvePlaces } from './auth/places.ts';
import type { RemoteKeysContext } from './auth/remote-keys.ts';
import { resolveForward } from './auth/resolve-forward.ts';
import { resolveJwt } from './auth/resolve-jwt.ts';
import type { ResolveContext } from './context.ts';
import type { ApiKeyAuthModel, AuthModel, BasicAuthModel, CombinedAuthModel, TokenPlaceModel } from './model.ts';
import type { KeyPath } from './problems.ts';
import type { Upstreams } from './resolve-upstreams.ts';
import { parsePart } from './schema/issues.ts';

/** A definition as the schema understands it. */
type ParsedAuth = z.output<typeof authOptions>;

/** The definition for routes that name none. */
export const DEFAULT_AUTH = 'default';

const KINDS = ['jwt', 'apiKey', 'basic', 'forward', 'any', 'all'] as const satisfies readonly (keyof ParsedAuth)[];

/** Named definitions of who may ask. */
export class Auths {
  /** Every name in the file, also of definitions that are wrong in themselves. */
  readonly names: ReadonlySet<string>;
  readonly used = new Set<string>([DEFAULT_AUTH]);
  private readonly context: ResolveContext;
  private readonly parts: RemoteKeysContext;
  private readonly parsed = new Map<string, ParsedAuth>();
  /** Undefined: it's wrong, which has been reported. */
  private readonly models = new Map<string, AuthModel | undefined>();
  /** Those that are being resolved, for those that name each other in a circle. */
  private readonly open: string[] = [];

  constructor(raw: Readonly<Record<string, unknown>>, context: ResolveContext, upstreams: Upstreams) {
    const { problems, machine } = context;
    this.context = context;
    this.parts = { problems, machine, upstreams };
    this.names = new Set(Object.keys(raw));
    for (const [name, value] of Object.entries(raw)) {
      const options = parsePart(authOptions, value, { path: ['auth', name], problems });
      if (options !== undefined) this.parsed.set(name, options);
    }
    for (const name of this.parsed.keys()) this.model(name);
  }

  /** A definition that something names; undefined if there is none, or it's wrong, which is reported. */
  find(name: string, path: KeyPath): AuthModel | undefined {
    this.used.add(name);
    if (!this.names.has(name)) this.context.unknownName('auth-unknown', path, { name, known: this.names });
    return this.model(name);
  }

  /** All definitions. */
  get all(): readonly AuthModel[] {
    return [...this.models.values()].filter((model) => model !== undefined);
  }

  /** Names of headers that only the gateway says to upstreams, in lower case. What clients show themselves isn't one. */
  get ownHeaders(): readonly string[] {
    const names = this.all.flatMap((model) => {
      if (model.kind === 'forward') return model.copy;
      return 'headers' in model ? model.headers.map(({ header }) => header.toLowerCase()) : [];
    });
    return [...new Set(names)].filter((name) => name !== 'authorization').toSorted();
  }

  /** Headers and query parameters that hold what clients show, in lower case: they're secret whatever they're called. */
  get secretNames(): readonly string[] {
    const places: readonly TokenPlaceModel[] = this.all.flatMap((model) =>
      model.kind === 'jwt' || model.kind === 'apiKey' ? model.from : [],
    );
    return [...new Set(places.map(({ name }) => name.toLowerCase()))].filter((name) => name !== '');
  }

  private model(name: string): AuthModel | undefined {
    const options = this.parsed.get(name);
    if (options === undefined || this.models.has(name)) return this.models.get(name);
    if (this.open.includes(name)) {
      const circle = [...this.open.slice(this.open.indexOf(name)), name];
      this.context.problems.error('auth-circle', ['auth', name], { names: circle });
      return undefined;
    }
    this.open.push(name);
    const model = this.resolve(name, options);
    this.open.pop();
    this.models.set(name, model);
    return model;
  }

  private resolve(name: string, options: ParsedAuth): AuthModel | undefined {
    const { parts: context } = this;
    const path = ['auth', name];
    const found = KINDS.filter((kind) => options[kind] !== undefined);
    if (found.length !== 1) {
      context.problems.error('auth-one-kind', path, { found, known: KINDS });
      return undefined;
    }
    const { jwt, apiKey, basic, forward, any, all } = options;
    if (jwt !== undefined) return resolveJwt(name, jwt, { path: [...path, 'jwt'], context });
    if (apiKey !== undefined) return this.apiKey(name, apiKey);
    if (basic !== undefined) return this.basic(name, basic);
    if (forward !== undefined) return resolveForward(name, forward, { path: [...path, 'forward'], context });
    return any === undefined ? this.combined(name, 'all', all ?? []) : this.combined(name, 'any', any);
  }

  private apiKey(name: string, options: ParsedAuth['apiKey'] & object): ApiKeyAuthModel | undefined {
    const { context } = this;
    const path = ['auth', name, 'apiKey'];
    const { problems } = context;
    const keys = resolveCredentials(options.keys, 'apiKey', { path: [...path, 'keys'], context });
    const fallback = { kind: 'header', name: 'x-api-key' } as const;
    const from = resolvePlaces(options.from, fallback, { path: [...path, 'from'], problems });
    const headers = resolveClaimHeaders(options.headers, { path: [...path, 'headers'], problems });
    if (keys === undefined) return undefined;
    return Object.freeze({ kind: 'apiKey', name, keys, from, remove: options.remove ?? false, headers });
  }

  private basic(name: string, options: ParsedAuth['basic'] & object): BasicAuthModel | undefined {
    const { context } = this;
    const path = ['auth', name, 'basic'];
    const users = resolveCredentials(options.users, 'basic', { path: [...path, 'users'], context });
    const headers = resolveClaimHeaders(options.headers, { path: [...path, 'headers'], problems: context.problems });
    if (users === undefined) return undefined;
    const { realm = name, remove = false } = options;
    return Object.freeze({ kind: 'basic', name, realm, users, remove, headers });
  }

  private combined(name: string, kind: 'any' | 'all', names: readonly string[]): CombinedAuthModel | undefined {
    const { problems } = this.context;
    const path = ['auth', name, kind];
    if (new Set(names).size < 2) problems.error('auth-combined-few', path, { kind });
    const members = names.map((member, index) => this.find(member, [...path, index]));
    const of = members.filter((member) => member !== undefined);
    for (const [index, member] of members.entries()) {
      if (kind === 'all' || member === undefined || index === members.length - 1 || !answersItself(member)) continue;
      problems.error('auth-forward-last', [...path, index], { name: names[index] ?? '' });
    }
    return of.length < names.length ? undefined : Object.freeze({ kind, name, of: Object.freeze(of) });
  }
}

/** Whether what it refuses has got its answer from the service that decides, so that nobody else can be asked. */
export function answersItself(model: AuthModel): boolean {
  return model.kind === 'any' || model.kind === 'all' ? model.of.some(answersItself) : model.kind === 'forward';
}
