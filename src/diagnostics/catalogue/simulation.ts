import type { CatalogueEntry } from './entry.ts';
import { allOf, byReason, code } from './words.ts';

const faults: Readonly<Record<string, string>> = {
  url: 'the URL is not valid',
  userinfo: 'the URL holds a user name',
  'method-invalid': 'the method is not valid',
  'method-forbidden': 'browsers let no page use this method',
  'method-no-cors': 'this method is not allowed without CORS',
  'header-invalid': 'a header is not valid',
};

const unsafe: Readonly<Record<string, string>> = {
  'dot-segment': '`.` and `..` are removed by browsers before they send a path',
};

const guardMends: Readonly<Record<string, string>> = {
  'guard-url-invalid': "Mend the URL behind the route's path.",
  'guard-not-allowed': 'Add a rule to `allow`, if pages are meant to ask that.',
  'guard-host-refused': 'Add the host to `hosts`, if pages are meant to ask it.',
  'guard-address-refused': 'Add the address to `allowPrivate`, if pages are meant to ask it.',
  'guard-origin-refused': "Add the origin to the guard's `origins`, or to those of the route's policy.",
  'guard-header-missing': 'Send one of the headers that `requireHeader` lists.',
};

/** What a simulated request of a browser can run into, beside a policy's own refusals. */
export const simulationCatalogue = {
  'simulated-fault': {
    message: ({ fault }) => `\`fetch()\` throws before anything is sent: ${byReason(faults, fault)}.`,
    mend: () => 'Mend the call in the page.',
  },
  'simulated-unsafe-path': {
    message: ({ path, inspection }) =>
      `${code(path)} is refused with 400: ${byReason(unsafe, Object.hasOwn(unsafe, String(inspection)) ? inspection : 'an upstream could read it as another path')}.`,
    mend: () => 'Request the plain form of the path.',
  },
  'simulated-no-route': {
    message: ({ method, path }) => `No route matches ${code(`${String(method)} ${String(path)}`)}.`,
    mend: ({ allowed }) =>
      (allowed as readonly string[]).length === 0
        ? 'Add a route for it, or mend the path in the page.'
        : `This path is served for ${allOf(allowed)}: add the method to a route.`,
  },
  'simulated-no-policy': {
    message: ({ route }) => `The route ${code(route)} has no CORS policy, so the answer has no CORS headers.`,
    mend: ({ origin }) => `Give it one: \`cors: { origins: [${String(origin)}] }\`, or name one that \`cors\` defines.`,
  },
  'simulated-credentials': {
    message: ({ policy }) => `The page sends credentials, and the policy ${code(policy)} doesn't allow them.`,
    mend: () => "Write `credentials: true`, or leave `credentials: 'include'` out in the page.",
  },
  'simulated-wildcard-credentials': {
    message: ({ policy }) =>
      `The page sends credentials, and with those browsers don't take the \`*\` of ${code(policy)}.`,
    mend: ({ origin }) => `List the origins (\`origins: [${String(origin)}]\`) with \`credentials: true\`.`,
  },
  'simulated-refused': {
    message: ({ step, value }) => `The browser refuses the answer at ${code(step)}: ${code(value)}.`,
    mend: () => 'Compare the answer above with what the page asks for.',
  },
  'simulated-upstream-decides': {
    message: ({ route }) =>
      `The gateway leaves CORS to the upstream of ${code(route)}: whether the page may read depends on its answer.`,
    mend: () => 'Ask it (`curl -i -H "Origin: …" URL`), or give the route a policy, which then decides alone.',
  },
  'simulated-upstream-answers': {
    message: ({ route }) =>
      `The upstream of ${code(route)} is taken to answer 200: what it answers, and which headers, the config doesn't say.`,
    mend: () => 'If it redirects, look where to: browsers check that answer too. `oneorigin doctor` asks the real one.',
  },
  'simulated-feature-refuses': {
    message: ({ feature, route, status, code: problem, detail }) =>
      `${code(feature)} of ${code(route)} answers ${String(status)} (${code(problem)}): ${String(detail)}`,
    mend: ({ code: problem }) => `\`oneorigin explain ${String(problem)}\` says what to do.`,
  },
  'simulated-feature-assumes': {
    message: ({ feature, assumed }) => `${code(feature)} lets the request through: ${String(assumed)}.`,
    mend: () => 'Whether that is so, a running gateway says.',
  },
  'simulated-guard-asks': {
    message: ({ route, method, url }) =>
      `The guard ${code(route)} asks ${code(`${String(method)} ${String(url)}`)}, which is taken to answer 200: what it answers, the config doesn't say.`,
    mend: () => 'Ask the running gateway: `oneorigin doctor`. There the name must lead to a public address, too.',
  },
  'simulated-guard-refused': {
    message: ({ route, code: problem, detail }) =>
      `The guard ${code(route)} refuses the request (${code(problem)}): ${String(detail)}`,
    mend: ({ code: problem }) => `${byReason(guardMends, problem)} \`oneorigin explain ${String(problem)}\` says more.`,
  },
  'simulated-unknown-method': {
    message: ({ method }) =>
      `${code(method)} is no method that the gateway knows: it answers 400 before it looks for a route.`,
    mend: ({ method }) => `Methods are case-sensitive: write ${code(String(method).toUpperCase())} in the page.`,
  },
  'simulated-mixed-content': {
    message: ({ url }) => `The page came over https, and ${code(url)} is plain http: browsers block it before CORS.`,
    mend: () => 'Name the origin that pages use: `--host https://…`, or serve the gateway over https.',
  },
  'simulated-redirect': {
    message: ({ to, status }) =>
      `The answer is a redirect (${String(status)}) to ${code(to)}, another server: what it answers, the config doesn't say.`,
    mend: () => 'Ask it with `oneorigin doctor`, or let the page request it directly.',
  },
  'simulated-dropped': {
    message: ({ names }) => `Browsers don't let a page set ${allOf(names)}: dropped.`,
    mend: () => 'Leave it out in the page.',
  },
} as const satisfies Record<string, CatalogueEntry>;
