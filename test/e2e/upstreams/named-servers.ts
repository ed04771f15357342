import type { RawHead, RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';

/** What a server does with a request that it has read. By default it answers with its name. */
export type Behaviour = (peer: RawPeer, head: RawHead, body: string) => Promise<void> | void;

/** A server that answers with its name, unless it's told to do something else. */
export interface NamedServer extends RawUpstream {
  readonly name: string;
  /** Start lines of all requests, in the order they came. */
  readonly asked: string[];
  /** What it does from now on; undefined: answer with its name. */
  does: Behaviour | undefined;
}

/** Starts one on a free port. */
export async function startNamed(name: string, host = '127.0.0.1'): Promise<NamedServer> {
  const state: { does: Behaviour | undefined } = { does: undefined };
  const asked: string[] = [];
  const server = await startRawUpstream(
    async (peer) => {
      for (;;) {
        const head = await peer.head();
        const { text } = await peer.body(head);
        asked.push(head.start);
        if (state.does === undefined) peer.send(plain(name));
        else await state.does(peer, head, text);
      }
    },
    { host },
  );
  return Object.defineProperties(state, {
    ...Object.getOwnPropertyDescriptors(server),
    name: { value: name },
    asked: { value: asked },
  }) as NamedServer;
}

/** Starts several. */
export function startAllNamed(...names: string[]): Promise<NamedServer[]> {
  return Promise.all(names.map((name) => startNamed(name)));
}

/** Answers with a status and the server's body as text. */
export function status(code: number, text = ''): Behaviour {
  return (peer) => {
    peer.send(`HTTP/1.1 ${code} Told\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  };
}

/** Faults, by the phase in which the server breaks off. */
export const resets: Behaviour = (peer) => {
  peer.reset();
};
