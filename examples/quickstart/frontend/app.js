import { list, say, showSeen } from './ui.js';

let requests = 0;
let corsHeaders = 0;

/** Calls a service and counts what CORS left on its answer: a page may read every header of its own origin. */
async function call(path, options) {
  const response = await fetch(path, options);
  requests++;
  for (const [name] of response.headers) if (name.startsWith('access-control-')) corsHeaders++;
  return response.status === 204 ? undefined : response.json();
}

function json(method, body, headers = {}) {
  return { method, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

const shows = {
  async users() {
    const users = await call('/api/users');
    list(
      'users',
      users.map(({ name }) => name),
    );
  },
  async orders() {
    const orders = await call('/api/orders');
    list(
      'orders',
      orders.slice(-3).map(({ item, quantity }) => `${quantity} × ${item}`),
    );
  },
  async me() {
    const { user } = await call('/api/auth/me');
    list('me', [user === null ? 'Nobody is signed in' : `Signed in as ${user}`]);
  },
  async seen() {
    const seen = await (await fetch('/api/seen')).json();
    // What the gateway recorded for this page's origin, whether or not it reached a service.
    say('preflights', seen.gateway[location.origin]?.preflights ?? 0);
    say('cors-headers', corsHeaders);
    say('requests', requests);
    showSeen(seen);
    document.getElementById('partner').href = seen.partner;
  },
};

function onClick(id, act) {
  document.getElementById(id).addEventListener('click', async () => {
    await act();
    await shows.seen();
  });
}

const names = ['Ada Lovelace', 'Ada'];
onClick('rename', async () => {
  await call('/api/users/1', json('PUT', { name: names[0] }));
  names.reverse();
  await shows.users();
});
onClick('order', async () => {
  await call('/api/orders', json('POST', { item: 'Compiler' }, { 'X-Basket': '1' }));
  await shows.orders();
});
onClick('login', async () => {
  await call('/api/auth/login', json('POST', { user: 'Grace' }));
  await shows.me();
});

say('origin', location.origin);
await Promise.all([shows.users(), shows.orders(), shows.me()]);
await shows.seen();
document.documentElement.dataset.ready = 'yes';
