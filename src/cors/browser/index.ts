/** The browser's side of CORS: the Fetch standard's steps as a model, with engine differences as data. */
export type { ConsoleMessage } from './console.ts';
export type { ConsoleCode, PrintingEngine } from './console-templates.ts';
export { readConsoleMessage, type ConsoleReading, type ConsoleValues } from './console-text.ts';
export { ENGINES, type CacheMode, type EngineName, type EngineProfile, type PreflightStep } from './engine.ts';
export type { Failure, FetchStep, NetworkFault } from './failure.ts';
export { PreflightCache, type PreflightQuestion } from './preflight-cache.ts';
export { preflightNeeded, type PreflightNeed, type PreflightReason } from './preflight-need.ts';
export { QUIRKS, type Quirk } from './quirks.ts';
export {
  isCrossOrigin,
  type CredentialsMode,
  type HeaderLines,
  type PageRequest,
  type RedirectMode,
  type RequestFault,
  type RequestMode,
} from './request.ts';
export {
  checkPreflight,
  checkResponse,
  ownHeaders,
  readableHeaders,
  type CheckedPreflight,
  type CheckedRequest,
  type FailedStep,
  type ReceivedResponse,
  type Verdict,
} from './response.ts';
export { unsafeReason, type UnsafeReason } from './safelist.ts';
export {
  simulateRequest,
  type BrowserContext,
  type SentRequest,
  type ServerAnswers,
  type Simulation,
} from './simulate.ts';
