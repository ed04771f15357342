import type { PolicyModel } from '../../config/model.ts';
import { createPolicy, decide, type PolicyOptions } from '../../cors/index.ts';
import { SAFELISTED_METHODS } from '../../protocol/fetch-names.ts';
import type { SeenExchange } from './types.ts';

/**
 * What to write behind `cors:` of the route so that the page gets this answer: the name of a policy that says so already,
 * else options. `undefined` if no policy may be like that.
 */
export function suggestPolicy(seen: SeenExchange, policies: ReadonlyMap<string, PolicyModel>): string | undefined {
  for (const [name, model] of policies) if (letsIn(model, seen)) return name;
  const { origin, method, names, cookies } = seen;
  const methods = SAFELISTED_METHODS.has(method) ? [] : [method];
  const options: PolicyOptions = {
    origins: origin,
    ...(methods.length === 0 ? {} : { methods }),
    ...(names.length === 0 ? {} : { headers: names }),
    ...(cookies ? { credentials: true } : {}),
  };
  if ('problems' in createPolicy(options)) return undefined;
  const parts = [
    `origins: ['${origin}']`,
    ...(methods.length === 0 ? [] : [`methods: [${methods.map(quoted).join(', ')}]`]),
    ...(names.length === 0 ? [] : [`headers: [${names.map(quoted).join(', ')}]`]),
    ...(cookies ? ['credentials: true'] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}

/** Whether a policy would let this page make this request and read the answer. */
function letsIn({ policy }: PolicyModel, { origin, method, names, cookies }: SeenExchange): boolean {
  const question = { origin, sameOrigin: false, requestMethod: undefined, requestHeaders: undefined };
  const actual = decide(policy, { ...question, method });
  if (actual.kind === 'passed' || !actual.allowed) return false;
  if (cookies && !actual.headers.some(([name]) => name === 'Access-Control-Allow-Credentials')) return false;
  const asked = { requestMethod: method, requestHeaders: names.length === 0 ? undefined : names.join(',') };
  return decide(policy, { ...question, ...asked, method: 'OPTIONS' }).allowed;
}

/** A name as YAML takes it. */
function quoted(name: string): string {
  return /^[A-Za-z][\w-]*$/.test(name) ? name : `'${name.replaceAll("'", "''")}'`;
}
