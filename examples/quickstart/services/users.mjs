import { createService } from './service.mjs';

/** Who there is, and what they're called. */
export function createUsers() {
  const users = new Map([
    ['1', { id: '1', name: 'Ada' }],
    ['2', { id: '2', name: 'Grace' }],
  ]);
  return createService('users', {
    'GET /api/users': () => ({ body: [...users.values()] }),
    'PUT /api/users/:id': ({ path, body }) => {
      const user = users.get(path.split('/')[3]);
      if (user === undefined) return { status: 404, body: { error: 'no such user' } };
      user.name = String(body?.name ?? user.name).slice(0, 40);
      return { body: user };
    },
  });
}
