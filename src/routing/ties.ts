import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { patternProblem, type RoutePattern } from './pattern.ts';
import type { ParsedRoute } from './table.ts';

/**
 * Finds routes that one request could match as well as an earlier one: same host, same shape of path, a method in common
 * and as many header conditions, which one request can meet together.
 */
export function findTies<T>(routes: readonly ParsedRoute<T>[]): Diagnostic[] {
  const rivals = new Map<string, ParsedRoute<T>[]>();
  const ties = new Map<ParsedRoute<T>, Diagnostic>();
  for (const route of routes) {
    for (const key of keysOf(route)) {
      const earlier = rivals.get(key);
      if (earlier === undefined) {
        rivals.set(key, [route]);
        continue;
      }
      // One rival is enough to say: a thousand equal routes are not half a million mistakes.
      const other = earlier.find((each) => each !== route && tied(each.pattern, route.pattern));
      if (other !== undefined && !ties.has(route)) ties.set(route, tieProblem(other.pattern, route.pattern));
      earlier.push(route);
    }
  }
  return [...ties.values()];
}

function keysOf<T>({ hosts, path }: ParsedRoute<T>): Set<string> {
  if (hosts.length === 0) return new Set([`any ${path.shape}`]);
  return new Set(hosts.map((host) => `${host.kind} ${host.name} ${path.shape}`));
}

function tied<T>(a: RoutePattern<T>, b: RoutePattern<T>): boolean {
  if (!methodsOverlap(a.methods, b.methods)) return false;
  const aNames = Object.keys(a.headers);
  if (aNames.length !== Object.keys(b.headers).length) return false;
  return aNames.every((name) => {
    const [mine, other] = [a.headers[name], b.headers[name]];
    return other === undefined || mine === true || other === true || mine === other;
  });
}

/** A listed method beats "any", so those two never tie. */
function methodsOverlap(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  return a.some((method) => b.includes(method));
}

function tieProblem<T>(first: RoutePattern<T>, second: RoutePattern<T>): Diagnostic {
  const other = formatAt(first.at);
  return patternProblem('route-tie', second.at, {
    route: second.label,
    other: first.label,
    otherAt: other,
    path: second.path,
  });
}

function formatAt(at: readonly (string | number)[] | undefined): string {
  let text = '';
  for (const key of at ?? []) text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`;
  return text;
}
