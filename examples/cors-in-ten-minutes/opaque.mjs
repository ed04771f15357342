import { page, server } from './stage.mjs';

server('api', 8000, (_request, response) => {
  response.setHeader('X-Total-Count', '7');
  response.end('42');
});

page(5173, async ({ say }) => {
  const response = await fetch('http://localhost:8000/users', { mode: 'no-cors' });
  const { type, status, ok } = response;
  say('type:', type, 'status:', status, 'ok:', ok);
  say('body:', JSON.stringify(await response.text()), 'header:', response.headers.get('X-Total-Count'));
});
