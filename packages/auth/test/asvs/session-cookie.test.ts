import { clearSessionCookie, SESSION_COOKIE, Sessions, setSessionCookie } from '@plinth/auth';
import { HttpModule, inject, post } from '@plinth/http';
import { expect, test } from 'vitest';
import { startAuth } from '../support.js';

const module = {
  imports: [HttpModule.with({})],
  routes: [
    post(
      '/sign-in',
      { open: true, returns: { 204: null } },
      async (context, sessions) => setSessionCookie(context, await sessions.create('1')),
      { deps: [Sessions] },
    ),
    post('/forget', { open: true, returns: { 204: null } }, (context) => clearSessionCookie(context)),
  ],
};

/** The `Set-Cookie` lines of two sign-ins of one user. */
async function signInTwice(): Promise<readonly [string, string]> {
  await using app = await startAuth({}, { module });
  const signIn = async (): Promise<string> => String((await inject(app, { method: 'POST', url: '/sign-in' })).headers['set-cookie']);
  return [await signIn(), await signIn()];
}

test('the cookie of a session is called so that browsers bind it to this host and to https', async () => {
  const [line] = await signInTwice();
  expect(SESSION_COOKIE).toMatch(/^__Host-/);
  expect(line).toMatch(/^__Host-sid=/);
  expect(line).toContain('; Path=/;');
  expect(line).not.toMatch(/domain=/i);
});

test('two sign-ins of one user have nothing in common', async () => {
  const [first, second] = (await signInTwice()).map((line) => /=([\w-]{68});/.exec(line)![1]!) as [string, string];
  let same = 0;
  for (let at = 0; at < first.length; at++) if (first[at] === second[at]) same += 1;
  // Of 68 random characters out of 64, about one is the same by chance; twelve are not.
  expect(same).toBeLessThan(12);
});
