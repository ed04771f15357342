import { randomBytes } from 'node:crypto';

/**
 * Milliseconds that a secret is used for tickets. Who has a secret can read what was recorded of the sessions resumed with
 * it (those of TLS 1.2), so that one process's is forgotten after half a day.
 */
export const TICKET_LIFE = 12 * 3_600_000;

/** Hands out a new secret to make the keys of session tickets of, now and whenever one has been used for long enough. It keeps no process alive. @returns ends it */
export function renewTicketSecrets(use: (secret: Buffer) => void): () => void {
  use(randomBytes(32));
  const timer = setInterval(() => use(randomBytes(32)), TICKET_LIFE);
  timer.unref();
  return () => clearInterval(timer);
}
