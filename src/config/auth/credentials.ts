import type * as z from 'zod';
import { proseOf } from '../../diagnostics/index.ts';
import { credentials as schema } from '../../features/auth/options.ts';
import { parsePasswordHash } from '../../protocol/password-hash.ts';
import type { ResolveContext } from '../context.ts';
import type { CredentialModel } from '../model.ts';
import { Problems, type KeyPath } from '../problems.ts';
import { parsePart } from '../schema/issues.ts';

type ParsedCredentials = z.output<typeof schema>;

/** What is hashed: keys that chance made, or passwords that people did. */
export type CredentialKind = 'apiKey' | 'basic';

type Context = Pick<ResolveContext, 'problems' | 'machine'>;

/** Understands keys or users, written in the config or in a file of their own; undefined if something is wrong. */
export function resolveCredentials(
  value: string | ParsedCredentials,
  kind: CredentialKind,
  { path, context }: { readonly path: KeyPath; readonly context: Context },
): readonly CredentialModel[] | undefined {
  const { problems, machine } = context;
  if (typeof value !== 'string') return understand(value, kind, { path, problems });
  if (!machine.checkFiles) return [];
  const file = machine.absolute(value);
  const read = machine.readText(file);
  if ('cause' in read) {
    problems.error('file-unreadable', path, { file, cause: read.cause });
    return undefined;
  }
  // Its lines aren't the config's: what is wrong is told in words.
  const own = new Problems();
  const parsed = parsePart(schema, machine.parseDocument(read.text), { path: [], problems: own });
  const models = parsed === undefined ? undefined : understand(parsed, kind, { path: [], problems: own });
  for (const problem of own.all) {
    const { message, mend } = proseOf(problem);
    const data = { file, key: (problem.path ?? []).join('.'), problem: `${message} ${mend}`.trim() };
    problems.error('auth-file-invalid', path, data);
  }
  return models;
}

function understand(
  entries: ParsedCredentials,
  kind: CredentialKind,
  at: { readonly path: KeyPath; readonly problems: Problems },
): readonly CredentialModel[] | undefined {
  const names = Object.keys(entries);
  if (names.length === 0) at.problems.error('auth-credentials-none', at.path, { kind });
  const models = names.map((name) => credential(name, entries[name] ?? '', { kind, ...at }));
  const seen = new Map<string, string>();
  for (const [index, model] of models.entries()) {
    const first = model && seen.get(model.hash);
    const name = names[index] ?? '';
    if (first !== undefined) at.problems.error('auth-hash-twice', [...at.path, name], { name, first });
    else if (model !== undefined) seen.set(model.hash, name);
  }
  return models.includes(undefined) ? undefined : Object.freeze(models.flatMap((model) => model ?? []));
}

function credential(
  name: string,
  entry: ParsedCredentials[string],
  { kind, path, problems }: { kind: CredentialKind; path: KeyPath; problems: Problems },
): CredentialModel | undefined {
  const short = typeof entry === 'string';
  const { hash, scopes = [], claims = {}, expires } = short ? { hash: entry } : entry;
  const at = [...path, name];
  const reason = reasonAgainst(hash, kind);
  if (reason !== undefined) problems.error('auth-hash-invalid', short ? at : [...at, 'hash'], { kind, reason });
  // RFC 7617 §2: the first colon ends the name.
  if (kind === 'basic' && /[:\u0000-\u001f\u007f]/.test(name)) problems.error('auth-user-invalid', at, { name });
  const until = expires === undefined ? Number.POSITIVE_INFINITY : parseTime(expires);
  if (until === undefined) problems.error('auth-expires-invalid', [...at, 'expires'], { value: expires ?? '' });
  if (reason !== undefined || until === undefined) return undefined;
  return Object.freeze({
    name,
    hash,
    scopes: Object.freeze([...scopes]),
    claims: Object.freeze({ ...claims, sub: name, ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }) }),
    expires: until,
  });
}

function reasonAgainst(hash: string, kind: CredentialKind): string | undefined {
  const isDigest = /^sha256:[\da-f]{64}$/i.test(hash);
  const password = parsePasswordHash(hash);
  if (kind === 'apiKey') return isDigest ? undefined : password === 'form' ? 'form' : 'password';
  return isDigest ? 'key' : typeof password === 'string' ? password : undefined;
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Milliseconds since 1970; undefined if it's no time. */
function parseTime(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const time = Date.parse(text.includes('T') && match[1] === undefined ? `${text}Z` : text);
  return Number.isNaN(time) ? undefined : time;
}
