import { createPolicy, type PolicyOptions } from '../cors/index.ts';
import type { ResolveContext } from './context.ts';
import type { PolicyModel } from './model.ts';
import type { KeyPath } from './problems.ts';

/** The policy for routes that name none. */
const DEFAULT_NAME = 'default';

/** Named policies, and those that routes write themselves. */
export class Policies {
  readonly named = new Map<string, PolicyModel>();
  /** Every name in the file, also of policies that are wrong in themselves. */
  readonly names: ReadonlySet<string>;
  readonly used = new Set<string>([DEFAULT_NAME]);
  private readonly raw: ReadonlyMap<string, unknown>;
  private readonly context: ResolveContext;
  private readonly explain: boolean;

  /** @param explain the config's own `explain`, for policies that don't say */
  constructor(raw: Readonly<Record<string, unknown>>, context: ResolveContext, explain: boolean) {
    this.explain = explain;
    this.raw = new Map(Object.entries(raw));
    this.names = new Set(this.raw.keys());
    this.context = context;
    for (const [name, options] of this.raw) {
      const model = this.build(name, options, ['cors', name]);
      if (model !== undefined) this.named.set(name, model);
    }
  }

  /** The policy that holds where a route says nothing. */
  get default(): PolicyModel | undefined {
    return this.named.get(DEFAULT_NAME);
  }

  /** What a route's `cors` means. */
  find(cors: string | false | PolicyOptions | undefined, label: string, path: KeyPath): PolicyModel | undefined {
    if (cors === undefined) return this.default;
    if (cors === false) return undefined;
    if (typeof cors !== 'string') return this.build(label, cors, path);
    this.used.add(cors);
    if (!this.names.has(cors)) this.context.unknownName('policy-unknown', path, { name: cors, known: this.names });
    return this.named.get(cors);
  }

  /** Whether a route's `cors` means a policy at all, if only one that is wrong. */
  meansOne(cors: string | false | PolicyOptions | undefined): boolean {
    return cors === undefined ? this.names.has(DEFAULT_NAME) : cors !== false;
  }

  private build(name: string, options: unknown, path: KeyPath): PolicyModel | undefined {
    const { problems } = this.context;
    // `createPolicy` validates whatever it's given.
    const result = createPolicy(this.withExplain(options) as PolicyOptions, { path });
    const report = this.buildReport(name, options, path);
    if ('problems' in result) {
      problems.add(result.problems);
      return undefined;
    }
    problems.add(result.warnings);
    return Object.freeze({ name, policy: result.policy, report });
  }

  private withExplain(options: unknown): unknown {
    // With `pass` the policy answers nothing that it could explain, and the option would be a mistake.
    const silent = this.explain && isRecord(options) && options['upstream'] !== 'pass';
    return silent ? { explain: true, ...options } : options;
  }

  /** The policy evaluated beside another one. It has no such policy itself: a chain would say nothing new. */
  private buildReport(name: string, options: unknown, path: KeyPath): PolicyModel | undefined {
    const report = isRecord(options) ? options['report'] : undefined;
    if (report === undefined) return undefined;
    const reportPath = [...path, 'report'];
    const { problems } = this.context;
    let target: unknown = report;
    if (typeof report === 'string') {
      this.used.add(report);
      if (report === name) problems.error('report-itself', reportPath, { name });
      if (!this.names.has(report)) {
        this.context.unknownName('policy-unknown', reportPath, { name: report, known: this.names });
      }
      target = this.raw.get(report);
    }
    if (target === undefined || report === name) return undefined;
    const result = createPolicy(this.withExplain(target) as PolicyOptions, { path: reportPath });
    if (!('problems' in result)) {
      return Object.freeze({
        name: typeof report === 'string' ? report : `${name}.report`,
        policy: result.policy,
        report: undefined,
      });
    }
    // A named policy's problems are reported where it stands.
    if (typeof report !== 'string') problems.add(result.problems);
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
