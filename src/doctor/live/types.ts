import type { PolicyModel } from '../../config/model.ts';
import type { Decision, HeaderLine } from '../../cors/index.ts';

/** What a policy of the gateway's own said to an exchange. */
export interface Ruling {
  readonly decision: Decision;
  readonly model: PolicyModel;
}

/** The route that took an exchange. */
export interface SeenRoute {
  readonly label: string;
  /** Whether an upstream answers there. */
  readonly proxies: boolean;
}

/** An exchange of another origin's page as the gateway saw it: no query, no value of a request header but `Origin`. */
export interface SeenExchange {
  readonly kind: 'preflight' | 'request' | 'websocket';
  /** The gateway's origin as the browser knows it. */
  readonly own: string;
  readonly path: string;
  /** The request's; of a preflight, the one that it announces. */
  readonly method: string;
  readonly origin: string;
  /** Names that need to be allowed, in lower case: those that a preflight announces, or that a request has. */
  readonly names: readonly string[];
  /** Whether cookies came along: the one sign of a request with credentials. */
  readonly cookies: boolean;
  readonly status: number;
  /** The response's lines as they were sent. */
  readonly headers: readonly HeaderLine[];
  /** The answer to the preflight before it, where that is known. */
  readonly preflight?: { readonly status: number; readonly headers: readonly HeaderLine[] };
  /** `host:port` of the server that was asked; '' if none was. */
  readonly upstream: string;
  /** What went wrong there; '' if nothing did. */
  readonly failure: string;
  /** Code of the gateway's own answer; '' if it gave none. */
  readonly problem: string;
  readonly route: SeenRoute | undefined;
  /** Undefined: no policy is in force. */
  readonly ruling: Ruling | undefined;
}

/** What there is to allow with. */
export interface LiveSettings {
  /** The named policies. */
  readonly policies: ReadonlyMap<string, PolicyModel>;
  /** `config`: the mend is a key of it. `dev`: there is none, only `PREFIX=TARGET` pairs. */
  readonly written: 'config' | 'dev';
  /** Whether the gateway serves `/`. */
  readonly servesRoot: boolean;
}

/** Where in the config the mend belongs. */
export interface LivePlace {
  readonly part: 'policy' | 'route';
  /** Below the policy or the route. */
  readonly path: readonly (string | number)[];
}

/** Why a browser keeps an exchange from its page, and what to write so that it doesn't. */
export interface LiveFinding {
  /** Of the catalogue; wherever the doctor could find it too, the doctor's. */
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly place: LivePlace | undefined;
}
