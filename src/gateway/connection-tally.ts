/** Counts client connections against the limits, over all listeners. */
export class ConnectionTally {
  private total = 0;
  private readonly byAddress = new Map<string, number>();
  private readonly limits: { readonly connections: number; readonly connectionsPerAddress: number };

  constructor(limits: { readonly connections: number; readonly connectionsPerAddress: number }) {
    this.limits = limits;
  }

  /** Counts a connection from this address. @returns by how many a limit is exceeded; 0: it isn't. */
  add(address: string): number {
    const { connections, connectionsPerAddress } = this.limits;
    const here = (this.byAddress.get(address) ?? 0) + 1;
    this.total++;
    this.byAddress.set(address, here);
    return Math.max(
      0,
      connections > 0 ? this.total - connections : 0,
      connectionsPerAddress > 0 ? here - connectionsPerAddress : 0,
    );
  }

  /** A connection that was counted is closed. */
  remove(address: string): void {
    this.total--;
    const left = (this.byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.byAddress.set(address, left);
    else this.byAddress.delete(address);
  }
}
