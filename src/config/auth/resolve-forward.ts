import type * as z from 'zod';
import type { authOptions } from '../../features/auth/options.ts';
import { isToken } from '../../protocol/token.ts';
import type { ForwardAuthModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import { checkOwnHeader } from './own-headers.ts';
import type { RemoteKeysContext } from './remote-keys.ts';
import { timeWithin } from './time-within.ts';

type ParsedForward = z.output<typeof authOptions>['forward'] & object;

const DEFAULT_TIMEOUT = 5000;

/** What frames the response, or is the policy's to say. */
const NOT_BACK =
  /^(?:access-control-.*|connection|content-.*|date|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|vary)$/;

/** Understands `forward`, or reports what is wrong. */
export function resolveForward(
  name: string,
  forward: ParsedForward,
  { path, context }: { readonly path: KeyPath; readonly context: RemoteKeysContext },
): ForwardAuthModel | undefined {
  const { problems, upstreams } = context;
  const upstream = upstreams.find(forward.to, [...path, 'to']);
  const { path: target = '', requestHeaders, copy = [], copyBack = [] } = forward;
  if (target !== '' && !/^\/[\x21-\x7e]*$/.test(target)) {
    problems.error('auth-path-invalid', [...path, 'path'], { value: target });
  }
  for (const [index, header] of copy.entries()) checkOwnHeader(header, [...path, 'copy', index], { problems });
  for (const [index, header] of copyBack.entries()) {
    const at = [...path, 'copyBack', index];
    if (!isToken(header)) problems.error('header-name-invalid', at, { name: header });
    else if (NOT_BACK.test(header.toLowerCase()))
      problems.error('auth-header-refused', at, { name: header.toLowerCase() });
  }
  for (const [index, header] of (requestHeaders ?? []).entries()) {
    if (!isToken(header)) problems.error('header-name-invalid', [...path, 'requestHeaders', index], { name: header });
  }
  const at = { path: [...path, 'timeout'], problems };
  const timeout = timeWithin(forward.timeout, { fallback: DEFAULT_TIMEOUT, least: 100 }, at);
  if (upstream === undefined) return undefined;
  return Object.freeze({
    kind: 'forward',
    name,
    upstream,
    path: target,
    requestHeaders: requestHeaders && lowerCased(requestHeaders),
    copy: lowerCased(copy),
    copyBack: lowerCased(copyBack),
    timeout,
  });
}

function lowerCased(names: readonly string[]): readonly string[] {
  return Object.freeze(names.map((name) => name.toLowerCase()));
}
