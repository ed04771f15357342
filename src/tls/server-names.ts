/**
 * What belongs to which host name: the same name first, then a wildcard in place of its first label (RFC 9525 §6.3). Where
 * several are for one name, the first of them has it.
 */
export class ServerNames<T> {
  private readonly byName = new Map<string, T>();

  /** @param entries names in lower case, and what belongs to them */
  constructor(entries: readonly { readonly names: readonly string[]; readonly value: T }[]) {
    for (const { names, value } of entries) {
      for (const name of names) if (!this.byName.has(name)) this.byName.set(name, value);
    }
  }

  /** @param name as the client asks for it, in any case */
  find(name: string): T | undefined {
    const host = name.toLowerCase();
    const dot = host.indexOf('.');
    return this.byName.get(host) ?? (dot < 0 ? undefined : this.byName.get(`*${host.slice(dot)}`));
  }
}
