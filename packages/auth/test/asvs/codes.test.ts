import { OneTimeTokens } from '@plinth/auth';
import { expect, test } from 'vitest';
import { startTokens, StillClock } from '../token-support.js';

test('a code by mail is good for the time that was said for it, and no longer', async () => {
  const clock = new StillClock();
  await using app = await startTokens({}, { clock });
  const tokens = app.get(OneTimeTokens);
  const wanted = { purpose: 'sign-in', subject: '7', lifetime: 600 };
  const first = await tokens.issueCode(wanted);
  clock.forward(599);
  expect(await tokens.takeCode('sign-in', first.requestId, first.code)).toMatchObject({ subject: '7' });
  const second = await tokens.issueCode(wanted);
  clock.forward(600);
  await expect(tokens.takeCode('sign-in', second.requestId, second.code)).rejects.toMatchObject({ code: 'AUTH_ONE_TIME_CODE' });
});
