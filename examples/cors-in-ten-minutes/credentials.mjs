import { page, server } from './stage.mjs';

server('api', 8000, ({ url, headers }, response) => {
  response.setHeader('Access-Control-Allow-Origin', url === '/star' ? '*' : 'http://localhost:5173');
  if (url !== '/no-credentials') response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (url === '/login') response.setHeader('Set-Cookie', 'sid=7');
  response.end(headers.cookie ?? 'who are you?');
});

page(5173, async ({ ask }) => {
  const api = 'http://localhost:8000';
  await ask('log in', `${api}/login`, { credentials: 'include' });
  await ask('plain', `${api}/me`);
  await ask('include', `${api}/me`, { credentials: 'include' });
  await ask('include, and *', `${api}/star`, { credentials: 'include' });
  await ask('include, not allowed', `${api}/no-credentials`, { credentials: 'include' });

  const otherSite = 'http://127.0.0.1:8000';
  await ask('log in elsewhere', `${otherSite}/login`, { credentials: 'include' });
  await ask('include, elsewhere', `${otherSite}/me`, { credentials: 'include' });
});
