import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { UpstreamServer } from '../../upstream/upstream-server.ts';
import type { ProxyAction } from './proxy.ts';

/**
 * What a client reads when an upstream failed. In development the server's address, since the reader started it; else
 * only the upstream's name, since addresses inside are nobody's business.
 */
export function describeFailure(code: ProblemCode, server: UpstreamServer | undefined, action: ProxyAction): string {
  const { name } = action.upstream.model;
  const { timeouts } = action.model;
  const upstream = /:\/\/|^unix:/.test(name) ? 'The upstream' : `The upstream "${name}"`;
  const subject = action.explain && server !== undefined ? addressOf(server) : upstream;
  switch (code) {
    case 'upstream-refused':
      return `${subject} refuses connections.${action.explain ? ' Is it running?' : ''}`;
    case 'upstream-unreachable':
      return `${subject} can't be reached.${action.explain ? " Its name doesn't resolve, or there is no route to it." : ''}`;
    case 'upstream-tls':
      return `The TLS handshake with ${lowerFirst(subject)} failed.`;
    case 'upstream-connect-timeout':
      return `${subject} didn't accept a connection within ${timeouts.connect} ms.`;
    case 'upstream-head-timeout':
      return `${subject} didn't begin its answer within ${timeouts.head} ms.`;
    case 'upstream-idle-timeout':
      return `${subject} was silent for ${timeouts.idle} ms in the middle of the exchange.`;
    case 'upstream-total-timeout':
      // Without such a limit of its own, it's the one after a reload.
      return timeouts.total > 0
        ? `${subject} didn't complete the exchange within ${timeouts.total} ms.`
        : `${subject} didn't complete the exchange before the configuration that it began under came to its end.`;
    case 'upstream-malformed':
      return `${subject} answered with something that is not valid HTTP.`;
    case 'no-healthy-server':
      return `${upstream} has no server at the moment that could answer.`;
    case 'no-free-server':
      return `${upstream} has as many requests under way as it may, and so many wait already.`;
    case 'circuit-open':
      return `${upstream} failed too many requests, so it gets none for a moment.`;
    case 'too-many-connections':
      return 'Try again in a moment.';
    default:
      return `${subject} closed the connection before it answered.`;
  }
}

function addressOf({ pool, origin }: UpstreamServer): string {
  return pool.label.startsWith('unix:') ? pool.label : origin;
}

function lowerFirst(text: string): string {
  return text.startsWith('The ') ? `t${text.slice(1)}` : text;
}
