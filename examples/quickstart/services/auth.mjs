import { randomUUID } from 'node:crypto';
import { createService } from './service.mjs';

/** Who is signed in: a session in a cookie that no script can read. */
export function createAuth() {
  const sessions = new Map();
  return createService('auth', {
    'POST /api/auth/login': ({ body }) => {
      const session = randomUUID();
      sessions.clear();
      sessions.set(session, { user: String(body?.user ?? 'Ada').slice(0, 40) });
      return {
        headers: { 'Set-Cookie': `session=${session}; Path=/; HttpOnly; SameSite=Lax` },
        body: sessions.get(session),
      };
    },
    'GET /api/auth/me': ({ cookies }) => {
      return { body: sessions.get(cookies.get('session')) ?? { user: null } };
    },
  });
}
