import type * as z from 'zod';
import type { routeAuth } from '../../features/auth/options.ts';
import { isToken } from '../../protocol/token.ts';
import type { ResolveContext } from '../context.ts';
import type { AuthModel, AuthRuleModel, PolicyModel, RouteAuthModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import { answersItself, DEFAULT_AUTH, type Auths } from '../resolve-auth.ts';

type ParsedRouteAuth = z.output<typeof routeAuth>;
type ParsedRule = Pick<Exclude<ParsedRouteAuth, string | false>, 'anonymous' | 'scopes' | 'claims'>;

/** Where a route's `auth` stands. */
export interface RouteAuthContext {
  /** Of the route. */
  readonly path: KeyPath;
  readonly context: Pick<ResolveContext, 'problems'>;
  readonly cors: PolicyModel | undefined;
}

const NO_RULE: AuthRuleModel = Object.freeze({
  anonymous: false,
  scopes: Object.freeze([]),
  claims: Object.freeze([]),
});

/** What routes say of who may use them. Those that say the same share one model. */
export class RouteAuths {
  private readonly auths: Auths;
  private readonly made = new Map<string, RouteAuthModel | undefined>();

  constructor(auths: Auths) {
    this.auths = auths;
  }

  /** A route's, or undefined if there is nothing to do for it. */
  of(auth: ParsedRouteAuth | undefined, route: RouteAuthContext): RouteAuthModel | undefined {
    const key = JSON.stringify(auth) ?? '';
    // What is wrong is reported where it stands, as often as it stands there.
    const known = this.made.get(key);
    const model = known ?? this.resolve(auth, route);
    this.made.set(key, model);
    this.checkPreflights(model, route);
    return model;
  }

  private resolve(auth: ParsedRouteAuth | undefined, { path, context }: RouteAuthContext): RouteAuthModel | undefined {
    const at = [...path, 'auth'];
    const options = typeof auth === 'string' ? { use: auth } : auth === false ? undefined : (auth ?? {});
    const use = options === undefined ? undefined : this.find(auth, options.use, at, context);
    const { ownHeaders } = this.auths;
    if (use === undefined || options === undefined) {
      if (ownHeaders.length === 0) return undefined;
      return Object.freeze({ use: undefined, rule: NO_RULE, methods: new Map(), ownHeaders, ambient: false });
    }
    const { methods = {}, ...rest } = options as Exclude<ParsedRouteAuth, string | false>;
    const rule = resolveRule(rest, NO_RULE, { use, path: at, context });
    const byMethod = Object.entries(methods).map(([method, own]) => {
      const methodPath = [...at, 'methods', method];
      if (!isToken(method)) context.problems.error('method-invalid', methodPath, { method });
      else if (method !== method.toUpperCase()) context.problems.error('method-case', methodPath, { method });
      else if (method === 'HEAD') context.problems.error('auth-method-head', methodPath);
      return [method, resolveRule(own, rule, { use, path: methodPath, context })] as const;
    });
    return Object.freeze({ use, rule, methods: new Map(byMethod), ownHeaders, ambient: isAmbient(use) });
  }

  private find(
    auth: ParsedRouteAuth | undefined,
    name: string | undefined,
    at: KeyPath,
    { problems }: RouteAuthContext['context'],
  ): AuthModel | undefined {
    if (name !== undefined) return this.auths.find(name, typeof auth === 'string' ? at : [...at, 'use']);
    if (this.auths.names.has(DEFAULT_AUTH)) return this.auths.find(DEFAULT_AUTH, at);
    // Nothing is asked for; unless the route says what.
    if (auth !== undefined) problems.error('auth-use-missing', at, { known: [...this.auths.names] });
    return undefined;
  }

  /** With `upstream: pass` preflights come this far, and browsers send no credentials with them. */
  private checkPreflights(model: RouteAuthModel | undefined, { path, context, cors }: RouteAuthContext): void {
    if (model?.use === undefined || cors?.policy.upstream !== 'pass') return;
    const { anonymous } = model.methods.get('OPTIONS') ?? model.rule;
    if (!anonymous) context.problems.warn('auth-preflights', path, { policy: cors.name });
  }
}

/** @param base what holds for all methods */
function resolveRule(
  own: ParsedRule,
  base: AuthRuleModel,
  { use, path, context }: { use: AuthModel; path: KeyPath; context: RouteAuthContext['context'] },
): AuthRuleModel {
  const { problems } = context;
  const scopes = typeof own.scopes === 'string' ? [own.scopes] : (own.scopes ?? []);
  const claims = Object.entries(own.claims ?? {}).map(
    ([claim, values]) => [claim, Object.freeze(Array.isArray(values) ? [...values] : [values])] as const,
  );
  for (const [index, scope] of scopes.entries()) {
    // RFC 6749 §3.3: none holds a space, a quote or a backslash.
    if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) continue;
    problems.error(
      'auth-scope-invalid',
      typeof own.scopes === 'string' ? [...path, 'scopes'] : [...path, 'scopes', index],
      {
        scope,
      },
    );
  }
  const rule = {
    // Who has to show a scope has to show something.
    anonymous: own.anonymous ?? (base.anonymous && scopes.length === 0 && claims.length === 0),
    scopes: Object.freeze([...new Set([...base.scopes, ...scopes])]),
    claims: Object.freeze([...base.claims, ...claims]),
  };
  if (rule.anonymous) {
    const asks = rule.scopes.length > 0 || rule.claims.length > 0;
    if (asks) problems.error('auth-anonymous', path, { reason: 'asks' });
    else if (answersItself(use)) problems.error('auth-anonymous', path, { reason: 'forward' });
  }
  return Object.freeze(rule);
}

/** Whether browsers send what it takes on their own: cookies, passwords, and whatever a service looks at. */
function isAmbient(model: AuthModel): boolean {
  switch (model.kind) {
    case 'jwt':
    case 'apiKey':
      return model.from.some(({ kind }) => kind === 'cookie');
    case 'basic':
    case 'forward':
      return true;
    case 'any':
    case 'all':
      return model.of.some(isAmbient);
  }
}
