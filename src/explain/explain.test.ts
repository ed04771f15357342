import { describe, expect, it } from 'vitest';
import type { ConsoleCode as PrintedCode, FetchStep } from '../cors/index.ts';
import { consoleCatalogue, type ConsoleCode } from '../diagnostics/catalogue/console.ts';
import { explainConsole, type ConsoleFinding } from './index.ts';
import { PATTERNS } from './patterns/index.ts';

const URL = 'https://api.example.com/users';
const PAGE = 'https://app.example.com';
const CHROME = `Access to fetch at '${URL}' from origin '${PAGE}' has been blocked by CORS policy: `;
const PREFLIGHT = "Response to preflight request doesn't pass access control check: ";
const MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
const FIREFOX = `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${URL}. `;

function only(text: string): ConsoleFinding {
  const { findings, understood } = explainConsole(text);
  expect(understood, text).toBe(true);
  expect(findings.map(({ code }) => code)).toHaveLength(1);
  const [finding] = findings;
  if (finding === undefined) throw new Error('nothing found');
  return finding;
}

describe('a message is understood', () => {
  it.each<[string, ConsoleCode, object]>([
    [CHROME + MISSING, 'allow-origin-missing', { url: URL, origin: PAGE, kind: 'fetch' }],
    [CHROME + PREFLIGHT + MISSING, 'allow-origin-missing', { url: URL, preflight: true }],
    [
      `Access to XMLHttpRequest at '${URL}' (redirected from 'http://api.example.com/users') from origin '${PAGE}' has been blocked by CORS policy: ${MISSING}`,
      'allow-origin-missing',
      { kind: 'XMLHttpRequest', url: URL, firstUrl: 'http://api.example.com/users', origin: PAGE },
    ],
    [
      `${CHROME}The 'Access-Control-Allow-Origin' header has a value '${PAGE}/' that is not equal to the supplied origin. Have the server send the header with a valid value.`,
      'allow-origin-mismatch',
      { value: `${PAGE}/`, difference: 'slash' },
    ],
    [
      `${CHROME}Method patch is not allowed by Access-Control-Allow-Methods in preflight response.`,
      'method-not-allowed',
      { method: 'patch' },
    ],
    [
      `${CHROME}Request header field x-token is not allowed by Access-Control-Allow-Headers in preflight response.`,
      'header-not-allowed',
      { header: 'x-token' },
    ],
    [`GET ${URL} net::ERR_FAILED 200 (OK)`, 'response-rejected', { status: '200', url: URL, method: 'GET' }],
    [
      `${FIREFOX}(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.`,
      'allow-origin-missing',
      { url: URL, status: '404' },
    ],
    [
      `${FIREFOX}(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘${PAGE}, *’).`,
      'allow-origin-several',
      { value: `${PAGE}, *` },
    ],
    [`${FIREFOX}(Reason: CORS request did not succeed). Status code: (null).`, 'no-response', { status: '(null)' }],
    [
      `Cross-origin redirection to ${URL} denied by Cross-Origin Resource Sharing policy: Origin ${PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 200`,
      'allow-origin-refused',
      { url: URL, origin: PAGE, status: '200', redirected: 'yes' },
    ],
    [
      'Header Access-Control-Allow-Headers has an invalid value: x-a; x-b',
      'allow-headers-malformed',
      { value: 'x-a; x-b' },
    ],
    [
      `XMLHttpRequest cannot load ${URL}. ${MISSING} Origin '${PAGE}' is therefore not allowed access. The response had HTTP status code 502.`,
      'allow-origin-missing',
      { url: URL, origin: PAGE, status: '502' },
    ],
    [
      `Method METHOD-OF-MINE is not allowed by Access-Control-Allow-Methods.`,
      'method-not-allowed',
      { method: 'METHOD-OF-MINE' },
    ],
    [
      `Refused to connect to '${URL}' because it violates the following Content Security Policy directive: "connect-src 'self'".`,
      'content-security-policy',
      { url: URL, detail: "connect-src 'self'" },
    ],
  ])('%s', (text, code, data) => {
    const finding = only(text);
    expect(finding).toMatchObject({ code, data });
  });

  it.each(PATTERNS.filter(({ role, code }) => role === 'cause' && code !== undefined))(
    '$engine: $text',
    ({ text, code, engine, era }) => {
      const filled = text
        .replaceAll('{status}', '500')
        .replaceAll(/\{(?:url|firstUrl|page|origin)\}/g, URL)
        .replaceAll(/\{\w+\}/g, 'something');
      // An empty value is a header that is missing; here it never is.
      expect(only(filled)).toMatchObject({ code, engine: expect.toBeOneOf([engine, 'any', 'chromium']) as string });
      expect(only(filled).era === 'old' || era === undefined).toBe(true);
    },
  );

  it('with what it is called, and not what it looks like', () => {
    expect(only(CHROME + MISSING)).toMatchObject({ kind: 'cors', step: 'G', engine: 'chromium' });
    expect(only(CHROME + PREFLIGHT + MISSING)).toMatchObject({ step: 'F', preflight: true });
    expect(only(`Blocked loading mixed active content “http://a.example/”`)).toMatchObject({
      kind: 'look-alike',
      step: 'N',
    });
    expect(only('TypeError: Failed to fetch')).toMatchObject({ kind: 'follow-up' });
  });

  it('though its end was cut off', () => {
    expect(only(`Access to fetch at '${URL}' from origin '${PAGE}' has been blocked by CORS policy`)).toMatchObject({
      code: 'reason-missing',
      data: { url: URL, origin: PAGE },
    });
  });
});

