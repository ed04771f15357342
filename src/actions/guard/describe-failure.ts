import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { describeNameFailure, subjectOf, type Asked } from '../../guard/index.ts';
import type { Vetted } from '../../upstream/vetted-pools.ts';

/** The part of a failure's detail that holds no address: an error's code. */
export function codeOfFailure(detail: string): string {
  return /^[A-Z][A-Z\d_]+(?=:)/.exec(detail)?.[0] ?? detail;
}

/** The problem of a target that has no server to ask. */
export function describeNoServer(
  vetted: Exclude<Vetted, { outcome: 'found' }>,
  { hop, action }: Asked,
): { readonly code: ProblemCode; readonly detail: string } {
  if (vetted.outcome === 'address-refused') {
    // Whoever asks can't help where an API leads.
    if (hop.redirects > 0) {
      return {
        code: 'guard-redirect-refused',
        detail: 'The API redirects to an address that is not on the public Internet.',
      };
    }
    const detail = `${subjectOf(hop, action)} has an address that is not on the public Internet.`;
    return { code: 'guard-address-refused', detail };
  }
  if (vetted.failure === 'too-many') return { code: 'too-many-connections', detail: 'Try again in a moment.' };
  return { code: 'guard-dns-failed', detail: describeNameFailure(vetted.failure, { hop, action }) };
}
