import { Passwords } from '@plinth/auth';
import { provide } from '@plinth/core';
import { expect, test } from 'vitest';
import { startAuth, StillClock } from '../support.js';

class Needs {
  constructor(readonly passwords: Passwords) {}
}

test('a password of ten years ago signs in like one of today', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { clock, module: { providers: [provide(Needs, { deps: [Passwords] })] } });
  const passwords = app.get(Passwords);
  const hash = await passwords.hash('correct horse battery');
  clock.forward(10 * 365 * 86_400);
  // Nothing asks for another one, and the stored text has no date that could.
  expect(await passwords.verify('correct horse battery', hash)).toEqual({ ok: true });
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[\w+/]+\$[\w+/]+$/);
});
