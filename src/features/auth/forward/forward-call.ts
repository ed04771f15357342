import type { ForwardAuthModel } from '../../../config/model.ts';
import type { ProblemCode } from '../../../diagnostics/catalogue/problems.ts';
import { SideRequest, type SideRequestTerms } from '../../../upstream/side-request.ts';
import type { UpstreamServer } from '../../../upstream/upstream-server.ts';
import type { ClientWatcher, Exchange } from '../../../wire/exchange.ts';
import { Field, FieldBlock, type HeaderList } from '../../../wire/header-list.ts';
import { removeHopByHop } from '../../../wire/hop-by-hop.ts';
import type { ResponseHead } from '../../../wire/http1/response-head.ts';
import type { Outcome } from '../authenticator.ts';
import { unavailable } from '../refusals.ts';
import { requestFields } from './request-fields.ts';

/** A longer body of an answer that lets through isn't read: the connection is closed instead. */
const MOST_DRAINED = 64 * 1024;

/** One request, as the service that decides sees it; an answer that isn't a 2xx goes to the client as it comes. */
export class ForwardCall extends SideRequest implements ClientWatcher {
  private readonly exchange: Exchange;
  private readonly model: ForwardAuthModel;
  private readonly fields: string;
  private readonly resolve: (outcome: Outcome) => void;
  private state: 'asking' | 'passed' | 'answering' = 'asking';
  private drained = 0;

  constructor(
    exchange: Exchange,
    model: ForwardAuthModel,
    { terms, resolve }: { readonly terms: SideRequestTerms; readonly resolve: (outcome: Outcome) => void },
  ) {
    super(terms);
    this.exchange = exchange;
    this.model = model;
    this.fields = requestFields(exchange, model);
    this.resolve = resolve;
    exchange.watcher = this;
  }

  protected override headFor({ basePath, authority }: UpstreamServer): string {
    const target = `${basePath}${this.model.path}` || '/';
    return `GET ${target} HTTP/1.1\r\nHost: ${authority}\r\n${this.fields}\r\n`;
  }

  protected override answered({ status, headers }: ResponseHead, length: number): void {
    if (status >= 200 && status < 300) return this.pass(headers, length);
    const { exchange } = this;
    this.state = 'answering';
    removeHopByHop(headers);
    if (exchange.bodyLength !== 0) exchange.discardBody();
    exchange.open(status, headers, length);
    this.resolve('answered');
  }

  private pass(headers: HeaderList, length: number): void {
    const { copy, copyBack, name } = this.model;
    const said = copy.map((each) => [each, headers.getCombined(each)] as const);
    const claims = Object.fromEntries(said.filter(([, value]) => value !== undefined));
    const back = copyBack.flatMap((each) => headers.getAll(each).map((value) => new Field(each, value)));
    this.state = 'passed';
    this.exchange.watcher = undefined;
    if (length > MOST_DRAINED) this.leave();
    this.resolve({
      kind: 'passed',
      identity: { auth: name, subject: '', claims, scopes: new Set() },
      fields: new FieldBlock(copy.flatMap((each) => headers.getAll(each).map((value) => new Field(each, value)))),
      ...(back.length === 0 ? {} : { back }),
    });
  }

  protected override piece(chunk: Buffer): boolean {
    if (this.state === 'answering') return this.exchange.method === 'HEAD' || this.exchange.write(chunk);
    this.drained += chunk.length;
    if (this.drained > MOST_DRAINED) this.leave();
    return true;
  }

  override get holdsBody(): boolean {
    return this.state === 'answering' && this.exchange.holds;
  }

  protected override ended(): void {
    if (this.state !== 'answering') return;
    this.exchange.watcher = undefined;
    this.exchange.end();
  }

  protected override failed(code: ProblemCode, detail: string): void {
    const { exchange } = this;
    // Whether the rest of an answer that lets through ever comes is nobody's business.
    if (this.state === 'passed') return;
    exchange.watcher = undefined;
    if (this.state === 'answering') return exchange.cut(code);
    this.resolve(unavailable('The service that decides about requests does not answer.', `auth: ${code} (${detail})`));
  }

  clientDrained(): void {
    this.resume();
  }

  clientGone(): void {
    this.leave();
    this.resolve('answered');
  }
}
