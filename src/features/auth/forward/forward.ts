import type { ForwardAuthModel } from '../../../config/model.ts';
import type { SideRequestTerms } from '../../../upstream/side-request.ts';
import type { Exchange } from '../../../wire/exchange.ts';
import { H } from '../../../wire/known-names.ts';
import { cameThroughUs } from '../../../wire/via.ts';
import type { Authenticator, Outcome } from '../authenticator.ts';
import { ForwardCall } from './forward-call.ts';

/** `forward`: another service decides, request by request. */
export class ForwardAuthenticator implements Authenticator {
  readonly remove: ((exchange: Exchange) => void) | undefined;
  /** What a request has to show is the service's to say. */
  readonly challenges: readonly string[] = [];
  readonly asksAlways = true;
  private readonly model: ForwardAuthModel;
  private readonly terms: SideRequestTerms;

  constructor(model: ForwardAuthModel, parts: Pick<SideRequestTerms, 'upstream' | 'wheel'>) {
    this.model = model;
    this.terms = { ...parts, timeout: model.timeout };
    // What the service says takes the place of what the client said, also if that's nothing.
    if (model.copy.includes('authorization')) this.remove = ({ headers }) => headers.removeId(H.authorization);
  }

  check(exchange: Exchange): Outcome | Promise<Outcome> {
    if (cameThroughUs(exchange.headers)) {
      return {
        kind: 'refused',
        code: 'loop-detected',
        detail: 'The service that decides about requests is this gateway itself.',
        challenges: [],
      };
    }
    return new Promise((resolve) => {
      new ForwardCall(exchange, this.model, { terms: this.terms, resolve }).start();
    });
  }
}
