import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import type { GuardModel } from './model.ts';
import type { Hop } from './redirect.ts';
import { originOfTarget } from './target-url.ts';

/** What is wrong with a certificate, by OpenSSL's and Node's codes. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody but itself',
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate's authority is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate's issuer is unknown",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate's issuer is unknown",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate's issuer is unknown: it sends no intermediate certificate, maybe",
  INVALID_PURPOSE: 'its certificate is not for servers',
};

/**
 * What a page reads when a target failed. Never an address, nor a name that it didn't say itself.
 * @param why what is wrong, by OpenSSL's and Node's codes (`CERT_HAS_EXPIRED`), if that is known
 */
export function describeFailure(code: ProblemCode, why: string, { hop, action }: Asked): string {
  const { timeouts } = action;
  const subject = subjectOf(hop, action);
  switch (code) {
    case 'upstream-refused':
      return `${subject} refuses connections.`;
    case 'upstream-unreachable':
      return `There is no way to ${inSentence(subject)} from the gateway.`;
    case 'upstream-tls':
      return `There is no trusted connection to ${inSentence(subject)}: ${CERTIFICATE[why] ?? 'the TLS handshake failed'}.`;
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

/** A subject inside of a sentence. */
export function inSentence(subject: string): string {
  return subject.startsWith('The ') ? `t${subject.slice(1)}` : subject;
}
