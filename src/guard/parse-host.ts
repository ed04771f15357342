import { suffixKind } from '../cors/public-suffix.ts';
import { addressKind } from './address.ts';
import type { HostRule } from './model.ts';
import { readingsOf, upperEscapes } from './path-rules.ts';
import { isRefusal } from './refusal.ts';
import { parseTargetUrl } from './target-url.ts';

/** Why a text isn't a host to allow. */
export interface HostProblem {
  readonly reason: string;
}

/** Understands an entry of `hosts`: `api.example.com`, `*.example.com`, `https://data.example.com:8443/v1`. */
export function parseHostRule(text: string): HostRule | HostProblem {
  const fail = (reason: string): HostProblem => ({ reason });
  if (/^(?:https?:\/\/)?\*(?::\*)?\/?$/i.test(text)) return fail('any');
  const [, scheme, rest = ''] = /^(?:([a-z][a-z\d+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) return fail('scheme');
  const subdomains = rest.startsWith('*.');
  const name = subdomains ? rest.slice(2) : rest;
  if (/^[^/?#]*\*/.test(name)) return fail('wildcard');
  if (/[*?#]/.test(name)) return fail('path');
  const parsed = parseTargetUrl(`${scheme ?? 'https'}://${name}`);
  if (isRefusal(parsed)) return fail('name');
  const { target, path } = parsed;
  if (subdomains && addressKind(target.host) !== 'invalid') return fail('wildcard');
  if (subdomains && (!target.host.includes('.') || suffixKind(target.host) === 'registry')) return fail('suffix');
  const pathPrefix = upperEscapes(path).replace(/\/+$/, '');
  // One that could be read in two ways would never be sure to match.
  if (pathPrefix !== '' && (/[;\\]|%2F|%5C|%3B/.test(pathPrefix) || readingsOf(pathPrefix) === 'unsafe'))
    return fail('path');
  return Object.freeze({ ...target, subdomains, pathPrefix });
}
