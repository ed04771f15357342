import type { CatalogueEntry } from './entry.ts';
import { allOf, byReason, code, meant, oneOf } from './words.ts';

const keyReasons: Readonly<Record<string, string>> = {
  'no-set': 'is not a JWK Set: JSON with a list `keys`',
  'not-pem': 'holds no PEM: `-----BEGIN PUBLIC KEY-----` and so on',
  'not-a-key': "holds a key that can't be read",
  private: 'holds a private key, which has no business in a gateway',
  secret: 'holds a secret, not a public key',
  weak: 'holds an RSA key of less than 2048 bits',
  type: 'holds a key of a kind that signs no tokens',
};

const keyMends: Readonly<Record<string, string>> = {
  private: 'Write the public key alone: `openssl pkey -in private.pem -pubout`. Consider the private one known.',
  secret: 'Write it as `secretBase64: ${JWT_SECRET}`.',
  weak: 'Have the issuer sign with a longer one.',
  type: 'RSA, the curves P-256, P-384 and P-521, and Ed25519 do.',
};

const urlReasons: Readonly<Record<string, string>> = {
  'not-a-url': 'it is not a URL',
  userinfo: 'a user name in it would be seen in logs',
  scheme: 'keys are fetched with `https:`',
  insecure: 'without TLS anybody on the way could put keys of their own in',
};

const placeReasons: Readonly<Record<string, string>> = {
  none: 'The list is empty.',
  token: 'This is not the name of a header or a cookie.',
  empty: 'The name of the parameter is empty.',
  authorization: 'The Authorization header holds more than a token.',
  cookie: 'The Cookie header holds more than a token.',
};

const placeMends: Readonly<Record<string, string>> = {
  authorization: 'Write `from: authorization`.',
  cookie: "Write `from: { cookie: session }`, with the cookie's name.",
};

const hashReasons: Readonly<Record<string, string>> = {
  form: 'This is not a hash of the kind that belongs here.',
  cost: 'This hash costs too little to be safe, or too much to be checked at a login.',
  password: "This is a password's hash: it takes a tenth of a second to check, and a key is checked at every request.",
  key: "This is a key's hash: it's so quick to compute that passwords are guessed from it.",
};

const anonymousReasons: Readonly<Record<string, string>> = {
  asks: 'asks for scopes or claims, which a request without credentials has not got',
  forward: 'has a service decide, which is asked about every request',
};

