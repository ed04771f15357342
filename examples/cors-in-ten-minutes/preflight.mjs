import { page, server } from './stage.mjs';

server('api', 8000, (_request, response) => {
  response.setHeader('Access-Control-Allow-Origin', 'http://localhost:5173');
  response.setHeader('Access-Control-Allow-Methods', 'PUT');
  response.setHeader('Access-Control-Allow-Headers', 'content-type');
  response.end('ok');
});

page(5173, async ({ ask }) => {
  const api = 'http://localhost:8000';
  const json = { 'Content-Type': 'application/json' };
  await ask('POST, a form', `${api}/1`, { method: 'POST', body: new URLSearchParams('a=1') });
  await ask('POST, JSON', `${api}/2`, { method: 'POST', body: '{}', headers: json });
  await ask('PUT', `${api}/3`, { method: 'PUT' });
  await ask('DELETE', `${api}/4`, { method: 'DELETE' });
  await ask('GET, X-Token', `${api}/5`, { headers: { 'X-Token': '7' } });
});
