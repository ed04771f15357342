import { anyValue } from './candidates.ts';
import type { HeaderLookup } from './pattern.ts';

/** The headers of the request that a preflight announces: of the announced ones only the names are known. */
export class PreflightHeaders implements HeaderLookup {
  private readonly sent: HeaderLookup;
  private announced: ReadonlySet<string> | undefined;

  constructor(sent: HeaderLookup) {
    this.sent = sent;
  }

  /** Announced: any value. Else what the preflight itself carries: User-Agent and Origin are the same for both. */
  get(name: string): string | undefined {
    this.announced ??= namesIn(this.sent.get('access-control-request-headers'));
    return this.announced.has(name) ? anyValue : this.sent.get(name);
  }
}

/** Meets every condition. */
export const anyHeaders: HeaderLookup = { get: () => anyValue };

function namesIn(list: string | undefined): ReadonlySet<string> {
  if (list === undefined) return new Set();
  return new Set(list.split(',').map((name) => name.trim().toLowerCase()));
}
