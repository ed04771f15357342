import { isIP } from 'node:net';
import { parse } from 'tldts';
import type { AuditCode } from '../../diagnostics/catalogue/doctor-audit.ts';
import { STRANGER } from '../around/ask-around.ts';

/** An origin that a policy should refuse, and who could send it. */
export interface HostileOrigin {
  readonly origin: string;
  /** Browsers in which a page could have this origin. */
  readonly browsers: 'all' | 'Safari' | 'none';
}

/** One row of the audit that asks with origins. */
export interface OriginRow {
  readonly code: AuditCode;
  readonly origins: readonly HostileOrigin[];
}

/** What parsers stumble over between a good host and a bad one. Browsers other than Safari refuse most such hosts. */
const TRICKS = [...'_-%$+~=&*()\'!;,{}^|"`'];

const TENANTS = ['github.io', 'vercel.app', 'netlify.app', 'pages.dev', 'herokuapp.com', 'web.app'];

/** The origins to ask with, for a server and a page that is let in. Rows that make no sense for an address are empty. */
export function hostileOrigins(url: string, page: string): OriginRow[] {
  const { hostname, protocol } = new URL(url);
  const host = hostname;
  const isName = isIP(host.replace(/^\[|\]$/g, '')) === 0 && host.includes('.');
  const domain = isName ? (parse(host, { allowPrivateDomains: true, validateHostname: false }).domain ?? host) : host;
  const named = (...origins: string[]): HostileOrigin[] => (isName ? all(...origins) : []);
  // Letters only, as the narrowest patterns have it.
  const random = 'oneorigindoctor';
  return [
    { code: 'doctor-audit-any-origin', origins: all(STRANGER) },
    { code: 'doctor-audit-null', origins: all('null') },
    { code: 'doctor-audit-suffix', origins: named(`https://evil${domain}`, `https://x${host}`) },
    { code: 'doctor-audit-prefix', origins: named(`https://${host}.evil.example`, `https://${host}evil.example`) },
    { code: 'doctor-audit-substring', origins: named(`https://${domain.slice(1)}`) },
    { code: 'doctor-audit-regex-dot', origins: named(...dotless(host)) },
    { code: 'doctor-audit-subdomain', origins: named(`https://${random}.${domain}`, `https://${random}.${host}`) },
    {
      code: 'doctor-audit-plain-http',
      origins: protocol === 'https:' ? named(`http://${host}`, `http://${random}.${domain}`) : [],
    },
    { code: 'doctor-audit-port', origins: named(`https://${domain}:1337`) },
    { code: 'doctor-audit-development', origins: developmentOrigins(page) },
    { code: 'doctor-audit-parser', origins: isName ? TRICKS.map((trick) => tricky(host, trick)) : [] },
    { code: 'doctor-audit-multi-tenant', origins: all(...TENANTS.map((tenant) => `https://${random}.${tenant}`)) },
    {
      code: 'doctor-audit-loose-parsing',
      origins: [page.toUpperCase(), `${page}, ${STRANGER}`].map((origin) => ({ origin, browsers: 'none' })),
    },
  ];
}

function all(...origins: readonly string[]): HostileOrigin[] {
  return [...new Set(origins)].map((origin) => ({ origin, browsers: 'all' }));
}

/** The host with each of its dots in turn made a letter. */
function dotless(host: string): string[] {
  const parts = host.split('.');
  return parts.slice(1).map((_, at) => `https://${parts.slice(0, at + 1).join('.')}a${parts.slice(at + 1).join('.')}`);
}

function developmentOrigins(page: string): HostileOrigin[] {
  // Whoever develops there wants to be let in.
  const own = URL.canParse(page) ? new URL(page).hostname : '';
  const local = ['http://localhost', 'http://localhost:3000', 'http://localhost:8080', 'http://127.0.0.1:3000'];
  return all(...(own === 'localhost' || own === '127.0.0.1' ? [] : local), 'https://localhost.evil.example');
}

function tricky(host: string, trick: string): HostileOrigin {
  const origin = `https://${host}${trick}.evil.example`;
  return { origin, browsers: trick === '_' || trick === '-' ? 'all' : 'Safari' };
}
