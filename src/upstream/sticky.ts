import { createHmac } from 'node:crypto';
import type { StickyModel } from '../config/balancing-model.ts';
import { Field, type HeaderList } from '../wire/header-list.ts';
import { H } from '../wire/known-names.ts';
import type { Candidate, Seeker } from './balance/strategy.ts';

/** Of a hash's 43 characters: no two servers will ever share so many by chance. */
const ID_LENGTH = 22;

/** A response that says so is given to other clients too, and they would all get its cookie. */
const SHARED = /(?:^|[\s,])(?:public|s-maxage)(?:$|[\s,=])/i;

/** Names that browsers take only with `Secure` (RFC 6265bis §4.1.3). */
const SECURE_NAME = /^__(?:secure|host)-/i;

/** Keeps clients with one server by a cookie that says nothing to anybody who doesn't know the secret. */
export class Sticky {
  private readonly model: StickyModel;
  private readonly ids = new WeakMap<Candidate, string>();

  constructor(model: StickyModel) {
    this.model = model;
  }

  /** The server that the client's cookie names, if it may get the request. */
  find<Server extends Candidate>(servers: readonly Server[], { stuckTo }: Seeker): Server | undefined {
    return stuckTo === '' ? undefined : servers.find((server) => this.idOf(server) === stuckTo);
  }

  /** Has the client come back to the server that answered, unless it knows already. */
  mark(response: HeaderList, server: Candidate, client: Seeker & { readonly encrypted: boolean }): void {
    const id = this.idOf(server);
    if (client.stuckTo === id) return;
    if (SHARED.test(response.getCombined('cache-control') ?? '')) return;
    response.appendField(this.cookie(id, client.encrypted));
  }

  /** A keyed hash: an address inside could be found again from a plain one, as there are few. */
  idOf(server: Candidate): string {
    let id = this.ids.get(server);
    if (id === undefined) {
      id = createHmac('sha256', this.model.secret).update(server.key).digest('base64url').slice(0, ID_LENGTH);
      this.ids.set(server, id);
    }
    return id;
  }

  private cookie(id: string, encrypted: boolean): Field {
    const { cookie, path, maxAge, sameSite } = this.model;
    // Browsers take SameSite=None only with Secure (RFC 6265bis §5.7).
    const secure = encrypted || sameSite === 'None' || SECURE_NAME.test(cookie);
    const age = maxAge === 0 ? '' : `; Max-Age=${Math.ceil(maxAge / 1000)}`;
    return new Field(
      'Set-Cookie',
      `${cookie}=${id}; Path=${path}${age}; HttpOnly${secure ? '; Secure' : ''}; SameSite=${sameSite}`,
    );
  }
}

/** The values of a request's Cookie lines as one: HTTP/2 clients may split them (RFC 9113 §8.2.3). */
export function cookiesOf(headers: HeaderList): string {
  const count = headers.countId(H.cookie);
  if (count === 0) return '';
  return count === 1 ? (headers.getById(H.cookie) ?? '') : headers.getAll('cookie').join('; ');
}
