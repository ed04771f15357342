import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { createPolicy, decide, definePolicy, explainDecision, type PolicyOptions } from '../../src/cors/index.ts';
import { catalogue, proseOf, type Diagnostic } from '../../src/diagnostics/index.ts';
import { OPTIONS, REFUSALS, type Refusal } from '../../test/fixtures/cors-examples.ts';
import { fence, GENERATED, page, prose, section } from './markdown.ts';
import { SAMPLES } from './samples.ts';

const GOLDEN = fileURLToPath(new URL('../../test/config/golden/', import.meta.url));

interface Example {
  readonly language: string;
  readonly config: string;
  readonly output: string;
}

/** The page of what `oneorigin check`, a policy or the command line says. */
export function configPage(code: string): string {
  const example = goldenOf(code);
  if (example !== undefined) return exampleOf(code, example);
  const found = policyProblem(code) ?? refusal(code);
  const { text, diagnostic } = found ?? { text: '', diagnostic: sampleOf(code) };
  const { message, mend } = proseOf(diagnostic);
  return page(
    `# ${code}`,
    GENERATED,
    prose(message),
    text,
    section('What to do', prose(mend)),
    section('See', see(code)),
  );
}

function exampleOf(code: string, { config, output, language }: Example): string {
  const message = new RegExp(`\\[${code}\\](?: .*?)?: (.*)`).exec(output)?.[1] ?? '';
  const mend = /^ +→ (.*)$/m.exec(output)?.[1] ?? '';
  return page(
    `# ${code}`,
    GENERATED,
    prose(message),
    section('An example', fence(config, language), '`oneorigin check` says', fence(output, 'text')),
    section('What to do', prose(mend)),
    section('See', see(code)),
  );
}

const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^auth-/, '[Authentication](../auth.md)'],
  [/^guard-/, '[Guards](../guard.md)'],
  [/^cors-|^policy-|^report-/, '[CORS policies](../cors.md)'],
  [
    /^route|^strip-|^rewrite-|^template-|^method-|^header-/,
    '[Routing](../routing.md) and [configuration](../configuration.md)',
  ],
  [/^files-|^fallback-|^index-/, '[files](../files.md)'],
  [/^redirect-|^respond-/, '[redirect and respond](../redirect-and-respond.md)'],
  [/^cli-|^simulated-/, '[The command line](../cli.md)'],
  [/^live-/, '[The log](../logging.md#findings)'],
  [/^worker-/, '[Workers](../workers.md)'],
  [
    /^server-|^upstream-|^sticky-|^cookie-|^health-|^back-off-|^resolver-/,
    '[Upstreams](../upstreams.md) and [configuration](../configuration.md)',
  ],
  [/^edge-/, '[Edge runtimes](../edge.md)'],
];

function see(code: string): string {
  return `${PLACES.find(([pattern]) => pattern.test(code))?.[1] ?? '[Configuration](../configuration.md)'}.`;
}

/** The shortest of the configs that are tested for what is said about them. */
function goldenOf(code: string): Example | undefined {
  const names = readdirSync(GOLDEN);
  const found = names
    .filter((name) => name.endsWith('.txt') && name !== 'everything-at-once.txt')
    .flatMap((name) => {
      const text = readFileSync(GOLDEN + name, 'utf8');
      const output = text
        .split(/\n(?=\S+:\d+:\d+ |\S+ (?:error|warning|info)\[|(?:error|warning|info)\[)/)
        .find((block) => block.includes(`[${code}]`));
      const config = names.find((one) => one !== name && one.startsWith(name.slice(0, -'txt'.length)));
      return output === undefined || config === undefined ? [] : [{ config, output: output.split('\n\n')[0] ?? '' }];
    });
  const configs = found.map(({ config, output }) => ({
    language: config.slice(config.lastIndexOf('.') + 1),
    config: readFileSync(GOLDEN + config, 'utf8'),
    output,
  }));
  // As most people write configs, if there is such a one.
  const rank = ({ language, config }: Example): number => (language === 'yaml' ? 0 : 1e6) + config.length;
  return configs.toSorted((a, b) => rank(a) - rank(b))[0];
}

interface Shown {
  readonly text: string;
  readonly diagnostic: Diagnostic;
}

function policyProblem(code: string): Shown | undefined {
  if (!Object.hasOwn(OPTIONS, code)) return undefined;
  const options = OPTIONS[code as keyof typeof OPTIONS] as PolicyOptions;
  const result = createPolicy(options, { path: ['cors', 'pages'] });
  const diagnostic = ('problems' in result ? result.problems : result.warnings).find((one) => one.code === code);
  if (diagnostic === undefined) return undefined;
  return { text: section('An example', fence(stringify({ cors: { pages: options } }), 'yaml')), diagnostic };
}

function refusal(code: string): Shown | undefined {
  if (!Object.hasOwn(REFUSALS, code)) return undefined;
  const { options, origin, method = 'GET', headers } = REFUSALS[code as keyof typeof REFUSALS] as Refusal;
  const policy = definePolicy(options);
  const decision = decide(policy, {
    method: 'OPTIONS',
    origin,
    requestMethod: method,
    requestHeaders: headers,
    sameOrigin: false,
  });
  const diagnostic = explainDecision(decision, policy).find((one) => one.code === code);
  if (diagnostic === undefined) return undefined;
  const asked = [
    'OPTIONS /users HTTP/1.1',
    `Origin: ${origin}`,
    `Access-Control-Request-Method: ${method}`,
    ...(headers === undefined ? [] : [`Access-Control-Request-Headers: ${headers}`]),
  ];
  const text = section(
    'An example',
    fence(stringify({ cors: { pages: options } }), 'yaml'),
    'and a request',
    fence(asked.join('\n'), 'http'),
  );
  return { text, diagnostic };
}

function sampleOf(code: string): Diagnostic {
  const data = SAMPLES[code];
  if (data === undefined || !Object.hasOwn(catalogue, code))
    throw new Error(`Give ${code} a sample in scripts/findings/samples.ts.`);
  return { code, severity: 'error', data };
}
