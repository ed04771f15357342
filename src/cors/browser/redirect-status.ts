import type { EngineProfile } from './engine.ts';

/** Fetch, "redirect status". */
export function isRedirectStatus(status: number, engine: EngineProfile): boolean {
  if (engine.followsAllStatuses) return status > 300 && status < 400 && ![304, 305, 306].includes(status);
  return [301, 302, 303, 307, 308].includes(status);
}
