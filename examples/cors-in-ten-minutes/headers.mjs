import { page, server } from './stage.mjs';

server('api', 8000, (request, response) => {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Content-Type', 'text/plain');
  response.setHeader('X-Total-Count', '7');
  if (request.url === '/2') response.setHeader('Access-Control-Expose-Headers', 'X-Total-Count');
  response.end();
});

page(5173, async ({ say }) => {
  for (const path of ['/1', '/2']) {
    const { headers } = await fetch(`http://localhost:8000${path}`);
    say(path, headers.get('Content-Type'), headers.get('X-Total-Count'));
  }
});
