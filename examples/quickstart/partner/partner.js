import { gateway } from './gateway.js';
import { say, showSeen } from './ui.js';

/** Shows what a script gets to know of a request: its answer, or that there is none to be had. */
async function attempt(id, path, options) {
  const shown = document.getElementById(id);
  try {
    const response = await fetch(gateway + path, options);
    const body = await response.json();
    shown.textContent = `Works: ${response.status}, ${Array.isArray(body) ? `${body.length} users` : body.name}`;
    shown.classList.add('works');
  } catch (error) {
    shown.textContent = `Blocked: ${error.message}`;
    shown.classList.add('blocked');
  }
}

say('origin', location.origin);
say('gateway', gateway);
document.getElementById('back').href = gateway;
await attempt('read', '/api/users');
await attempt('change', '/api/users/2', {
  method: 'PUT',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ name: 'Grace' }),
});
await attempt('remove', '/api/users/2', { method: 'DELETE' });
await attempt('orders', '/api/orders');

const seen = await (await fetch(`${gateway}/api/seen`)).json();
say('preflights', seen.gateway[location.origin]?.preflights ?? 0);
showSeen(seen);
document.documentElement.dataset.ready = 'yes';
