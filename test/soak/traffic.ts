import { connectClient, type RawClient } from '../fixtures/raw-client.ts';
import type { Random } from '../fixtures/random.ts';
import { HONEST, LEAVING, RUDE, type Visit } from './visits.ts';

/** What came of some time of traffic. */
export interface Outcome {
  /** By the visit's name. */
  readonly visits: Readonly<Record<string, number>>;
  /** What should not have been, told in words. */
  readonly wrong: readonly string[];
}

const AT_ONCE = 80;
/** Far beyond every timeout of the gateway's: whoever waits longer waits for ever. */
const PATIENCE = 20_000;

const ALL: readonly [name: string, visit: Visit][] = [HONEST, LEAVING, RUDE].flatMap((group) =>
  Object.entries(group).map(([name, visit]): [string, Visit] => [`${nameOf(group)}.${name}`, visit]),
);

/** Visitors who come and go, so many at a time, each doing something else, until the time is over. */
export async function sendTraffic(port: number, milliseconds: number, random: Random): Promise<Outcome> {
  const end = performance.now() + milliseconds;
  const visits: Record<string, number> = {};
  const wrong: string[] = [];
  const visitor = async (): Promise<void> => {
    while (performance.now() < end && wrong.length < 10) {
      const [name, visit] = random.pick(ALL);
      const client = await connectClient(port);
      try {
        await inTime(visit(client, random));
      } catch (error) {
        wrong.push(`${name}: ${String(error)}`);
      }
      visits[name] = (visits[name] ?? 0) + 1;
      await leave(client, random);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
  return { visits, wrong };
}

/** Goodbye, or not even that. */
async function leave(client: RawClient, random: Random): Promise<void> {
  const { socket } = client;
  const way = random.int(3);
  if (way === 0) client.reset();
  else if (way === 1) socket.destroy();
  else {
    client.end();
    socket.resume();
    // Who reads on, but not for ever.
    setTimeout(() => socket.destroy(), 3000).unref();
  }
  if (random.chance(0.5)) await client.closed;
}

function inTime(visit: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no end after ${PATIENCE / 1000} s`)), PATIENCE);
    visit.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function nameOf(group: Readonly<Record<string, Visit>>): string {
  return group === HONEST ? 'honest' : group === LEAVING ? 'leaving' : 'rude';
}
