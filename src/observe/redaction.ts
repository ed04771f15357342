import { isSecretName } from '../protocol/secret-names.ts';

/** What stands where a secret was. */
export const HIDDEN = '***';

/** Headers that are secret as a whole, whatever they're called. */
const SECRET_HEADERS = new Set(['cookie', 'set-cookie', 'authorization', 'proxy-authorization']);

/** Takes secrets out of what is logged: those that are by their names, and those that the config names. */
export class Redaction {
  private readonly more: ReadonlySet<string>;

  /** @param more names in lower case */
  constructor(more: readonly string[]) {
    this.more = new Set(more);
  }

  header(name: string, value: string): string {
    return SECRET_HEADERS.has(name) || this.isSecret(name) ? HIDDEN : value;
  }

  /** @param query with its `?`, or empty */
  query(query: string): string {
    if (query.length <= 1) return query;
    const parameters = query.slice(1).split('&');
    return `?${parameters.map((parameter) => this.parameter(parameter)).join('&')}`;
  }

  /** A URL without its query and without a password. */
  address(url: string): string {
    const [address = ''] = url.split(/[?#]/);
    return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, `$1${HIDDEN}@`);
  }

  private parameter(parameter: string): string {
    const at = parameter.indexOf('=');
    if (at < 0) return parameter;
    const name = parameter.slice(0, at);
    return this.isSecret(decoded(name)) ? `${name}=${HIDDEN}` : parameter;
  }

  private isSecret(name: string): boolean {
    return isSecretName(name) || this.more.has(name.toLowerCase());
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
