import type { StackName } from './stacks/names.ts';
import type { ProbeResponse } from './probe/types.ts';

/** A sign of what stands at a URL. */
export interface Fingerprint {
  /** As people call it: `nginx`, `Cloudflare`. */
  readonly product: string;
  /** The stack whose configuration would mend it, if the doctor knows it. */
  readonly stack: StackName | undefined;
  /** The line that gives it away. */
  readonly evidence: string;
}

interface Sign {
  readonly product: string;
  readonly stack?: StackName;
  /** Tested against each line, `name: value`, name in lower case. */
  readonly line?: RegExp;
  /** Tested against the body's beginning. */
  readonly body?: RegExp;
}

/** In the order in which a mend is tried: what is nearest to the application's own policy comes first. */
const SIGNS: readonly Sign[] = [
  { product: 'oneorigin', stack: 'oneorigin', line: /^server: oneorigin/i },
  { product: 'oneorigin', stack: 'oneorigin', body: /"type":"urn:oneorigin:problem:/ },
  { product: 'Kong', stack: 'kong', line: /^(?:x-kong-[\w-]+:|server: kong|via:.*kong)/i },
  { product: 'API Gateway (REST)', stack: 'aws-rest', line: /^(?:x-amz-apigw-id|x-amzn-errortype):/ },
  { product: 'API Gateway (HTTP)', stack: 'aws-http', line: /^apigw-requestid:/ },
  { product: 'Next.js', stack: 'next', line: /^(?:x-powered-by: next\.js|x-nextjs-[\w-]+:)/i },
  { product: 'Express', stack: 'express', line: /^x-powered-by: express/i },
  { product: 'uvicorn', stack: 'fastapi', line: /^server: uvicorn/i },
  { product: 'Django', stack: 'django', line: /^server: (?:wsgiserver|gunicorn)/i },
  { product: 'Django', stack: 'django', body: /<title>Page not found at |csrfmiddlewaretoken/ },
  { product: 'Spring', stack: 'spring', body: /Whitelabel Error Page|"timestamp":"[^"]+","status":\d+,"error":/ },
  { product: 'Spring', stack: 'spring', line: /^x-application-context:/ },
  { product: 'Caddy', stack: 'caddy', line: /^(?:server|via):.*\bcaddy/i },
  { product: 'nginx', stack: 'nginx', line: /^server: (?:nginx|openresty)/i },
  { product: 'nginx', stack: 'nginx', body: /<center>(?:nginx|openresty)/ },
  {
    product: 'HAProxy',
    stack: 'haproxy',
    body: /<h1>\d{3} [^<]+<\/h1>\n(?:No server is available|The server|Your browser sent|Request forbidden)/,
  },
  { product: 'Traefik', stack: 'traefik', body: /^404 page not found\n$/ },
  { product: 'CloudFront', stack: 'cloudfront', line: /^(?:x-amz-cf-id:|via:.*cloudfront)/i },
  { product: 'Cloudflare', stack: 'cloudflare-worker', line: /^(?:cf-ray:|server: cloudflare)/i },
  { product: 'Envoy', line: /^(?:x-envoy-[\w-]+:|server: (?:envoy|istio-envoy))/i },
  { product: 'Apache', line: /^server: apache/i },
  { product: 'IIS', line: /^server: microsoft-iis/i },
  { product: 'Varnish', line: /^(?:x-varnish:|via:.*varnish)/i },
  { product: 'PHP', line: /^x-powered-by: php/i },
  { product: 'Vercel', line: /^(?:x-vercel-id:|server: vercel)/i },
];

/** What gives itself away in these answers, each product once, in the order in which a mend is tried. */
export function fingerprint(responses: readonly ProbeResponse[]): Fingerprint[] {
  const found = new Map<string, Fingerprint>();
  for (const { product, stack, line, body } of SIGNS) {
    if (found.has(product)) continue;
    const evidence = line === undefined ? findBody(responses, body) : findLine(responses, line);
    if (evidence !== undefined) found.set(product, { product, stack, evidence });
  }
  return [...found.values()];
}

function findLine(responses: readonly ProbeResponse[], sign: RegExp): string | undefined {
  const lines = responses.flatMap(({ headers }) => headers);
  const found = lines.find(([name, value]) => sign.test(`${name.toLowerCase()}: ${value}`));
  return found && `${found[0]}: ${found[1]}`;
}

function findBody(responses: readonly ProbeResponse[], sign: RegExp | undefined): string | undefined {
  return sign && responses.map(({ body }) => sign.exec(body)?.[0]).find((match) => match !== undefined);
}
