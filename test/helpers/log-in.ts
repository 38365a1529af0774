import type { Core } from '../../src/core/context.ts';
import { beginSession, checkLogin, type Session } from '../../src/core/sessions.ts';

/** A session of somebody with a password and no second factor. */
export async function logIn(core: Core, email: string, password: string): Promise<Session> {
  const user = await checkLogin(core, email, password);
  const login = await beginSession(core, user.id, { address: '127.0.0.1', userAgent: 'test' });
  if ('due' in login) throw new Error(`${email} is asked for a second factor`);
  return login.session;
}
