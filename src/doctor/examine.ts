import { askAround } from './around/ask-around.ts';
import { audit } from './audit/audit.ts';
import { checklist, type Check } from './checks.ts';
import { findAll, type Examination, type Finding } from './findings/index.ts';
import { fingerprint } from './fingerprints.ts';
import { askLayers } from './layers/ask-layers.ts';
import { travel } from './journey/travel.ts';
import { askPage } from './page/ask-page.ts';
import { ProbeClient, type ProbeClientOptions } from './probe/client.ts';
import type { Probe } from './probe/types.ts';
import type { Question } from './question.ts';
import { fixFor, type Fix } from './stacks/index.ts';
import type { StackName } from './stacks/names.ts';

/** How the doctor asks. */
export interface ExamineOptions extends Omit<ProbeClientOptions, 'send'> {
  /** The stack that fixes are written for. Default: guessed from what answers. */
  readonly stack?: StackName;
  /** Layers behind the URL, from the outermost inwards: `https://edge.example.com`, `http://app:3000`. Default: none. */
  readonly via?: readonly string[];
  /** The page's address: its Content-Security-Policy is looked at. Default: it isn't. */
  readonly page?: string;
  /** Whether the policy is audited too, for at most three times `total`. Default: `false`. */
  readonly audit?: boolean;
}

/** Everything that the doctor knows in the end. */
export interface Diagnosis extends Examination {
  /** `unreachable`: nobody answered, so nothing is known of CORS. */
  readonly outcome: 'readable' | 'opaque' | 'blocked' | 'undecided' | 'unreachable';
  /** The first is the one to mend. */
  readonly findings: readonly Finding[];
  readonly checks: readonly Check[];
  /** Undefined if no CORS policy mends what was found. */
  readonly fix: Fix | undefined;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** Asks as the page's browser would, then around it, and says what is the matter. Network trouble is a result. */
export async function examine(question: Question, options: ExamineOptions = {}): Promise<Diagnosis> {
  const begin = performance.now();
  const { stack, via = [], page: pageUrl, audit: audited = false, ...limits } = options;
  const client = new ProbeClient({ ...limits, send: question.send });
  const journey = await travel(question, client);
  const page = pageUrl === undefined ? undefined : await askPage(pageUrl, question.url, client);
  const around = await askAround(question, journey, client);
  const responses = [...answersOf(journey.hops), around?.again, around?.missing].flatMap(
    (probe) => probe?.response ?? [],
  );
  const layers = via.length === 0 ? [] : await askLayers(question, journey, { via, client });
  const rows =
    audited && around !== undefined
      ? await audit({
          question,
          around,
          client: new ProbeClient({ ...limits, total: auditTime(limits), send: question.send }),
        })
      : [];
  const examination: Examination = {
    question,
    journey,
    around,
    layers,
    audit: rows,
    page,
    fingerprints: fingerprint(responses),
  };
  const findings = findAll(examination);
  return {
    ...examination,
    outcome: outcomeOf(examination),
    findings,
    checks: checklist(examination),
    fix: fixFor(examination, findings, stack),
    elapsed: performance.now() - begin,
  };
}

function auditTime({ total = 20_000 }: Pick<ProbeClientOptions, 'total'>): number {
  return 3 * total;
}

function answersOf(hops: Examination['journey']['hops']): Probe[] {
  return hops.flatMap(({ preflight, request }) =>
    [preflight?.probe, request?.probe].filter((probe) => probe !== undefined),
  );
}

function outcomeOf({ journey, around, page }: Examination): Diagnosis['outcome'] {
  const { stop } = journey;
  if (page?.refusal !== undefined) return 'blocked';
  // A certificate that browsers don't trust is an answer: they block. No connection is none.
  if (stop?.kind !== 'network' || around !== undefined || stop.failure.kind.startsWith('tls-')) return journey.outcome;
  return 'unreachable';
}
