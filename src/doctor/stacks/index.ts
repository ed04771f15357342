import { preflightNeeded } from '../../cors/index.ts';
import { splitList } from '../../protocol/field-list.ts';
import { isMendedByPolicy, type Examination, type Finding } from '../findings/index.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import { pageRequest } from '../question.ts';
import { awsHttp } from './aws-http.ts';
import { awsRest } from './aws-rest.ts';
import { caddy } from './caddy.ts';
import { cloudflareWorker } from './cloudflare-worker.ts';
import { cloudfront } from './cloudfront.ts';
import { django } from './django.ts';
import { express } from './express.ts';
import { fastapi } from './fastapi.ts';
import { haproxy } from './haproxy.ts';
import { kong } from './kong.ts';
import type { StackName } from './names.ts';
import { next } from './next.ts';
import { node } from './node.ts';
import { nginx } from './nginx.ts';
import { oneorigin } from './oneorigin.ts';
import { spring } from './spring.ts';
import type { Snippet, Stack, Wish } from './stack.ts';
import { traefik } from './traefik.ts';

export type { FixFile, Snippet, Stack, Wish } from './stack.ts';

/** Every stack that fixes are written for. */
export const stacks: Readonly<Record<StackName, Stack>> = {
  nginx,
  kong,
  traefik,
  'aws-rest': awsRest,
  'aws-http': awsHttp,
  'cloudflare-worker': cloudflareWorker,
  cloudfront,
  haproxy,
  caddy,
  express,
  node,
  fastapi,
  next,
  spring,
  django,
  oneorigin,
};

/** The complete change for one stack. */
export interface Fix extends Snippet {
  readonly stack: StackName;
  readonly title: string;
  /** Whether the stack was guessed from what answers; `false`: the user named it. */
  readonly guessed: boolean;
}

/** Two hours: the longest that Chromium keeps a preflight. */
const MAX_AGE = 7200;

/** The fix for what was found; undefined if no policy mends it, or if nobody knows what stands there. */
export function fixFor(
  examination: Examination,
  findings: readonly Finding[],
  named: StackName | undefined,
): Fix | undefined {
  const { question, fingerprints } = examination;
  const isMended = (found: Finding): boolean => found.severity !== 'info' && isMendedByPolicy(found);
  const stack = named ?? fingerprints.find(({ stack }) => stack !== undefined)?.stack;
  if (!findings.some(isMended) || stack === undefined || !/^https?:\/\//.test(question.origin)) return undefined;
  const { title, write } = stacks[stack];
  return { stack, title, guessed: named === undefined, ...write(wishOf(examination, findings)) };
}

/** What the page needs, with what the server allows already: a mend takes nothing away. */
function wishOf({ question, around, journey }: Examination, findings: readonly Finding[]): Wish {
  const url = new URL(around?.url ?? question.url);
  const need = preflightNeeded(pageRequest(question, { url: question.url, method: question.method }));
  const answers = [around?.preflight, ...journey.hops.map(({ preflight }) => preflight?.probe)];
  const allowed = (name: string): string[] =>
    answers
      .flatMap((probe) => fieldsOf(probe?.response?.headers ?? [], name).flatMap((line) => splitList(line)))
      .filter(isPlainName);
  const isOurs = (name: string): boolean => !/^access-control-(?:allow|expose|max)-/.test(name);
  const method = need.requestMethod.toUpperCase();
  const lower = (items: readonly string[]): string[] => items.map((item) => item.toLowerCase());
  const unexposed = findings.find(({ code }) => code === 'doctor-header-unexposed')?.data['names'];
  return {
    origin: question.origin,
    methods: [...new Set([method, ...allowed('access-control-allow-methods')])],
    headers: [...new Set([...need.requestHeaders, ...lower(allowed('access-control-allow-headers'))])].filter(isOurs),
    expose: Array.isArray(unexposed) ? (unexposed as readonly string[]).filter(isPlainName) : [],
    credentials: question.credentials === 'include',
    maxAge: MAX_AGE,
    target: url.origin,
    prefix: /^\/[\w.~-]+\/(?=.)/.exec(url.pathname)?.[0] ?? '/',
  };
}

/** A server's words go into configuration only if they can't mean anything there but a name. */
function isPlainName(text: string): boolean {
  return /^[\w-]+$/.test(text);
}
