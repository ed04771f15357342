import { isToken } from '../../protocol/token.ts';
import type { ClaimHeaderModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import type { At } from '../schema/issues.ts';

/** Written by the gateway itself, or by browsers, or about the body: nothing of these says who asks. */
const REFUSED = new Set([
  'accept',
  'connection',
  'cookie',
  'date',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'origin',
  'range',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'vary',
  'via',
  'x-real-ip',
  'x-request-id',
]);

const REFUSED_FAMILY = /^(?:accept|access-control|content|if|proxy|sec|x-forwarded|x-original)-/;

/** Reports a name that can't be one of the headers that say who asks. */
export function checkOwnHeader(header: string, path: KeyPath, { problems }: Pick<At, 'problems'>): void {
  const name = header.toLowerCase();
  if (!isToken(header)) problems.error('header-name-invalid', path, { name: header });
  else if (REFUSED.has(name) || REFUSED_FAMILY.test(name)) problems.error('auth-header-refused', path, { name });
}

/** Understands which headers say which claims. */
export function resolveClaimHeaders(
  headers: Readonly<Record<string, string>> = {},
  { path, problems }: At,
): readonly ClaimHeaderModel[] {
  return Object.freeze(
    Object.entries(headers).map(([header, claim]) => {
      const at = [...path, header];
      checkOwnHeader(header, at, { problems });
      if (header.toLowerCase() === 'authorization')
        problems.error('auth-header-refused', at, { name: 'authorization' });
      if (claim === '') problems.error('auth-claim-empty', at, { header });
      return Object.freeze({ header, claim });
    }),
  );
}
