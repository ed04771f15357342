import type { ClaimHeaderModel } from '../../config/model.ts';
import { Field, FieldBlock } from '../../wire/header-list.ts';

/** What is known of who asks, by name. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * A claim by its name, or else by a path with dots (`realm_access.roles`): names may hold dots themselves, as those that
 * are URLs do. Undefined if there is none.
 */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part)) {
      return undefined;
    }
    value = (value as Claims)[part];
  }
  return value;
}

/** The scopes that the first of these claims holds that is there: a text with spaces (RFC 8693 §4.2), or a list. */
export function scopesOf(claims: Claims, names: readonly string[]): ReadonlySet<string> {
  for (const name of names) {
    const value = claimOf(claims, name);
    if (typeof value === 'string') return new Set(value.split(' ').filter((scope) => scope !== ''));
    if (Array.isArray(value)) return new Set(value.filter((scope) => typeof scope === 'string'));
  }
  return new Set();
}

/** The lines that tell an upstream who asks. Of a claim that isn't there, nothing is said. */
export function claimFields(claims: Claims, headers: readonly ClaimHeaderModel[]): FieldBlock {
  return new FieldBlock(
    headers.flatMap(({ header, claim }) => {
      const value = headerValue(claimOf(claims, claim));
      return value === undefined ? [] : [new Field(header, value)];
    }),
  );
}

/** What can't stand in a header as it is, and `%`, which would be taken for the beginning of an escape. */
const ENCODED = /[^\x20-\x24\x26-\x7e]|^ | $/gu;
/** In a list commas, too. */
const ENCODED_IN_LIST = /[^\x20-\x24\x26-\x2b\x2d-\x7e]|^ | $/gu;
/** Halves of a character, which have no encoding. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * A claim as a header's value; undefined for none. A list's elements stand with commas between, an object as JSON. What
 * isn't visible ASCII is percent-encoded, and so is `%`: nothing is lost, and nothing breaks out of the line.
 */
export function headerValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map((each) => encode(textOf(each), ENCODED_IN_LIST)).join(',');
  return encode(textOf(value), ENCODED);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function encode(text: string, what: RegExp): string {
  return text.replaceAll(LONE_SURROGATE, '\ufffd').replaceAll(what, encodeURIComponent);
}
