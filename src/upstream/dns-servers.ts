import { Resolver, type RecordWithTtl } from 'node:dns';
import { FAILURE_TTL, failedReply, type NameReply, type NameSource } from './name-source.ts';

/** Milliseconds: answers that hold for less would be asked for at each request, those that hold for more are taken up too late. */
const TTL = { least: 1000, most: 300_000 } as const;
/** How often each server is asked before it's taken for dead. */
const TRIES = 2;

type Answer = readonly RecordWithTtl[] | NodeJS.ErrnoException;

/** Names as DNS servers of one's choice know them; nothing else is asked. */
export class DnsServers implements NameSource {
  private readonly resolver: Resolver;

  /**
   * @param servers addresses, each with or without a port (`127.0.0.1:5300`, `[::1]:5300`)
   * @param timeout milliseconds in which a server that is there answers. Each has so long in all its tries
   */
  constructor(servers: readonly string[], timeout: number) {
    // The second try waits for twice as long as the first.
    this.resolver = new Resolver({ timeout: Math.ceil(timeout / 3), tries: TRIES });
    this.resolver.setServers(servers);
  }

  ask(name: string, done: (reply: NameReply) => void): void {
    // RFC 6761 §6.3: no server is asked for these.
    if (/^(?:.+\.)?localhost$/i.test(name)) {
      return queueMicrotask(() => done({ addresses: ['127.0.0.1', '::1'], failure: undefined, ttl: TTL.most }));
    }
    const answers: { a?: Answer; aaaa?: Answer } = {};
    const answered = (): void => {
      if (answers.a !== undefined && answers.aaaa !== undefined) done(merge(answers.a, answers.aaaa));
    };
    this.resolver.resolve4(name, { ttl: true }, (error, records) => {
      answers.a = error ?? records;
      answered();
    });
    this.resolver.resolve6(name, { ttl: true }, (error, records) => {
      answers.aaaa = error ?? records;
      answered();
    });
  }

  close(): void {
    this.resolver.cancel();
  }
}

/**
 * Of two answers one. Where only one of the questions failed the other's addresses do: many servers don't know what to say
 * of IPv6, and no address is used that wasn't seen here.
 */
function merge(a: Answer, aaaa: Answer): NameReply {
  const [v4, v6] = [recordsOf(a), recordsOf(aaaa)];
  // By turns (RFC 8305 §4): one of the two may not lead anywhere from here.
  const records = Array.from({ length: Math.max(v4.length, v6.length) }, (_, at) => [v4[at], v6[at]])
    .flat()
    .filter((record) => record !== undefined);
  if (records.length === 0) return failure(a, aaaa);
  const ttl = Math.min(...records.map((record) => record.ttl)) * 1000;
  return {
    addresses: [...new Set(records.map(({ address }) => address))],
    failure: undefined,
    ttl: Math.min(Math.max(ttl, TTL.least), TTL.most),
  };
}

function recordsOf(answer: Answer): readonly RecordWithTtl[] {
  return answer instanceof Error ? [] : answer;
}

/** The failure that says most: a name without an address is known to nobody better than to whoever said so. */
function failure(...answers: readonly Answer[]): NameReply {
  const replies = answers.map((answer) => (answer instanceof Error ? failedReply(answer) : undefined));
  const rank = ['timeout', 'failed', 'not-found', 'no-address'] as const;
  const kind = rank.find((each) => replies.some((reply) => reply?.failure === each)) ?? 'no-address';
  return { addresses: [], failure: kind, ttl: FAILURE_TTL };
}
