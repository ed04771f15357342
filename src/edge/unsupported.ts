import type { EdgeCode } from '../diagnostics/catalogue/edge.ts';
import type { Diagnostic, DiagnosticData } from '../diagnostics/diagnostic.ts';

type Found = readonly [code: EdgeCode, keys: readonly string[], data?: DiagnosticData];

/**
 * What a config asks for that an edge runtime can't do, in the config as written: it may be wrong otherwise too, and all
 * is to be said at once.
 */
export function findUnsupported(config: unknown, { knowsClients }: { readonly knowsClients: boolean }): Diagnostic[] {
  const whole = isRecord(config) ? config : {};
  const routes = Array.isArray(whole['routes']) ? (whole['routes'] as unknown[]) : [];
  const ofRoutes = routes.flatMap((route, index) => {
    if (!isRecord(route)) return [];
    const found = [
      ...unsupportedActions(route),
      ...unsupportedGuard(route['guard'], knowsClients),
      ...unsupportedFeatures(route),
    ];
    return found.map((each) => diagnosticAt(['routes', index], each));
  });
  return [...unsupportedFeatures(whole).map((each) => diagnosticAt([], each)), ...ofRoutes];
}

function diagnosticAt(base: readonly (string | number)[], [code, keys, data = {}]: Found): Diagnostic {
  return { code, severity: 'error', data, path: [...base, ...keys] };
}

/** Whoever relies on these must not be left without them. */
const FEATURES = ['auth', 'ipAllow', 'ipDeny', 'maintenance', 'crossSite', 'bodyLimit'];

function unsupportedFeatures(options: Readonly<Record<string, unknown>>): Found[] {
  return FEATURES.filter((key) => options[key] !== undefined && options[key] !== false).map((key) => [
    'edge-option',
    [key],
    { key },
  ]);
}

function unsupportedActions(route: Readonly<Record<string, unknown>>): Found[] {
  const present = ['proxy', 'files'].filter((action) => route[action] !== undefined);
  return present.map((action) => ['edge-action', [action], { action }] as const);
}

function unsupportedGuard(guard: unknown, knowsClients: boolean): Found[] {
  if (!isRecord(guard)) return [];
  const found: Found[] = ['resolver', 'tls']
    .filter((key) => guard[key] !== undefined)
    .map((key) => ['edge-option', ['guard', key], { key }]);
  const any = guard['dangerouslyAllowAnyTarget'];
  if (any === true || any === 'true') found.push(['edge-any-target', ['guard', 'dangerouslyAllowAnyTarget']]);
  const limit = guard['rateLimit'];
  if (isRecord(limit) && (limit['by'] ?? 'client') === 'client' && !knowsClients) {
    found.push(['edge-client-address', ['guard', 'rateLimit']]);
  }
  return found;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
