/** The browser's side of CORS: the Fetch standard's steps as a model, with engine differences as data. */
export { ENGINES, type EngineName, type EngineProfile, type PreflightStep } from './engine.ts';
export {
  isCrossOrigin,
  preflightNeeded,
  type CredentialsMode,
  type PageRequest,
  type PreflightNeed,
  type PreflightReason,
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
export { simulateRequest, type ServerAnswers, type Simulation } from './simulate.ts';
