import type { LookupAddress } from 'node:dns';
import { lookupHost } from '../wire/http1/lookup-host.ts';
import { failedReply, type NameSource } from './name-source.ts';

/** The system doesn't say how long an answer holds, and keeps answers itself where it's set up to. */
const SYSTEM_TTL = 10_000;

/** Names as the system knows them: its hosts file, its search list, its servers. */
export const systemNames: NameSource = {
  ask(name, done) {
    lookupHost(name, { all: true }, (error, found) => {
      if (error !== null) return done(failedReply(error));
      const addresses = (found as LookupAddress[]).map(({ address }) => address);
      done({ addresses: [...new Set(addresses)], failure: undefined, ttl: SYSTEM_TTL });
    });
  },
  close() {
    // A lookup of the system's can't be taken back.
  },
};
