/** One thing that some server somewhere does to a path before it looks at it. */
type Step = (path: string) => string;

/** Encodings of ASCII in more bytes than needed, as decoders without care take them. */
const overlong: Step = (path) =>
  path.replaceAll(/%c([01])%([89ab])([0-9a-f])/gi, (_all, high: string, mid: string, low: string) =>
    String.fromCharCode((Number(high) << 6) | ((Number.parseInt(mid, 16) & 3) << 4) | Number.parseInt(low, 16)),
  );

const decode: Step = (path) =>
  path.replaceAll(/%([0-9a-f]{2})/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

const backslashes: Step = (path) => path.replaceAll('\\', '/');

const cutAtNul: Step = (path) => path.replace(/\0.*$/s, '');

const dropParameters: Step = (path) => path.replaceAll(/;[^/]*/g, '');

const mergeSlashes: Step = (path) => path.replaceAll(/\/{2,}/g, '/');

const resolveDots: Step = (path) => {
  const out: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') out.pop();
    else if (segment !== '.') out.push(segment);
  }
  return `/${out.join('/')}`;
};

/** As browsers and many servers parse it. */
const asUrl: Step = (path) => {
  try {
    return new URL(`http://a${path}`).pathname;
  } catch {
    return path;
  }
};

/** In the order in which servers do them; each may be left out. Decoding twice is what two servers in a row come to. */
const STEPS: readonly Step[] = [
  asUrl,
  overlong,
  decode,
  decode,
  backslashes,
  cutAtNul,
  dropParameters,
  mergeSlashes,
  resolveDots,
];

/** Every way of reading a path that these steps allow. */
export function readings(path: string): ReadonlySet<string> {
  let all = new Set([path]);
  for (const step of STEPS) all = new Set([...all, ...[...all].map(step)]);
  return all;
}