/** What can be wrong with `auth` in a config. */
export const configAuthCatalogue = {
  'auth-unknown': {
    message: ({ name }) => `There is no definition ${code(name)} in \`auth\`.`,
    mend: (data) => meant(data, 'Define it: `auth: { name: { jwt: { … } } }`.'),
  },
  'auth-unused': {
    message: ({ name }) => `No route asks for ${code(name)}.`,
    mend: ({ name }) => `Write \`auth: ${String(name)}\` on the routes that it's for, or remove it.`,
  },
  'auth-use-missing': {
    message: () => 'This says what is needed, but not who is asked: there is no definition `default`.',
    mend: (data) => `Name one with \`use\`. ${meant(data)}`.trim(),
  },
  'auth-one-kind': {
    message: ({ found }) =>
      (found as readonly string[]).length === 0
        ? 'This says nothing of how clients show who they are.'
        : `${allOf(found)} can't stand in one definition.`,
    mend: ({ known }) => `Write one of ${oneOf(known)}; combine definitions with \`any\` or \`all\`.`,
  },
  'auth-circle': {
    message: ({ names }) => `Definitions name each other in a circle: ${(names as readonly string[]).join(' → ')}.`,
    mend: () => 'Let one of them name others only.',
  },
  'auth-combined-few': {
    message: ({ kind }) => `${code(kind)} combines two definitions or more.`,
    mend: () => 'Name another one, or let routes use the one there is.',
  },
  'auth-forward-last': {
    message: ({ name }) =>
      `${code(name)} has a service decide, whose refusal is the client's answer: nothing behind it would be tried.`,
    mend: () => 'Name it last.',
  },
  'auth-jwt-keys': {
    message: ({ found }) =>
      (found as readonly string[]).length === 0
        ? 'There is no key to verify tokens with.'
        : `${allOf(found)} exclude each other: tokens are verified with keys of one kind.`,
    mend: ({ known }) => `Write one of ${oneOf(known)}.`,
  },
  'auth-jwks-url': {
    message: ({ url, reason }) => `Keys can't be fetched from ${code(url)}: ${byReason(urlReasons, reason)}.`,
    mend: () => 'Write the `jwks_uri` of the issuer, as `https://…`; plain `http:` only for this machine itself.',
  },
  'auth-key-invalid': {
    message: ({ file, reason }) => `${file === '' ? 'This' : code(file)} ${byReason(keyReasons, reason)}.`,
    mend: ({ reason }) =>
      byReason(keyMends, Object.hasOwn(keyMends, String(reason)) ? reason : "Take it from the issuer's documentation."),
  },
  'auth-secret-encoding': {
    message: () => 'This is not base64.',
    mend: () => 'Write the secret as text with `secret`, or in base64 or base64url.',
  },
  'auth-secret-weak': {
    message: ({ bytes, least }) =>
      `The secret has ${String(bytes)} bytes; ${String(least)} are needed, or it can be guessed from a token.`,
    mend: ({ least }) => `Make one: \`openssl rand -base64 ${String(least)}\`, for \`secretBase64\`.`,
  },
  'auth-algorithm-unfit': {
    message: ({ algorithm }) =>
      algorithm === '' ? 'No algorithm is accepted.' : `${code(algorithm)} isn't an algorithm for these keys.`,
    mend: ({ known }) => `These are: ${allOf(known)}.`,
  },
  'auth-issuer-missing': {
    message: () => "It isn't said who issues the tokens: those of everybody with these keys would be taken.",
    mend: () => "Write `issuer`, as the tokens' `iss` says it.",
  },
  'auth-audience-missing': {
    message: () => "It isn't said whom tokens are for: one that was issued for another service would be good here.",
    mend: () => "Write `audience`, as the tokens' `aud` says it.",
  },
  'auth-place-invalid': {
    message: ({ reason }) => placeReasons[String(reason)] ?? 'That is no place for credentials.',
    mend: ({ reason }) =>
      byReason(
        placeMends,
        Object.hasOwn(placeMends, String(reason))
          ? reason
          : 'Write `authorization`, `{ header: x-token }`, `{ cookie: session }` or `{ query: access_token }`.',
      ),
  },
  'auth-header-refused': {
    message: ({ name }) =>
      `${code(name)} can't say who asks: it means something else, or the gateway writes it itself.`,
    mend: () => 'Choose another name, such as `x-user`.',
  },
  'auth-claim-empty': {
    message: ({ header }) => `It isn't said which claim ${code(header)} holds.`,
    mend: ({ header }) => `Write its name: \`${String(header)}: sub\`.`,
  },
  'auth-credentials-none': {
    message: ({ kind }) => (kind === 'basic' ? 'There are no users.' : 'There are no keys.'),
    mend: ({ kind }) =>
      kind === 'basic'
        ? 'Add one: `alice: …`, with what `oneorigin hash-password` prints.'
        : 'Add one: `partner: …`, with what `oneorigin hash-key` prints.',
  },
  'auth-file-invalid': {
    message: ({ file, key, problem }) => `${code(file)}${key === '' ? '' : ` at ${code(key)}`}: ${String(problem)}`,
    mend: () => 'It holds names, each with a hash or an object, in YAML or JSON.',
  },
  'auth-hash-invalid': {
    message: ({ reason }) => hashReasons[String(reason)] ?? 'That is no hash.',
    mend: ({ kind }) =>
      kind === 'basic' ? 'Write what `oneorigin hash-password` prints.' : 'Write what `oneorigin hash-key` prints.',
  },
  'auth-hash-twice': {
    message: ({ name, first }) => `${code(name)} has the same hash as ${code(first)}.`,
    mend: () => 'Make each its own.',
  },
  'auth-user-invalid': {
    message: ({ name }) =>
      `${code(name)} can't be a user's name: a colon ends it, and control characters can't be sent.`,
    mend: () => 'Choose another name.',
  },
  'auth-expires-invalid': {
    message: ({ value }) => `${code(value)} is not a time.`,
    mend: () => 'Write `2027-01-31` or `2027-01-31T12:00:00Z`.',
  },
  'auth-path-invalid': {
    message: ({ value }) => `${code(value)} is not a path.`,
    mend: () => 'Write `/verify`, with a query if need be, percent-encoded.',
  },
  'auth-scope-invalid': {
    message: ({ scope }) => `${code(scope)} can't be a scope: none holds a space, a quote or a backslash.`,
    mend: () => 'Write several scopes as a list.',
  },
  'auth-method-head': {
    message: () => 'HEAD has what GET has: it tells the same.',
    mend: () => 'Write it under `GET`.',
  },
  'auth-anonymous': {
    message: ({ reason }) => `A rule for anonymous requests ${byReason(anonymousReasons, reason)}.`,
    mend: ({ reason }) =>
      reason === 'forward'
        ? 'Let the service decide, or write `auth: false`.'
        : 'Leave `anonymous` out, or what it asks for.',
  },
  'auth-preflights': {
    message: ({ policy }) =>
      `Under ${code(policy)} preflights are the upstream's to answer, and browsers send no credentials with them: they're refused.`,
    mend: () => 'Write `auth: { methods: { OPTIONS: { anonymous: true } } }`, or let the policy answer them.',
  },
} as const satisfies Record<string, CatalogueEntry>;
