import type { Model } from '../config/model.ts';
import { TimerWheel } from '../wire/timer-wheel.ts';
import { Admin, type AdminSubject } from './admin.ts';
import type { GatewayAddress } from './listen.ts';

/** The admin address through reloads: there may be none, and it may move. */
export class AdminPlace {
  private readonly subject: AdminSubject;
  private readonly wheel: TimerWheel;
  private admin: Admin | undefined = undefined;

  constructor(subject: AdminSubject, wheel = new TimerWheel()) {
    this.subject = subject;
    this.wheel = wheel;
  }

  get address(): GatewayAddress | undefined {
    return this.admin?.address;
  }

  /**
   * Listens where this config says so, beside where it listened before.
   * @returns what makes it final: `true` leaves the old address, `false` the new one
   * @throws the system's error if the address can't be listened on; nothing has changed then.
   */
  async prepare(whole: Model): Promise<(take: boolean) => void> {
    const { admin: model } = whole;
    const old = this.admin;
    if (model !== undefined && old?.isAt(model.listener) === true) {
      return (take) => {
        if (take) old.update(model);
      };
    }
    const next = model === undefined ? undefined : new Admin(model, whole, this.subject, this.wheel);
    await next?.listen();
    return (take) => {
      void (take ? old : next)?.leave();
      if (take) this.admin = next;
    };
  }

  async close(): Promise<void> {
    await this.admin?.close();
  }
}
