/**
 * A page that fetches `/plan`, makes its requests one by one, in a sandboxed frame where a case says so, and posts what
 * it got to `/result`. It runs in any browser, without being driven.
 */
export const RIG_PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<script>
function bodyOf(body) {
  if (body === undefined) return undefined;
  const { kind, text, type } = body;
  if (kind === 'urlencoded') return new URLSearchParams(text);
  if (kind === 'bytes') return new TextEncoder().encode(text);
  if (kind === 'blob') return new Blob([text], { type });
  if (kind !== 'formdata') return text;
  const form = new FormData();
  form.append('a', text);
  return form;
}

async function ask({ url, request }) {
  const { headers, body, ...init } = request;
  try {
    // As pairs: of a Headers object a second line of the same name would come as one with the first.
    init.headers = headers;
    if (body !== undefined) init.body = bodyOf(body);
    new Request(url, init);
  } catch {
    return { threw: true, outcome: 'error' };
  }
  try {
    const response = await fetch(url, init);
    const { type, status, redirected } = response;
    const isOpaque = type === 'opaque' || type === 'opaqueredirect';
    const found = { outcome: isOpaque ? 'opaque' : 'readable', type, status, redirected };
    if (isOpaque) return found;
    const readableHeaders = [...new Set(response.headers.keys())].sort();
    const bodyReadable = await response.text().then(() => true, () => false);
    return { ...found, readableHeaders, bodyReadable };
  } catch {
    return { outcome: 'error' };
  }
}

function askInFrame(job, frame) {
  return new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
    frame.contentWindow.postMessage(job, '*');
  });
}

async function run() {
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.src = '/frame';
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  await loaded;
  const plan = await (await fetch('/plan')).json();
  const results = {};
  for (const { id, framed, jobs } of plan) {
    results[id] = [];
    for (const job of jobs) {
      results[id].push(framed ? await askInFrame(job, frame) : await ask(job));
      await fetch('/mark/' + id);
    }
  }
  await fetch('/result', { method: 'POST', body: JSON.stringify(results) });
  document.title = 'done';
}

if (location.pathname === '/frame') {
  addEventListener('message', async ({ data, source }) => source.postMessage(await ask(data), '*'));
} else {
  addEventListener('load', run);
}
</script>
<body></body>`;
