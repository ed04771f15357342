/** What became of an upstream, for the log. */
export interface UpstreamEvent {
  readonly event:
    | 'server-down'
    | 'server-up'
    | 'server-ejected'
    | 'server-returned'
    | 'circuit-open'
    | 'circuit-half-open'
    | 'circuit-closed'
    | 'servers-changed'
    | 'resolve-failed';
  /** The upstream's name. */
  readonly upstream: string;
  /** `host:port` of the server, where it's about one. */
  readonly server: string | undefined;
  /** Why, in words. */
  readonly reason: string;
}

/** Who is told. */
export type UpstreamListener = (event: UpstreamEvent) => void;
