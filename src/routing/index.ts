/** Which route a request takes. Pure: no Node, no state but the table. */
export { locator, type Redirected } from './location.ts';
export { matchPreflightSafely, matchSafely, type UnsafePath } from './match-safely.ts';
export { canonicalPath, inspectPath, pathReadings, type PathInspection } from './path-safety.ts';
export { paramNames, parsePathPattern, type PathPattern, type Segment } from './path-pattern.ts';
export { hostName, parseHostPattern, type HostPattern } from './host.ts';
export type { HeaderLookup, PathParams, RouteMatch, RoutePattern } from './pattern.ts';
export { buildRouteTable, type RouteTable } from './table.ts';
export { fillTemplate, parseTemplate, templateNames, type Template } from './template.ts';
