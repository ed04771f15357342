import type { Grant } from './grant.ts';
import type { OriginRule } from './origin-rule.ts';
import { Report, show, type At, type Path } from './problem.ts';
import { GRANT_KEYS, NO_GRANT, validateFlag, validateGrant } from './validate-grant.ts';
import { readOrigins, type PlacedRule } from './validate-origins.ts';
import { checkOverlap } from './validate-overlap.ts';
import { checkTrust, type Hatches } from './validate-trust.ts';

/** Options that hold together. */
export interface ValidPolicy {
  readonly upstream: 'override' | 'pass';
  readonly enforce: boolean;
  readonly explain: boolean;
  readonly groups: readonly Grant[];
  readonly rules: readonly OriginRule[];
}

type Options = Readonly<Record<string, unknown>>;

const HATCH_KEYS: readonly string[] = [
  'dangerouslyAllowNullOrigin',
  'dangerouslyAllowInsecureOrigins',
  'dangerouslyAllowPublicSuffix',
  'dangerouslyAllowLooseRegex',
];

/** The keys that a policy may have. */
export const POLICY_KEYS: ReadonlySet<string> = new Set([
  ...GRANT_KEYS,
  'origins',
  'groups',
  'upstream',
  'enforce',
  'explain',
  'report',
  ...HATCH_KEYS,
]);

const GROUP_KEYS: ReadonlySet<string> = new Set([...GRANT_KEYS, 'origins']);

/** Validates a policy's options; `valid` is absent if there are problems. */
export function validatePolicy(options: unknown, path: Path): { valid: ValidPolicy | undefined; report: Report } {
  const report = new Report();
  const at = { report, path };
  if (!isRecord(options)) {
    report.error('cors-type', path, { value: show(options), expected: 'an object with `origins`' });
    return { valid: undefined, report };
  }
  checkKeys(options, POLICY_KEYS, at);
  checkReport(options, at);
  for (const key of HATCH_KEYS) validateFlag(options[key], false, { report, path: [...path, key] });
  const flag = (key: string): boolean => validateFlag(options[key], false, { report, path: [...path, key] });
  const valid = {
    upstream: validateUpstream(options, at),
    enforce: flag('enforce'),
    explain: flag('explain'),
    ...(options['upstream'] === 'pass' ? checkPass(options, at) : readGroups(options, at)),
  };
  return { valid: report.problems.length > 0 ? undefined : valid, report };
}

function isRecord(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkKeys(options: Options, known: ReadonlySet<string>, at: At): void {
  for (const key of Object.keys(options)) {
    if (!known.has(key)) at.report.error('cors-unknown-key', [...at.path, key], { key, known: [...known] });
  }
}

function validateUpstream(options: Options, at: At): 'override' | 'pass' {
  const { upstream } = options;
  if (upstream === undefined || upstream === 'override' || upstream === 'pass') return upstream ?? 'override';
  at.report.error('cors-type', [...at.path, 'upstream'], {
    value: show(upstream),
    expected: "'override' or 'pass'",
  });
  return 'override';
}

/** A policy that is only reported is validated like any other, but it can't report in turn. */
function checkReport(options: Options, at: At): void {
  const { report: shadow } = options;
  const path = [...at.path, 'report'];
  if (shadow === undefined || typeof shadow === 'string') return;
  if (isRecord(shadow) && shadow['report'] !== undefined) at.report.error('cors-report-nested', [...path, 'report']);
  else at.report.add(validatePolicy(shadow, path).report);
}

/** With `pass` the upstream decides: whatever else is written would look as if it did something. */
function checkPass(options: Options, at: At): { groups: Grant[]; rules: OriginRule[] } {
  for (const key of Object.keys(options)) {
    if (key !== 'upstream' && key !== 'report') at.report.error('cors-pass-conflict', [...at.path, key], { key });
  }
  return { groups: [], rules: [] };
}

function readGroups(options: Options, at: At): { groups: Grant[]; rules: OriginRule[] } {
  const { report, path } = at;
  const defaults = validateGrant(options, NO_GRANT, at);
  const allowNull = options['dangerouslyAllowNullOrigin'] === true;
  const listed = groupList(options, at);
  const groups: Grant[] = [];
  const found: PlacedRule[][] = [];
  for (const { group, path: groupPath } of listed) {
    const groupAt = { report, path: groupPath };
    checkKeys(group, GROUP_KEYS, groupAt);
    groups.push(validateGrant(group, defaults, groupAt));
    const source = { value: group['origins'], group: groups.length - 1, allowNull };
    found.push(readOrigins(source, { report, path: [...groupPath, 'origins'] }));
  }
  if (options['origins'] !== undefined) {
    groups.push(defaults);
    const source = { value: options['origins'], group: groups.length - 1, allowNull };
    found.push(readOrigins(source, { report, path: [...path, 'origins'] }));
  } else if (listed.length === 0) {
    report.error('cors-origins-missing', [...path, 'origins']);
  }
  const placed = found.flat();
  checkRules(placed, groups, { options, report });
  return { groups, rules: placed.map(({ rule }) => rule) };
}

function checkRules(
  placed: readonly PlacedRule[],
  groups: readonly Grant[],
  { options, report }: { options: Options; report: Report },
): void {
  const hatches: Hatches = {
    insecureOrigins: options['dangerouslyAllowInsecureOrigins'] === true,
    publicSuffix: options['dangerouslyAllowPublicSuffix'] === true,
    looseRegex: options['dangerouslyAllowLooseRegex'] === true,
  };
  for (const entry of placed) {
    const grant = groups[entry.rule.group];
    if (grant !== undefined) checkTrust(entry, { grant, hatches, report });
  }
  checkOverlap(placed, report);
}

function groupList(options: Options, at: At): { group: Options; path: Path }[] {
  const { groups } = options;
  if (groups === undefined) return [];
  const path = [...at.path, 'groups'];
  if (!Array.isArray(groups)) {
    at.report.error('cors-type', path, { value: show(groups), expected: 'a list of groups' });
    return [];
  }
  const listed: { group: Options; path: Path }[] = [];
  for (const [index, group] of (groups as readonly unknown[]).entries()) {
    if (isRecord(group)) listed.push({ group, path: [...path, index] });
    else
      at.report.error('cors-type', [...path, index], {
        value: show(group),
        expected: 'a group with `origins`',
      });
  }
  return listed;
}
