/** Who may ask, by address. */
export interface AccessModel {
  /** Addresses and CIDR ranges; undefined: everybody. */
  readonly allow: readonly string[] | undefined;
  /** Comes before `allow`. */
  readonly deny: readonly string[];
}

export interface MaintenanceModel {
  /** Milliseconds. */
  readonly retryAfter: number;
  readonly message: string;
}

/** Which pages of other sites may make requests that may change something. */
export interface CrossSiteModel {
  /** Origins, as browsers write them. */
  readonly allow: readonly string[];
  readonly sameSite: boolean;
  /** The route's CORS policy lists origins, and what it lets in may come. */
  readonly trustsPolicy: boolean;
}
