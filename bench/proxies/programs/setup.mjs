// What all these programs share: what they're told, and the policy in the options of the package `cors`.
import { EXPOSED, MAX_AGE, METHODS, REQUEST_HEADERS } from '../policy.mjs';

const { port, backendPort, policy, events } = JSON.parse(process.argv[2]);

export { events, port };
export const target = `http://127.0.0.1:${backendPort}`;

/** Node closes idle clients after 5 s; the others keep them for 75. */
export const KEEP_ALIVE = 75_000;

export const corsOptions =
  policy === undefined
    ? undefined
    : {
        origin: policy.origins,
        methods: METHODS,
        allowedHeaders: REQUEST_HEADERS,
        exposedHeaders: EXPOSED,
        credentials: true,
        maxAge: MAX_AGE,
      };