describe('noise does not matter:', () => {
  const plain = `${CHROME}${PREFLIGHT}${MISSING}`;
  const wrap = (width: number): string => plain.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n');

  it.each([
    ['curly quotes', plain.replaceAll(/'(?=\S)/g, '‘').replaceAll("'", '’')],
    ['no quotes', plain.replaceAll("'", '')],
    ['lines wrapped at blanks', plain.replaceAll(' ', '\n   ')],
    ['lines cut anywhere', wrap(23)],
    ['blanks collapsed and doubled', plain.replaceAll(' ', ' \u00A0 ')],
    ['other case', plain.replaceAll('Access-Control', 'ACCESS-CONTROL').replace('No ', 'no ')],
    ['colours', `\u001B[31m${plain.replaceAll(' ', '\u001B[1m \u001B[0m')}`],
    ['a time and a source in front', `[12:01:33.123] app.js:12 ${plain}`],
    [
      'a source column at the right',
      plain.replace('policy: ', 'policy:        app.js:12:7\n').replace('request ', 'request   (index):1\n'),
    ],
    ['a quotation', plain.replaceAll(/(.{40,60}) /g, '$1\n> ').replace(/^/, '> ')],
    ['JSON', JSON.stringify({ text: plain.replaceAll("'", '"') })],
    ['HTML', plain.replaceAll("'", '&#39;')],
    [
      'a promise and a stack',
      `Uncaught (in promise) ${plain}\n    at save (${PAGE}/app.js:12:3)\n    at async main (${PAGE}/app.js:40:1)`,
    ],
    ['a markdown fence', `\`\`\`\n${plain}\n\`\`\``],
  ])('%s', (_what, text) => {
    const { findings } = explainConsole(text);
    expect(findings[0]).toMatchObject({
      code: 'allow-origin-missing',
      preflight: true,
      data: { url: URL, origin: PAGE },
    });
    expect(findings.filter(({ kind }) => kind === 'cors')).toHaveLength(1);
  });
});

describe('a whole console', () => {
  const text = `index.js:7 Fetching users
[Violation] 'click' handler took 210ms
app.js:12 ${CHROME}${PREFLIGHT}${MISSING}
app.js:12  PUT ${URL} net::ERR_FAILED
save @ app.js:12
app.js:13 ${CHROME}${PREFLIGHT}${MISSING}
app.js:20 Access to fetch at '${URL}/2' from origin '${PAGE}' has been blocked by CORS policy: ${PREFLIGHT}${MISSING}
Uncaught (in promise) TypeError: Failed to fetch
    at save (app.js:12:3)
Refused to connect to 'https://cdn.example/' because it violates the following Content Security Policy directive: "default-src 'self'".
`;
  const explanation = explainConsole(text);

  it('tells each cause once, and what goes along with it behind', () => {
    expect(explanation.findings.map(({ code, count }) => [code, count])).toEqual([
      ['allow-origin-missing', 3],
      ['content-security-policy', 1],
      ['blocked-follow-up', 1],
      ['fetch-rejected', 1],
    ]);
    expect(explanation.findings[0]?.urls).toEqual([URL, `${URL}/2`]);
    expect(explanation.unknown).toEqual([]);
  });

  it('takes the method from the line beside', () => {
    expect(explanation.findings[0]?.next).toEqual({
      command: `oneorigin doctor ${URL} --origin ${PAGE} --method PUT`,
      missing: [],
    });
  });

  it('tells methods apart that are not allowed', () => {
    const said = (method: string): string =>
      `${CHROME}Method ${method} is not allowed by Access-Control-Allow-Methods in preflight response.`;
    const { findings } = explainConsole([said('PUT'), said('DELETE'), said('PUT')].join('\n'));
    expect(findings.map(({ data, count }) => [data['method'], count])).toEqual([
      ['PUT', 2],
      ['DELETE', 1],
    ]);
  });

  it('of Safari: the URL stands in the line that follows', () => {
    const { findings } = explainConsole(`[Error] Preflight response is not successful. Status code: 405
[Error] Fetch API cannot load ${URL} due to access control checks.
[Error] Failed to load resource: Preflight response is not successful. Status code: 405 (users, line 0)
[Error] Unhandled Promise Rejection: TypeError: Load failed
\t(anonymous function) (app.js:12)
\tsave (${PAGE}/app.js:12:3)`);
    expect(findings.map(({ code, engine, count }) => [code, engine, count])).toEqual([
      ['preflight-status', 'webkit', 2],
      ['blocked-follow-up', 'webkit', 1],
      ['fetch-rejected', 'any', 1],
    ]);
    expect(findings[0]).toMatchObject({ urls: [URL], data: { status: '405' } });
    expect(findings[0]?.next?.command).toBe(`oneorigin doctor ${URL} --origin ${PAGE} --method METHOD`);
  });

  it('lists URLs and origins', () => {
    expect(explanation.urls).toEqual([URL, PAGE, `${URL}/2`, 'https://cdn.example/']);
    expect(explanation.origins).toEqual(['https://api.example.com', PAGE, 'https://cdn.example']);
  });

  it('of Firefox: the page is the other origin, and a second message goes along with the first', () => {
    const { findings } = explainConsole(`${FIREFOX}(Reason: CORS preflight response did not succeed). Status code: 401.
${FIREFOX}(Reason: CORS request did not succeed). Status code: (null).
save@${PAGE}/app.js:12:3`);
    expect(findings.map(({ code }) => code)).toEqual(['preflight-status', 'blocked-follow-up']);
    expect(findings[0]).toMatchObject({ data: { origin: PAGE, status: '401' }, step: 'F' });
    expect(findings[0]?.causes[0]).toContain('login');
  });
});

describe('the next command', () => {
  const next = (text: string): string | undefined => only(text).next?.command;

  it.each([
    [
      `${CHROME}Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.`,
      `oneorigin doctor ${URL} --origin ${PAGE} --method PUT`,
    ],
    [
      `${CHROME}Request header field content-type is not allowed by Access-Control-Allow-Headers in preflight response.`,
      `oneorigin doctor ${URL} --origin ${PAGE} -H 'content-type: application/json'`,
    ],
    [
      `${CHROME}The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.`,
      `oneorigin doctor ${URL} --origin ${PAGE} --credentials include`,
    ],
    [CHROME.replace(URL, `${URL}?a=1&b=$(x)`) + MISSING, `oneorigin doctor '${URL}?a=1&b=$(x)' --origin ${PAGE}`],
    [CHROME.replace(PAGE, 'null') + MISSING, `oneorigin doctor ${URL} --origin null`],
    [
      `${CHROME}${PREFLIGHT}It does not have HTTP ok status.`,
      `oneorigin doctor ${URL} --origin ${PAGE} --method METHOD`,
    ],
    [MISSING, 'oneorigin doctor URL --origin ORIGIN'],
    [CHROME.replace(URL, 'https://api.example.com/…/users') + MISSING, `oneorigin doctor URL --origin ${PAGE}`],
  ])('for %s', (text, command) => expect(next(text)).toBe(command));

  it('is none where asking the server shows nothing', () => {
    expect(next(`Blocked loading mixed active content “${URL}”`)).toBeUndefined();
  });

  it('never holds more than words, whatever the text holds', () => {
    const evil = `${CHROME.replace(PAGE, 'https://a.example; rm -rf /')}Request header field x'$(id)\` is not allowed by Access-Control-Allow-Headers in preflight response.`;
    const command = next(evil) ?? '';
    expect(command).not.toContain('rm -rf');
    expect(command).not.toContain('$(id)');
  });
});

describe('what is unknown', () => {
  it('is said, with the nearest that is known', () => {
    const { understood, unknown } = explainConsole(
      'Header field x-token was not permitted by the Access-Control-Allow-Headers of the preflight response',
    );
    expect(understood).toBe(false);
    expect(unknown).toMatchObject([{ nearest: { code: 'header-not-allowed' }, foreign: false }]);
  });

  it.each(['hello world', '{}', '?', 'CORS'])('%s is near to nothing', (text) => {
    expect(explainConsole(text)).toMatchObject({ understood: false, findings: [], unknown: [{ nearest: undefined }] });
  });

  it('may be another language', () => {
    const german = `Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf ${URL}. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt).`;
    expect(explainConsole(german)).toMatchObject({ understood: false, urls: [URL], unknown: [{ foreign: true }] });
  });

  it('is not a link to a manual', () => {
    const text = `${FIREFOX}(Reason: CORS request did not succeed). See https://developer.mozilla.org/docs/CORS/Errors`;
    expect(explainConsole(text).unknown).toEqual([]);
  });

  it('may be the reason alone', () => {
    const { understood, findings, unknown } = explainConsole(`${CHROME}The moon stands in the wrong place.`);
    expect(understood).toBe(false);
    expect(findings).toMatchObject([{ code: 'reason-missing', data: { url: URL } }]);
    expect(unknown).toMatchObject([{ text: 'The moon stands in the wrong place.' }]);
  });
});

it('steps that fail, and lines that are printed, have the names that the browser model gives them', () => {
  // The compiler holds every other of them to it too.
  const codeOf = (step: FetchStep | PrintedCode): ConsoleCode => step;
  expect(consoleCatalogue).toHaveProperty(codeOf('allow-origin-mismatch'));
});

it('every code can be found in a text, and has prose of whole sentences', () => {
  const found = new Set(PATTERNS.map(({ code }) => code));
  // By their values only.
  found.add('allow-credentials-missing');
  expect([...found].filter((code) => code !== undefined).toSorted()).toEqual(Object.keys(consoleCatalogue).toSorted());
  for (const entry of Object.values(consoleCatalogue)) {
    for (const data of [
      {},
      { origin: PAGE, value: 'x', status: '401', preflight: true, header: 'x-a', method: 'put', difference: 'slash' },
    ]) {
      for (const sentence of [entry.message(data), entry.mend(data), ...entry.causes(data)]) {
        expect(sentence).toMatch(/^[A-Z`].*[.]$/s);
        expect(sentence).not.toContain('undefined');
      }
      expect(entry.causes(data).length).toBeGreaterThan(0);
    }
  }
});
