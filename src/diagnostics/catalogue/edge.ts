import type { CatalogueEntry } from './entry.ts';
import { byReason, code } from './words.ts';

const instead: Readonly<Record<string, string>> = {
  proxy:
    'An edge runtime stands beside no server of yours. For an API on the Internet write `guard: { target: https://… }`; for servers inside run the gateway there (`oneorigin serve`).',
  files: 'Let the platform serve files (Workers: `[assets]` in wrangler.toml; Next: `public/`), or run the gateway.',
};

const optionInstead: Readonly<Record<string, string>> = {
  resolver:
    'Remove it: the runtime resolves names itself. Where that must be vetted, run the gateway (`oneorigin serve`).',
  auth: 'Look at credentials before the handler is called, in the platform or in your own code, or run the gateway (`oneorigin serve`).',
  tls: 'Remove it: the runtime verifies certificates against the public authorities. For an authority of your own run the gateway (`oneorigin serve`).',
};

/** What can be wrong with a config for an edge runtime, besides what is wrong with any. */
export const edgeCatalogue = {
  'edge-action': {
    message: ({ action }) => `${code(action)} can't be answered in an edge runtime.`,
    mend: ({ action }) => byReason(instead, action),
  },
  'edge-option': {
    message: ({ key }) => `${code(key)} can't be set in an edge runtime.`,
    mend: ({ key }) =>
      optionInstead[String(key)] ??
      'Have the platform do it, or your own code before the handler is called, or run the gateway (`oneorigin serve`).',
  },
  'edge-any-target': {
    message: () =>
      '`dangerouslyAllowAnyTarget` is for a laptop: an edge handler can be reached by everybody, and would be an open proxy.',
    mend: () => 'List the `hosts` that may be asked and the `origins` whose pages may ask.',
  },
  'edge-client-address': {
    message: () => "Requests can't be counted by client: nothing says who the clients are.",
    mend: () =>
      "Pass `clientAddress` to `createEdgeHandler` (on Cloudflare `(request) => request.headers.get('cf-connecting-ip')`), or write `by: origin`.",
  },
  'edge-variable-unset': {
    message: ({ name }) => `There is no variable ${code(name)} in \`env\`.`,
    mend: ({ name }) =>
      `Pass \`env\` to \`createEdgeHandler\` and set it there (Workers: \`npx wrangler secret put ${String(name)}\`), or give a default: \`\${${String(name)}:-default}\`.`,
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of what is wrong with a config for an edge runtime. */
export type EdgeCode = keyof typeof edgeCatalogue;
