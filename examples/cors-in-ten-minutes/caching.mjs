import { page, server } from './stage.mjs';

server('api', 8000, ({ url, headers }, response) => {
  response.setHeader('Content-Type', 'image/svg+xml');
  response.setHeader('Cache-Control', 'max-age=600');
  if (url === '/vary.svg') response.setHeader('Vary', 'Origin');
  if (headers.origin !== undefined) {
    response.setHeader('Access-Control-Allow-Origin', headers.origin);
    response.setHeader('Access-Control-Allow-Methods', 'PUT');
    response.setHeader('Access-Control-Max-Age', '600');
  }
  response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
});

page(5173, async ({ say }) => {
  for (const path of ['/plain.svg', '/vary.svg']) {
    const image = new Image();
    image.src = `http://localhost:8000${path}`;
    await image.decode();
    const isRead = await fetch(image.src).then(
      () => 'read',
      () => 'blocked',
    );
    say(path, 'shown, then', isRead);
  }
  for (const body of ['1', '2']) await fetch('http://localhost:8000/users', { method: 'PUT', body });
});
