import { performance } from 'node:perf_hooks';
import type { NameFailure, NameReply, NameSource } from './name-source.ts';

/** What is known of a name, frozen: the same object for as long as it holds. */
export interface NameAnswer {
  /** IPv4 and IPv6 (without brackets), all that the name has, in the order in which they should be tried. */
  readonly addresses: readonly string[];
  /** Why there are none; undefined if and only if there are. */
  readonly failure: NameFailure | undefined;
  /** Until when this holds, by `performance.now()`: who wants to follow a name asks again then. */
  readonly until: number;
}

/** How a resolver asks. */
export interface NameResolverOptions {
  /** Milliseconds after which nobody waits for an answer any more. Default: 5 s */
  readonly timeout?: number;
  /** Names whose answers are kept. Default: 1,000 */
  readonly maxNames?: number;
  /** Names that are asked for at a time; a question for one more fails at once. Default: 256 */
  readonly maxQuestions?: number;
  /** The time, for tests. Default: `performance.now()` */
  readonly now?: () => number;
}

/** Milliseconds that a lookup may take. */
export const RESOLVE_TIMEOUT = 5000;

type Done = (answer: NameAnswer) => void;

/** A name that its source was asked for and hasn't told yet. */
interface Question {
  readonly waiting: Done[];
  timer: NodeJS.Timeout | undefined;
}

/** Looks names up: once for all who ask at the same time, and again when the answer has grown old. */
export class NameResolver {
  private readonly source: NameSource;
  private readonly timeout: number;
  private readonly maxNames: number;
  private readonly maxQuestions: number;
  private readonly now: () => number;
  /** In the order in which they were last told. */
  private readonly answers = new Map<string, NameAnswer>();
  private readonly questions = new Map<string, Question>();

  constructor(source: NameSource, options: NameResolverOptions = {}) {
    this.source = source;
    this.timeout = options.timeout ?? RESOLVE_TIMEOUT;
    this.maxNames = options.maxNames ?? 1000;
    this.maxQuestions = options.maxQuestions ?? 256;
    this.now = options.now ?? (() => performance.now());
  }

  /** All addresses of a name. Calls `done` exactly once: at once if the answer is known, later if it must be asked for. */
  lookup(name: string, done: Done): void {
    const known = this.answers.get(name);
    if (known !== undefined && known.until > this.now()) return done(known);
    const question = this.questions.get(name);
    if (question !== undefined) return this.wait(question, done);
    if (this.questions.size >= this.maxQuestions) return done(this.failed('too-many'));
    this.ask(name, done);
  }

  /** Names whose answers are kept, for tests. */
  get size(): number {
    return this.answers.size;
  }

  /** Forgets all answers and gives up what is being asked: whoever waits is told that it failed. */
  close(): void {
    this.source.close();
    for (const question of this.questions.values()) this.tell(question, this.failed('failed'));
    this.answers.clear();
  }

  private ask(name: string, done: Done): void {
    const question: Question = { waiting: [], timer: undefined };
    this.questions.set(name, question);
    this.wait(question, done);
    this.source.ask(name, (reply) => {
      this.questions.delete(name);
      this.tell(question, this.keep(name, reply));
    });
  }

  /**
   * A question that takes too long goes on, since a lookup of the system's occupies a thread until it ends: whoever asks
   * next waits for the same one.
   */
  private wait(question: Question, done: Done): void {
    question.waiting.push(done);
    question.timer ??= setTimeout(() => this.tell(question, this.failed('timeout')), this.timeout).unref();
  }

  private tell(question: Question, answer: NameAnswer): void {
    clearTimeout(question.timer);
    question.timer = undefined;
    for (const done of question.waiting.splice(0)) done(answer);
  }

  private keep(name: string, { addresses, failure, ttl }: NameReply): NameAnswer {
    const answer = Object.freeze({ addresses: Object.freeze([...addresses]), failure, until: this.now() + ttl });
    this.answers.delete(name);
    this.answers.set(name, answer);
    if (this.answers.size > this.maxNames) {
      const [oldest] = this.answers.keys();
      if (oldest !== undefined) this.answers.delete(oldest);
    }
    return answer;
  }

  private failed(failure: NameFailure): NameAnswer {
    return { addresses: [], failure, until: this.now() };
  }
}
