import type { ProbeRequest } from '../probe/types.ts';
import type { Question } from '../question.ts';
import { partsOfUrl } from '../../protocol/secret-names.ts';
import { isPublicHeader } from '../secrets.ts';

/** What the doctor adds by itself, and nobody needs to see the same answer. */
const LEFT_OUT = new Set(['user-agent', 'accept', 'accept-encoding', 'sec-fetch-mode', 'sec-fetch-dest']);

/** The command that asks the same by hand. Secrets are shell variables, named after their headers and parameters. */
export function curlOf({ url, method, headers, body }: ProbeRequest, question: Question): string {
  const own = new Set(question.headers.map(([name]) => name.toLowerCase()));
  const parts = ['curl -i', ...(method === 'GET' ? [] : [method === 'HEAD' ? '-I' : `-X ${method}`]), quoteUrl(url)];
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (LEFT_OUT.has(key) && !own.has(key)) continue;
    const isSecret = key === 'cookie' || (own.has(key) && !isPublicHeader(key));
    parts.push(isSecret ? `-H "${name}: $${variable(name)}"` : `-H ${quote(`${name}: ${value}`)}`);
  }
  if (body !== undefined) parts.push('--data "$BODY"');
  return parts.join(' ');
}

/** `'https://a.example/?token='"$TOKEN"'&page=2'`: only the variables stand where the shell looks. */
function quoteUrl(url: string): string {
  let quoted = '';
  let plain = '';
  for (const { text, secret } of partsOfUrl(url)) {
    if (secret === undefined) {
      plain += text;
      continue;
    }
    quoted += `${quote(plain)}"$${variable(secret)}"`;
    plain = '';
  }
  return quoted + (plain === '' && quoted !== '' ? '' : quote(plain));
}

function variable(name: string): string {
  return name.toUpperCase().replaceAll(/\W/g, '_').replace(/^\d/, '_$&');
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
