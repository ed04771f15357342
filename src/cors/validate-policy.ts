import type { Grant } from './grant.ts';
import type { OriginRule } from './origin-rule.ts';
import { Report, show, type At, type Path } from './problem.ts';
import { GRANT_KEYS, NO_GRANT, validateFlag, validateGrant } from './validate-grant.ts';
import { readOrigins, type PlacedRule } from './validate-origins.ts';

/** Options that hold together. */
export interface ValidPolicy {
  readonly upstream: 'override' | 'pass';
  readonly enforce: boolean;
  readonly explain: boolean;
  readonly groups: readonly Grant[];
  readonly rules: readonly OriginRule[];
}

type Options = Readonly<Record<string, unknown>>;

const POLICY_KEYS: ReadonlySet<string> = new Set([
  ...GRANT_KEYS,
  'origins',
  'groups',
  'upstream',
  'enforce',
  'explain',
  'report',
  'dangerouslyAllowNullOrigin',
  'dangerouslyAllowInsecureOrigins',
  'dangerouslyAllowPublicSuffix',
  'dangerouslyAllowLooseRegex',
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
  const listed = groupList(options, at);
  const groups: Grant[] = [];
  const placed: PlacedRule[] = [];
  for (const { group, path: groupPath } of listed) {
    const groupAt = { report, path: groupPath };
    checkKeys(group, GROUP_KEYS, groupAt);
    groups.push(validateGrant(group, defaults, groupAt));
    placed.push(
      ...readOrigins(group['origins'], groups.length - 1, {
        report,
        path: [...groupPath, 'origins'],
      }),
    );
  }
  if (options['origins'] !== undefined) {
    groups.push(defaults);
    placed.push(...readOrigins(options['origins'], groups.length - 1, { report, path: [...path, 'origins'] }));
  } else if (listed.length === 0) {
    report.error('cors-origins-missing', [...path, 'origins']);
  }
  return { groups, rules: placed.map(({ rule }) => rule) };
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
