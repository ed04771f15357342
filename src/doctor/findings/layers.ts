import { fieldsOf } from '../probe/response-parser.ts';
import type { Probe } from '../probe/types.ts';
import type { Layer } from '../layers/ask-layers.ts';
import { finding, type Examination, type Finding } from './finding.ts';
import { titled } from './headers.ts';

/** The headers that layers fight over. */
const WATCHED = ['access-control-allow-origin', 'access-control-allow-credentials'] as const;

/** What each layer does to the answers of the one behind it. */
export function layerFindings({ layers, journey }: Examination): Finding[] {
  const severity = journey.outcome === 'blocked' ? 'error' : 'warning';
  const found: Finding[] = [];
  for (const [index, outer] of layers.entries()) {
    const failure = outer.request.failure ?? outer.preflight.failure;
    if (failure !== undefined) {
      const data = { layer: outer.name, detail: failure.detail };
      // The outermost is the URL itself: that it's down is said already.
      if (index > 0) found.push(finding('doctor-layer-down', { severity: 'warning', data, probes: [outer.request] }));
      continue;
    }
    const inner = layers[index + 1];
    const isLast = inner === undefined;
    if (isLast || inner.request.response === undefined) {
      if (isLast && layers.length > 1) found.push(...adds(outer));
      continue;
    }
    found.push(...comparePreflights(outer, inner, severity), ...compareRequests(outer, inner, severity));
  }
  return found;
}

function values(probe: Probe, name: string): string[] {
  return fieldsOf(probe.response?.headers ?? [], name);
}

function comparePreflights(outer: Layer, inner: Layer, severity: 'error' | 'warning'): Finding[] {
  const status = outer.preflight.response?.status ?? 0;
  if (outer.preflightPasses || !inner.preflightPasses || (status >= 200 && status < 300)) return [];
  const data = { layer: outer.name, inner: inner.name, status };
  return [finding('doctor-layer-swallows-options', { severity, data, probes: [outer.preflight, inner.preflight] })];
}

function compareRequests(outer: Layer, inner: Layer, severity: 'error' | 'warning'): Finding[] {
  const probes = [outer.request, inner.request];
  const base = { layer: outer.name, inner: inner.name };
  if (losesOrigin(outer, inner))
    return [finding('doctor-layer-loses-origin', { severity, data: base, probes: [...probes, inner.withoutOrigin] })];
  for (const name of WATCHED) {
    const [seen, sent] = [values(outer.request, name), values(inner.request, name)];
    const data = { ...base, header: titled(name), where: outer.request.request.method };
    if (seen.length > sent.length && sent.length > 0)
      return [finding('doctor-layer-duplicates', { severity, data, probes })];
    if (seen.length === 0 && sent.length > 0) return [finding('doctor-layer-removes', { severity, data, probes })];
    if (seen.length > 0 && sent.length === 0) return [finding('doctor-layer-adds', { severity: 'info', data, probes })];
    const [to, from] = [seen.join(', '), sent.join(', ')];
    if (to !== from) return [finding('doctor-layer-overwrites', { severity, data: { ...data, from, to }, probes })];
  }
  return [];
}

/** Through the outer layer comes what the inner one says to nobody in particular, and not what it says to the page. */
function losesOrigin(outer: Layer, inner: Layer): boolean {
  const said = (probe: Probe): string => WATCHED.map((name) => values(probe, name).join(', ')).join('\n');
  const toNobody = said(inner.withoutOrigin);
  // Without any header it can't be told from a layer that removes them.
  return said(inner.request) !== toNobody && said(outer.request) === toNobody && toNobody.trim() !== '';
}

function adds(last: Layer): Finding[] {
  const name = WATCHED.find((header) => values(last.request, header).length > 0);
  if (name === undefined) return [];
  return [
    finding('doctor-layer-adds', {
      severity: 'info',
      data: { layer: last.name, header: titled(name) },
      probes: [last.request],
    }),
  ];
}
