/** One header line: name and value as they were on the wire, without the whitespace around the value. */
export type HeaderLine = readonly [name: string, value: string];

/** A request that the doctor sends. */
export interface ProbeRequest {
  /** Absolute, `http:` or `https:`. */
  readonly url: string;
  readonly method: string;
  /** In order; Host, Connection and Content-Length are added. */
  readonly headers: readonly HeaderLine[];
  /** Sent only if the client may send. */
  readonly body?: string;
}

/** What kept an answer from coming. */
export type FailureKind =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'connect-timeout'
  | 'timeout'
  | 'reset'
  | 'closed'
  | 'malformed'
  | 'head-too-large'
  /** Of a recording: it doesn't tell. */
  | 'untold'
  | 'tls-expired'
  | 'tls-not-yet-valid'
  | 'tls-name'
  | 'tls-untrusted'
  | 'tls-handshake';

/** Why there is no answer. */
export interface ProbeFailure {
  readonly kind: FailureKind;
  /** What the system said, or the bytes that arrived. */
  readonly detail: string;
}

/** A server's answer, its head byte for byte. */
export interface ProbeResponse {
  readonly status: number;
  /** `HTTP/1.1 200 OK`, as it came. */
  readonly statusLine: string;
  readonly headers: readonly HeaderLine[];
  /** The head's lines as they came, a byte a character, without line ends. */
  readonly rawHead: readonly string[];
  /** The body's beginning, a byte a character, chunks put together. */
  readonly body: string;
}

/** Milliseconds from the start of the probe. */
export interface ProbeTimings {
  readonly connect?: number;
  readonly tls?: number;
  readonly head?: number;
  readonly end: number;
}

/** A certificate, as far as a report names it. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:a.example, IP Address:127.0.0.1`. */
  readonly names: string;
  readonly validFrom: string;
  readonly validTo: string;
}

/** A request and what came of it. Exactly one of `response` and `failure` is there. */
export interface Probe {
  readonly request: ProbeRequest;
  /** `127.0.0.1:8080`. */
  readonly address?: string;
  readonly certificate?: CertificateFacts;
  readonly response?: ProbeResponse;
  readonly failure?: ProbeFailure;
  readonly timings: ProbeTimings;
}

/** One address of a host, and whether it takes connections. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
  readonly failure?: ProbeFailure;
}
