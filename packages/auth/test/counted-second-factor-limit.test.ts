import { provide, provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { ATTEMPT_STORE, countedSecondFactorLimit, MemoryAttemptStore, SECOND_FACTOR_LIMIT, Totp, type AttemptStore } from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

class NeedsTotp {
  constructor(readonly totp: Totp) {}
}

const startOn = (store: AttemptStore, clock: StillClock) =>
  startAuth(
    { throttle: { store: provideValue(ATTEMPT_STORE, store) }, secondFactor: { limit: countedSecondFactorLimit } },
    { module: { providers: [provide(NeedsTotp, { deps: [Totp] })] }, clock },
  );

test('two processes count the tries of a second factor together: ten an hour, however many at once [AU-10]', async () => {
  const store = new MemoryAttemptStore();
  const clock = new StillClock();
  await using one = await startOn(store, clock);
  await using two = await startOn(store, clock);
  const limits = [one.get(SECOND_FACTOR_LIMIT), two.get(SECOND_FACTOR_LIMIT)];
  const tried = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => limits[index % 2]!.take('7')));
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  clock.forward(600);
  await expect(limits[1]!.take('7')).rejects.toMatchObject({ code: 'AUTH_SECOND_FACTOR_LIMIT', retryAfter: 3_000 });
  await limits[0]!.take('8');
  await limits[0]!.reset('7');
  await limits[1]!.take('7');
  clock.forward(3_600);
  for (let count = 0; count < 10; count++) await limits[0]!.take('8');
});
