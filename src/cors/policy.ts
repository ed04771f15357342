import { corsCatalogue } from '../diagnostics/catalogue/cors.ts';
import type { CatalogueEntry } from '../diagnostics/catalogue/entry.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { Engine } from './engine.ts';
import type { Grant } from './grant.ts';
import type { PolicyOptions } from './options.ts';
import type { OriginRule } from './origin-rule.ts';
import type { Path } from './problem.ts';
import { validatePolicy, type ValidPolicy } from './validate-policy.ts';

/** A validated CORS policy. Frozen; make one with `createPolicy` or `definePolicy`. */
export class Policy {
  /** The options it was made of, for renderers and exporters. */
  readonly options: PolicyOptions;
  /** Who sets the CORS headers: see `PolicyOptions.upstream`. */
  readonly upstream: 'override' | 'pass';
  /** See `PolicyOptions.enforce`. */
  readonly enforce: boolean;
  /** See `PolicyOptions.explain`. */
  readonly explain: boolean;
  /** The policy to evaluate and report beside this one. `decide` doesn't look at it. */
  readonly report: string | PolicyOptions | undefined;
  /** What is granted, group by group in the order in which they're tried; the policy's own `origins` come last. */
  readonly groups: readonly Grant[];
  /** All origins and patterns, in the order in which they were written, each with its group. */
  readonly rules: readonly OriginRule[];
  /** @internal What `decide` reads; absent where CORS is left to the upstream. */
  readonly engine: Engine | undefined;

  /** @internal Only validated values belong in here. */
  constructor(options: PolicyOptions, valid: ValidPolicy) {
    this.options = options;
    this.upstream = valid.upstream;
    this.enforce = valid.enforce;
    this.explain = valid.explain;
    this.report = options.report;
    this.groups = Object.freeze([...valid.groups]);
    this.rules = Object.freeze([...valid.rules]);
    this.engine =
      valid.upstream === 'pass'
        ? undefined
        : new Engine({
            grants: valid.groups,
            rules: valid.rules,
            enforce: valid.enforce,
            explain: valid.explain,
          });
    Object.freeze(this);
  }
}

/** What `createPolicy` returns: a policy and what is worth a second look, or everything that is wrong. */
export type PolicyResult =
  | { readonly policy: Policy; readonly warnings: readonly Diagnostic[] }
  | { readonly problems: readonly Diagnostic[] };

/** Where the options stand, for the diagnostics' paths. */
export interface PolicyContext {
  /** Path of the options in what surrounds them. Default: none. */
  readonly path?: Path;
}

/**
 * Validates a policy's options. All problems are found at once, each with its path and value; none are thrown. Accepts
 * what JavaScript callers may pass by mistake.
 */
export function createPolicy(options: PolicyOptions, context: PolicyContext = {}): PolicyResult {
  const { valid, report } = validatePolicy(options, context.path ?? []);
  if (valid === undefined) return { problems: report.problems };
  return {
    policy: new Policy(deepFreeze(structuredClone(options)), valid),
    warnings: report.warnings,
  };
}

/** Thrown by `definePolicy`: the options are wrong. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** Everything that is wrong. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`The CORS policy is wrong:\n${diagnostics.map((diagnostic) => `- ${write(diagnostic)}`).join('\n')}`);
    this.diagnostics = diagnostics;
  }
}

/** For an exception that nobody renders: a developer reads it as it is. */
function write({ code, data, path = [] }: Diagnostic): string {
  const entry = (corsCatalogue as Readonly<Record<string, CatalogueEntry>>)[code];
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return entry === undefined ? `${where}${code}` : `${where}${entry.message(data)} ${entry.mend(data)}`;
}

/**
 * The policy that `options` describe.
 *
 * @throws {PolicyError} with every problem, if the options are wrong.
 */
export function definePolicy(options: PolicyOptions): Policy {
  const result = createPolicy(options);
  if ('problems' in result) throw new PolicyError(result.problems);
  return result.policy;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
