import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { EVENTS } from '@plinth/core';
import { expect, test } from 'vitest';
import { ApiKeys, OneTimeTokens, SECURITY_EVENT, type SecurityEvent } from '@plinth/auth';
import { startTokens, StillClock } from '../token-support.js';

// What anybody may send without an account must not fill the log, in which the records of others would be lost.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
function inventedKey(index: number): string {
  const start = `pk_test_${createHash('sha512').update(`${index}`).digest('hex').slice(0, 43)}`;
  let checksum = '';
  for (let rest = crc32(start); checksum.length < 6; rest = Math.floor(rest / 62)) checksum = ALPHABET.charAt(rest % 62) + checksum;
  return start + checksum;
}

async function start() {
  const clock = new StillClock();
  const app = await startTokens({}, { clock });
  const noted: SecurityEvent[] = [];
  app.get(EVENTS).on(SECURITY_EVENT, (event) => void noted.push(event));
  /** The events of a kind so far. */
  const of = async (type: string): Promise<SecurityEvent[]> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return noted.filter((event) => event.type === type);
  };
  return { clock, of, keys: app.get(ApiKeys), oneTime: app.get(OneTimeTokens), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const settled = (count: number, make: (index: number) => Promise<unknown>): Promise<unknown> =>
  Promise.allSettled(Array.from({ length: count }, (_each, index) => make(index)));
const invented = (): string => randomBytes(32).toString('base64url');

test('5,000 invented API keys are noted once a minute [AU-21]', async () => {
  await using t = await start();
  await settled(5_000, (index) => t.keys.verify(inventedKey(index)));
  expect(await t.of('api-key.refused')).toMatchObject([{ outcome: 'failure', details: { hint: inventedKey(0).slice(0, 12) } }]);
  t.clock.forward(60);
  await settled(10, (index) => t.keys.verify(inventedKey(index)));
  expect(await t.of('api-key.refused')).toHaveLength(2);
});

test('a key that has expired is noted with its owner once a minute, whatever was invented meanwhile [AU-21]', async () => {
  await using t = await start();
  const { key, apiKey } = await t.keys.create({ owner: 'ada', name: 'deploy', lifetime: 60 });
  t.clock.forward(60);
  await settled(100, (index) => t.keys.verify(inventedKey(index)));
  await settled(100, () => t.keys.verify(key));
  const refused = await t.of('api-key.refused');
  expect(refused).toHaveLength(2);
  expect(refused[1]).toMatchObject({ userId: 'ada', details: { key: apiKey.id } });
});

test('1,000 invented links, and codes for requests that nobody made, are noted once a minute for each purpose [AU-21]', async () => {
  await using t = await start();
  await settled(500, () => t.oneTime.take('reset', invented()));
  await settled(500, () => t.oneTime.find('verify', invented()));
  await settled(500, () => t.oneTime.takeCode('sign-in', invented(), '12345678'));
  expect((await t.of('one-time-token.refused')).map(({ details }) => details!['purpose'])).toEqual(['reset', 'verify']);
  expect(await t.of('one-time-code.refused')).toHaveLength(1);
  // Those that are about somebody are noted each: there are five for a code.
  const { requestId } = await t.oneTime.issueCode({ purpose: 'sign-in', subject: 'ada', lifetime: 60 });
  await settled(50, () => t.oneTime.takeCode('other', requestId, '12345678'));
  expect((await t.of('one-time-code.refused')).filter(({ userId }) => userId === 'ada')).toHaveLength(5);
});
