import { page, server } from './stage.mjs';

server('api', 8000, (request, response) => {
  const isScript = request.url === '/greet.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/plain');
  response.end(isScript ? "globalThis.greeting = 'hello'" : '42');
});

page(5173, async ({ ask, say }) => {
  await ask('fetch', 'http://localhost:8000/users');

  const script = document.createElement('script');
  script.src = 'http://localhost:8000/greet.js';
  document.head.append(script);
  await new Promise((resolve) => script.addEventListener('load', resolve));
  say('script: it runs, and says', globalThis.greeting);

  const frame = document.createElement('iframe');
  frame.src = 'http://localhost:8000/frame';
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve));
  say('frame: it is shown, and its document is', frame.contentDocument);

  say('beacon: sent,', navigator.sendBeacon('http://localhost:8000/beacon', 'x'));
});
