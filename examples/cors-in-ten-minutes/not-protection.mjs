import { page, server } from './stage.mjs';

let balance = 100;
server('bank', 8000, (request, response) => {
  if (request.method === 'POST') balance -= 10;
  if (request.url === '/balance') response.setHeader('Access-Control-Allow-Origin', '*');
  response.end(String(balance));
});

const response = await fetch('http://127.0.0.1:8000/secret');
console.log('Node reads', await response.text());

page(5173, async ({ ask }) => {
  await ask('balance', 'http://localhost:8000/balance');
  await ask('pay', 'http://localhost:8000/pay', { method: 'POST', body: 'to=mallory' });
  await ask('balance', 'http://localhost:8000/balance');
});
