import type { CatalogueEntry } from './entry.ts';

/** What a CORS policy's options can have wrong beside the form of its origins. */
export const corsPolicyCatalogue = {
  'cors-type': {
    message: ({ value, expected }) => `\`${value}\` is the wrong kind of value: expected ${expected}.`,
    mend: ({ expected }) => `Write ${expected}.`,
  },
  'cors-unknown-key': {
    message: ({ key }) => `A CORS policy has no \`${key}\`.`,
    mend: ({ known }) => `Remove it, or use one of: ${list(known)}.`,
  },
  'cors-origins-missing': {
    message: () => 'No origin is given, so the policy would let nobody in.',
    mend: () => 'Add `origins: [https://app.example.com]`, or leave the whole policy out.',
  },
  'cors-pass-conflict': {
    message: ({ key }) => `\`${key}\` has no effect with \`upstream: pass\`, which leaves CORS to the upstream.`,
    mend: ({ key }) => `Remove \`${key}\`, or remove \`upstream: pass\` so that this policy decides.`,
  },
  'cors-report-nested': {
    message: () => "A policy that is only reported can't report another one.",
    mend: () => 'Remove the inner `report`.',
  },
  'cors-wildcard-credentials': {
    message: () => '`*` with `credentials: true`: every site could act as the visitor. Browsers refuse the pair.',
    mend: () => 'List the origins, or remove `credentials: true`.',
  },
  'cors-wildcard-not-alone': {
    message: ({ value }) => `\`${value}\` does nothing beside \`*\`, which lets every origin in.`,
    mend: () => 'Remove `*`, or give this origin a group of its own if it gets other grants.',
  },
  'cors-origin-unreachable': {
    message: ({ value }) => `An earlier group lets \`${value}\` in already, so it never gets what this one grants.`,
    mend: () => 'Move this group further up, or remove the entry.',
  },
  'cors-insecure-origin': {
    message: ({ value }) =>
      `\`${value}\` is plain http with credentials: whoever is on the visitor's network can speak for it.`,
    mend: () => 'Write `https:`. If you truly need it, add `dangerouslyAllowInsecureOrigins: true`.',
  },
  'cors-any-port': {
    message: ({ value }) => `\`${value}\` trusts whatever listens on any port of that host, with credentials.`,
    mend: () => 'List the ports that you use.',
  },
  'cors-public-suffix': {
    message: ({ value, suffix }) =>
      `\`${value}\` with credentials: anybody can get a name under \`${suffix}\` and act as the visitor.`,
    mend: () => 'Name more of the host. If all those sites are truly yours, add `dangerouslyAllowPublicSuffix: true`.',
  },
  'cors-public-suffix-anonymous': {
    message: ({ value, suffix }) => `\`${value}\`: anybody can get a name under \`${suffix}\`.`,
    mend: () => 'Name more of the host, or write `*` if everybody may read this.',
  },
  'cors-open-registration': {
    message: ({ value, neighbour, suffix }) =>
      `\`${value}\` also lets \`${neighbour}\` in, a name that a stranger could register at ${suffix}.`,
    mend: () => 'Add what only you can have, such as the name of your team: `https://my-app-*-my-team.vercel.app`.',
  },
  'cors-regex-syntax': {
    message: ({ value, found, at }) => `In the regex \`${value}\`, \`${found}\` (character ${at}) isn't supported.`,
    mend: () =>
      'Use characters, `.`, `[…]`, `\\d`, `\\w`, `\\` before punctuation, groups, `|`, `?`, `*`, `+` and `{n,m}`.',
  },
  'cors-regex-super-linear': {
    message: ({ value }) => `The regex \`${value}\` can take far longer than its input on a hostile origin.`,
    mend: () => 'Avoid repetitions inside repetitions, and neighbours that can match the same text: `.*.*`, `(a+)+`.',
  },
  'cors-regex-too-large': {
    message: ({ value }) => `The regex \`${value}\` is too large to be checked.`,
    mend: () => 'Use smaller counts in `{n,m}`, or several entries.',
  },
  'cors-regex-no-origin': {
    message: ({ value }) => `The regex \`${value}\` doesn't seem to match any origin.`,
    mend: () => 'It is matched against the whole origin: begin with `https://` and end with the host or the port.',
  },
  'cors-regex-insecure': {
    message: ({ value, neighbour }) => `The regex \`${value}\` lets \`${neighbour}\` in: plain http with credentials.`,
    mend: () => 'Begin with `https://`. If you truly need http, add `dangerouslyAllowInsecureOrigins: true`.',
  },
  'cors-regex-neighbour': {
    message: ({ value, neighbour, meant }) =>
      `The regex \`${value}\` lets in \`${meant}\`, but \`${neighbour}\` as well.`,
    mend: () =>
      'Write `\\.` for each dot, keep the domain outside of every repetition, and put `\\.` before it: `https://[a-z]+\\.example\\.com`. If it is meant, add `dangerouslyAllowLooseRegex: true`.',
  },
  'cors-method-invalid': {
    message: ({ value }) => `\`${value}\` is not a method.`,
    mend: () => 'Write one method an entry: `methods: [PUT, DELETE]`.',
  },
  'cors-method-forbidden': {
    message: ({ value }) => `No page can send \`${value}\`.`,
    mend: () => 'Remove it.',
  },
  'cors-method-never-sent': {
    message: ({ value, upper }) => `Browsers turn \`${value}\` into \`${upper}\`, so \`${value}\` never arrives.`,
    mend: ({ upper }) => `Write \`${upper}\`.`,
  },
  'cors-method-case': {
    message: ({ value, upper }) => `Methods are case-sensitive: \`${value}\` is not \`${upper}\`.`,
    mend: ({ upper }) => `Write \`${upper}\`, and write it so in the page too: browsers send it as the page does.`,
  },
  'cors-header-invalid': {
    message: ({ value }) => `\`${value}\` is not a header name.`,
    mend: () => 'Write one name an entry: `headers: [content-type, authorization]`.',
  },
  'cors-header-cookie': {
    message: ({ value }) => `\`${value}\` is not a header that a page sets: the browser sends cookies by itself.`,
    mend: () => 'Remove it and write `credentials: true`.',
  },
  'cors-header-forbidden': {
    message: ({ value }) => `No page can set \`${value}\`: the browser does that.`,
    mend: () => 'Remove it.',
  },
  'cors-header-response-only': {
    message: ({ value }) =>
      `\`${value}\` is a header of responses. A page that sends it causes the preflight it wants to avoid.`,
    mend: () => 'Remove it here and in the page.',
  },
  'cors-expose-invalid': {
    message: ({ value }) => `\`${value}\` is not a header name.`,
    mend: () => 'Write one name an entry: `expose: [x-request-id]`.',
  },
  'cors-expose-cookie': {
    message: ({ value }) => `No page can read \`${value}\`, exposed or not.`,
    mend: () => "Remove it. Cookies are stored if `credentials: true` and the page asks with `credentials: 'include'`.",
  },
  'cors-expose-request-only': {
    message: ({ value }) => `\`${value}\` is a header of requests: there is nothing to expose.`,
    mend: () => 'Remove it, or move it to `headers`.',
  },
  'cors-name-repeated': {
    message: ({ value }) => `\`${value}\` is listed twice.`,
    mend: () => 'Remove one of them.',
  },
  'cors-name-redundant': {
    message: ({ value }) => `\`${value}\` is allowed anyway.`,
    mend: () => 'Remove it.',
  },
  'cors-max-age-invalid': {
    message: ({ value }) => `\`${value}\` is not a length of time.`,
    mend: () => 'Write whole seconds (`600`), or `10m`, `2h`; `false` to have nothing remembered.',
  },
  'cors-max-age-range': {
    message: ({ value }) => `\`${value}\` is not between 0 and 86400 seconds.`,
    mend: () => 'Write at most `24h`: no browser remembers a preflight for longer.',
  },
  'cors-max-age-capped': {
    message: ({ value }) => `\`${value}\`: Chromium remembers a preflight for 2 hours at most, Safari for 10 minutes.`,
    mend: () => "Leave it for Firefox's sake, or write `2h`.",
  },
} as const satisfies Record<string, CatalogueEntry>;

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
