import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { TLS_FAILURES, type TlsFailure } from '../diagnostics/tls-failure.ts';
import type { GuardModel } from './model.ts';
import type { Hop } from './redirect.ts';
import { originOfTarget } from './target-url.ts';

/**
 * What a page reads when a target failed. Never an address, nor a name that it didn't say itself.
 * @param tls what was wrong with TLS, if that was it
 */
export function describeFailure(code: ProblemCode, tls: TlsFailure | undefined, { hop, action }: Asked): string {
  const { timeouts } = action;
  const subject = subjectOf(hop, action);
  switch (code) {
    case 'upstream-refused':
      return `${subject} refuses connections.`;
    case 'upstream-unreachable':
      return `There is no way to ${inSentence(subject)} from the gateway.`;
    case 'upstream-tls':
      return `There is no trusted connection to ${inSentence(subject)}: ${TLS_FAILURES[tls ?? 'other']}.`;
    case 'upstream-connect-timeout':
      return `${subject} didn't accept a connection within ${timeouts.connect} ms.`;
    case 'upstream-head-timeout':
      return `${subject} didn't begin its answer within ${timeouts.head} ms.`;
    case 'upstream-idle-timeout':
      return `${subject} was silent for ${timeouts.idle} ms in the middle of the exchange.`;
    case 'upstream-total-timeout':
      return `${subject} didn't complete the exchange within ${timeouts.total} ms.`;
    case 'upstream-malformed':
      return `${subject} answered with something that is not valid HTTP.`;
    case 'response-too-large':
      return `${subject} answered with more than ${action.model.maxResponse} bytes.`;
    case 'too-many-connections':
      return 'Try again in a moment.';
    default:
      return `${subject} closed the connection before it answered.`;
  }
}

const NAME_FAILURES = {
  'not-found': "doesn't exist",
  'no-address': 'has no address',
  failed: "couldn't be looked up",
  timeout: "wasn't resolved in time",
} as const;

/** The same where its name couldn't be resolved. */
export function describeNameFailure(failure: keyof typeof NAME_FAILURES, { hop, action }: Asked): string {
  const owner = hop.redirects === 0 ? subjectOf(hop, action) : 'the server that the API redirects to';
  return `The name of ${inSentence(owner)} ${NAME_FAILURES[failure]}.`;
}

/** Who was asked. */
export interface Asked {
  readonly hop: Hop;
  readonly action: {
    readonly model: GuardModel;
    /** Milliseconds. */
    readonly timeouts: {
      readonly connect: number;
      readonly head: number;
      readonly idle: number;
      readonly total: number;
    };
    /** The reader is who runs it. */
    readonly explain: boolean;
  };
}

/** The target, named only where the page named it itself, or where the reader runs the gateway. */
export function subjectOf({ target, redirects }: Hop, { model, explain }: Asked['action']): string {
  return explain || (model.to.kind === 'open' && redirects === 0) ? originOfTarget(target) : 'The API';
}

function inSentence(subject: string): string {
  return subject.startsWith('The ') ? `t${subject.slice(1)}` : subject;
}
