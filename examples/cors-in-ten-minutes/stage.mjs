// What the examples beside this file share: servers that say what arrives, and a page that runs a script.
import { createServer } from 'node:http';

/** Starts a server that prints each request, and answers as told. */
export function server(name, port, answer) {
  createServer((request, response) => {
    const { method, url, headers } = request;
    const origin = headers.origin === undefined ? '' : `  Origin: ${headers.origin}`;
    const cookie = headers.cookie === undefined ? '' : `  Cookie: ${headers.cookie}`;
    console.log(`${name}  ${method} ${url}${origin}${cookie}`);
    answer(request, response);
  }).listen(port, '127.0.0.1');
}

/** Serves a page at http://localhost:PORT whose script is this function. It runs in the browser, not here. */
export function page(port, script) {
  const html = `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>running</title>
<pre id="output"></pre>
<script type="module">
const say = (...words) => output.append(words.map(String).join(' ') + '\\n');
const ask = async (what, url, options) => {
  try {
    const response = await fetch(url, options);
    say(what + ':', response.status, await response.text());
  } catch {
    say(what + ': blocked');
  }
};
await (${script})({ say, ask });
document.title = 'done';
</script>`;
  createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html);
  }).listen(port, '127.0.0.1', () => console.log(`Open http://localhost:${port}`));
}
