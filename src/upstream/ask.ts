import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import type { ResponseHead } from '../wire/http1/response-head.ts';
import { SideRequest, type SideRequestTerms } from './side-request.ts';
import type { UpstreamServer } from './upstream-server.ts';

/** What is asked for. */
export interface Question {
  /** Path and query, behind the server's own path. */
  readonly path: string;
  /** Value of Accept. */
  readonly accept: string;
  /** Most bytes of an answer. */
  readonly maxBody: number;
}

/** A whole answer, or why there's none. */
export type Answer =
  | { readonly status: number; readonly body: Buffer }
  | { readonly failure: ProblemCode | 'too-large'; readonly detail: string };

/** Asks for a small document. Never rejects; redirects aren't followed. */
export function ask(question: Question, terms: SideRequestTerms): Promise<Answer> {
  return new Promise((resolve) => new Asking(question, terms, resolve).start());
}

class Asking extends SideRequest {
  private readonly question: Question;
  private readonly resolve: (answer: Answer) => void;
  private status = 0;
  private size = 0;
  private readonly pieces: Buffer[] = [];

  constructor(question: Question, terms: SideRequestTerms, resolve: (answer: Answer) => void) {
    super(terms);
    this.question = question;
    this.resolve = resolve;
  }

  protected override headFor({ basePath, authority }: UpstreamServer): string {
    const { path, accept } = this.question;
    return `GET ${basePath}${path} HTTP/1.1\r\nHost: ${authority}\r\nAccept: ${accept}\r\nUser-Agent: oneorigin\r\n\r\n`;
  }

  protected override answered({ status }: ResponseHead, length: number): void {
    this.status = status;
    if (length > this.question.maxBody) this.tooLarge();
  }

  protected override piece(chunk: Buffer): boolean {
    this.size += chunk.length;
    if (this.size > this.question.maxBody) this.tooLarge();
    else this.pieces.push(Buffer.from(chunk));
    return true;
  }

  protected override ended(): void {
    this.resolve({ status: this.status, body: Buffer.concat(this.pieces) });
  }

  protected override failed(failure: ProblemCode, detail: string): void {
    this.resolve({ failure, detail });
  }

  private tooLarge(): void {
    this.leave();
    this.resolve({ failure: 'too-large', detail: `more than ${this.question.maxBody} bytes` });
  }
}
