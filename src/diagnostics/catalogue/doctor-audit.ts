import type { DoctorEntry } from './doctor-entry.ts';
import { code } from './words.ts';
import type { DiagnosticData } from '../diagnostic.ts';

const STEP = "Fetch, CORS check, with another origin than the page's";

function entry(what: string, mend: string): DoctorEntry {
  return {
    step: STEP,
    policy: true,
    message: ({ origin, credentials }: DiagnosticData) =>
      `${what}: ${code(origin)} is let in${credentials === true ? ', with credentials' : ''}.`,
    mend: () => mend,
  };
}

const WHOLE = 'Compare the whole origin with a list, character by character.';

/** The audit of a policy from outside, a code for each of its 17 rows, in their order. */
export const doctorAuditCatalogue = {
  'doctor-audit-any-origin': entry(
    'Any site may read',
    'List the origins; never send back what came without looking it up.',
  ),
  'doctor-audit-null': entry(
    'Sandboxed frames and files may read',
    'Never allow `null`: any site can make a page with that origin.',
  ),
  'doctor-audit-suffix': entry('Only the end of the origin is compared', WHOLE),
  'doctor-audit-prefix': entry('Only the beginning of the origin is compared', WHOLE),
  'doctor-audit-substring': entry('Only a part of the origin is compared', WHOLE),
  'doctor-audit-regex-dot': entry(
    'A dot in the pattern stands for any character',
    'Write `\\.` for a dot, and anchor the pattern at both ends.',
  ),
  'doctor-audit-subdomain': entry(
    'Any subdomain may read',
    'List those that need it: one that is taken over, or has a hole, is enough.',
  ),
  'doctor-audit-plain-http': entry(
    'A page without TLS may read',
    'Allow `https:` only: whoever is on the network can write such a page.',
  ),
  'doctor-audit-port': entry('The port is ignored', WHOLE),
  'doctor-audit-development': entry(
    'A development origin is left over',
    "Remove it in production: any program on a visitor's machine can have that origin.",
  ),
  'doctor-audit-parser': entry('The origin is taken apart, and not compared', WHOLE),
  'doctor-audit-multi-tenant': entry('A host where anybody can publish may read', 'List your own names there, whole.'),
  'doctor-audit-loose-parsing': entry('What no browser sends is accepted', WHOLE),
  'doctor-audit-wildcard': {
    step: STEP,
    policy: true,
    message: ({ credentials }) =>
      credentials === true
        ? '`*` together with `Access-Control-Allow-Credentials: true` works nowhere.'
        : '`*` on an address of a private network: any page that a visitor opens may read it from inside.',
    mend: () => 'List the origins.',
  },
  'doctor-audit-cache': {
    step: 'RFC 9111, 4.1: a stored answer made for somebody else',
    policy: true,
    message: ({ origin, value }) => `A cache gives ${code(origin)} the answer that was made for ${code(value)}.`,
    mend: () => 'Send `Vary: Origin` always, and purge the cache.',
  },
  'doctor-audit-drift': {
    step: STEP,
    policy: true,
    message: ({ origin, where }) => `${code(origin)} is refused here, and let in elsewhere: ${String(where)}.`,
    mend: () => 'Hold the policy in one place for all methods, paths and statuses.',
  },
  'doctor-audit-side-effect': {
    step: 'Fetch: a simple request is sent without asking first; only its answer is kept from the page',
    message: ({ status }) =>
      `A plain-text POST from a stranger was carried out (${String(status)}): that is CSRF, and no CORS policy stops it.`,
    mend: () => 'Require a token, a custom header or `Content-Type: application/json`, or `SameSite` cookies.',
  },
} as const satisfies Record<string, DoctorEntry>;

/** A code of the audit. */
export type AuditCode = keyof typeof doctorAuditCatalogue;
