import { mimeEssence } from '../../protocol/media-type.ts';
import type { EngineProfile } from './engine.ts';

/** A safelisted header's value may have this many bytes (Fetch, "CORS-safelisted request-header", step 1). */
export const LONGEST_SAFELISTED = 128;

/** Safelisted values together may have this many bytes (Fetch, "CORS-unsafe request-header names"). */
export const LONGEST_TOTAL = 1024;

/** Why a header asks for a preflight. */
export type UnsafeReason = 'name' | 'length' | 'bytes' | 'content-type' | 'range';

const SIMPLE_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

const CLIENT_HINTS: Readonly<Record<string, RegExp>> = {
  'device-memory': /^\d+(?:\.\d+)?$/,
  downlink: /^\d+(?:\.\d+)?$/,
  dpr: /^\d+(?:\.\d+)?$/,
  ect: /^(?:slow-2g|2g|3g|4g)$/,
  rtt: /^\d+$/,
  'save-data': /^on$/i,
  'viewport-width': /^\d+$/,
  width: /^\d+$/,
};

/** Why a request header isn't safelisted (Fetch, "CORS-safelisted request-header"), or `undefined` if it is. */
export function unsafeReason(name: string, value: string, engine: EngineProfile): UnsafeReason | undefined {
  const key = name.toLowerCase();
  if (!isSafelistedName(key, engine)) return 'name';
  if (value.length > LONGEST_SAFELISTED) return 'length';
  switch (key) {
    case 'accept':
      return hasUnsafeByte(value, engine) ? 'bytes' : undefined;
    case 'accept-language':
    case 'content-language':
      return /^[\dA-Za-z *,\-.;=]*$/.test(value) ? undefined : 'bytes';
    case 'content-type':
      if (hasUnsafeByte(value, engine)) return 'bytes';
      return isSimpleType(value, engine) ? undefined : 'content-type';
    case 'range':
      return isSimpleRange(value, engine) ? undefined : 'range';
    default:
      return CLIENT_HINTS[key]?.test(value) === true ? undefined : 'bytes';
  }
}

/** Whether it's a client hint of the old kind, without the prefix `Sec-CH-`. Lower case. */
export function isOldClientHint(name: string): boolean {
  return Object.hasOwn(CLIENT_HINTS, name);
}

/** Whether the name alone could be safelisted. Lower case. */
function isSafelistedName(name: string, engine: EngineProfile): boolean {
  return /^(?:accept|accept-language|content-language|content-type|range)$/.test(name) || isClientHint(name, engine);
}

function isClientHint(name: string, engine: EngineProfile): boolean {
  return engine.clientHintsSafelisted && isOldClientHint(name);
}

/** Fetch, "CORS-unsafe request-header byte". */
function hasUnsafeByte(value: string, engine: EngineProfile): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 0x7f || (code < 0x20 && code !== 0x09)) return true;
    if (code >= 0x80 && engine.nonAsciiUnsafe) return true;
  }
  return /["():<>?@[\\\]{}]/.test(value);
}

function isSimpleType(value: string, engine: EngineProfile): boolean {
  const essence = mimeEssence(value);
  if (essence === undefined || !SIMPLE_TYPES.has(essence)) return false;
  return !engine.commaInContentTypeUnsafe || !/,|;\s*;\s*;/.test(value);
}

/** `bytes=N-` or `bytes=N-M` with N ≤ M (Fetch, "simple range header value"; no whitespace). */
function isSimpleRange(value: string, engine: EngineProfile): boolean {
  const pattern = engine.looseRange ? /^bytes=\+?(\d+)-\+?(\d*)$/i : /^bytes=(\d+)-(\d*)$/;
  const match = pattern.exec(value);
  if (match === null) return false;
  const numbers = [match[1] ?? '', match[2] ?? ''].filter((digits) => digits !== '').map((digits) => BigInt(digits));
  const [start = 0n, end] = numbers;
  if (engine.largestRange !== undefined && numbers.some((number) => number > (engine.largestRange ?? 0n))) return false;
  return end === undefined || start <= end;
}
