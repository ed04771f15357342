import type { DiagnosticData } from '../diagnostic.ts';
import type { CatalogueEntry } from './entry.ts';
import { code } from './words.ts';

/**
 * What only the gateway itself sees of an exchange; whatever the doctor can find from outside has the doctor's code. What
 * to write in the case at hand is said by `liveMends`.
 */
export const liveCatalogue = {
  'live-websocket-origin': {
    message: ({ origin }) =>
      `The WebSocket of ${code(origin)} is refused, and browsers tell a page nothing but that it failed.`,
    mend: () => "If it is meant, add it to `origins` of the route's policy.",
  },
  'live-websocket-failed': {
    message: ({ status }) =>
      `The WebSocket gets ${String(status)} instead of 101, and browsers tell a page nothing but that it failed.`,
    mend: () =>
      'See who answered it: the line of the log names the upstream, or the code of the answer that the gateway gave.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the gateway's own findings. */
export type LiveCode = keyof typeof liveCatalogue;

/** What to write in the gateway's own config, so that a page is let in. */
export const liveMends = {
  /** A route without a policy. */
  'give-policy': ({ policy, own, route, replaces }) =>
    `Give the route ${code(route)} ${code(`cors: ${String(policy)}`)}${replaces === true ? ", in place of the upstream's own CORS headers" : ''}; or open the page at ${code(own)} too.`,
  /** No policy would be accepted for this origin. */
  'one-origin': ({ own }) => `Open the page at ${code(own)} too, so that both have one origin.`,
  /** A policy that leaves CORS to the upstream. */
  'stop-passing': ({ origin }) =>
    `Write \`origins: [${String(origin)}]\` in place of \`upstream: pass\`: then the policy replaces what the upstream sends.`,
  'no-route': ({ route }) =>
    `Add a route for ${code(route)}, or mend the path in the page; a policy named \`default\` holds where no route matches.`,
  'add-method': ({ route, allowed, method }) =>
    `${code(route)} is served for ${code(allowed)}: add ${code(method)} to \`method\` of a route.`,
  upstream: ({ upstream, failure }) =>
    `Start or mend ${code(upstream)}${failure === '' ? '' : ` (${String(failure)})`}.`,
  /** `oneorigin dev`: there is no config. */
  'open-here': ({ own }) => `Open the page at ${code(own)}: then both have one origin, and nothing is left to allow.`,
  'map-page': ({ own, origin }) =>
    `Start \`oneorigin dev\` with ${code(`/=${String(origin)}`)} too, and open the page at ${code(own)}.`,
  'websocket-upstream': ({ upstream }) =>
    `See why ${code(upstream)} refuses: its path, its login, or its own list of hosts and origins.`,
  'websocket-route': () => 'Only a route that proxies takes WebSockets: mend the path, or add one for it.',
} as const satisfies Record<string, (data: DiagnosticData) => string>;

/** What to do about an exchange. */
export type LiveMend = keyof typeof liveMends;

/** What gives away that a page asks with credentials, behind the message of what follows from it. */
export const noRequestFollowed =
  '(That it does is a guess: this preflight was granted before, and no request followed.)';
