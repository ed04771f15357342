import type { AuditCode } from '../../diagnostics/catalogue/doctor-audit.ts';
import type { Severity } from '../../diagnostics/index.ts';
import type { AuditHit } from '../audit/audit.ts';
import { addressSpace } from '../network-space.ts';
import { finding, type Examination, type Finding } from './finding.ts';

/** A finding for each row of the audit that was hit: the worst of its hits. */
export function auditFindings({ audit, around }: Examination): Finding[] {
  const isPrivate = around?.addresses.some(({ address }) => addressSpace(address) === 'local') ?? false;
  return audit.flatMap(({ code, state, hits }) => {
    const [worst] = hits.toSorted((a, b) => Number(b.credentials) - Number(a.credentials));
    if (state !== 'hit' || worst === undefined) return [];
    const { origin, credentials, probe, browsers, data = {} } = worst;
    const severity = severityOf(code, worst, isPrivate);
    return [finding(code, { severity, data: { origin, credentials, browsers, ...data }, probes: [probe] })];
  });
}

/** The judgement of the audit's table; an answer that carries no visitor's credentials is as public as `*` makes it. */
function severityOf(code: AuditCode, { credentials }: AuditHit, isPrivate: boolean): Severity {
  switch (code) {
    case 'doctor-audit-any-origin':
    case 'doctor-audit-null':
      return credentials || isPrivate ? 'error' : 'warning';
    case 'doctor-audit-suffix':
    case 'doctor-audit-prefix':
    case 'doctor-audit-substring':
    case 'doctor-audit-regex-dot':
    case 'doctor-audit-multi-tenant':
      return credentials ? 'error' : 'warning';
    case 'doctor-audit-wildcard':
      return credentials ? 'warning' : 'error';
    case 'doctor-audit-cache':
    case 'doctor-audit-side-effect':
      return 'error';
    case 'doctor-audit-loose-parsing':
      return 'info';
    default:
      return 'warning';
  }
}
