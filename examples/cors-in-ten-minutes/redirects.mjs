import { page, server } from './stage.mjs';

const allowed = {
  'Access-Control-Allow-Origin': 'http://localhost:5173',
  'Access-Control-Allow-Methods': 'PUT',
};

server('api', 8000, ({ url }, response) => {
  const to = { '/old': '/users', '/bare': '/users', '/away': 'http://127.0.0.1:8001/users' }[url];
  if (to !== undefined) response.writeHead(302, { Location: to, ...(url === '/bare' ? {} : allowed) });
  else response.writeHead(200, allowed);
  response.end('here');
});
server('cdn', 8001, (_request, response) => {
  response.writeHead(200, allowed).end('there');
});

page(5173, async ({ ask }) => {
  await ask('same server', 'http://localhost:8000/old');
  await ask('no CORS on the redirect', 'http://localhost:8000/bare');
  await ask('a third origin', 'http://localhost:8000/away');
  await ask('a preflight', 'http://localhost:8000/old', { method: 'PUT' });
});
