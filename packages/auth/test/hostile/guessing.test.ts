import { provide, provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { ATTEMPT_STORE, DEVICE_COOKIE, KnownDevices, MemoryAttemptStore, Throttle, type AttemptContext } from '@plinth/auth';
import { startAuth, StillClock } from '../support.js';

class Needs {
  constructor(
    readonly throttle: Throttle,
    readonly devices: KnownDevices,
  ) {}
}

async function start() {
  const clock = new StillClock();
  const store = new MemoryAttemptStore();
  const providers = [provide(Needs, { deps: [Throttle, KnownDevices] })];
  const app = await startAuth({ throttle: { store: provideValue(ATTEMPT_STORE, store) } }, { clock, module: { providers } });
  const { throttle } = app.get(Needs);
  const from = (ip: string, device?: string): AttemptContext => ({
    ip,
    cookie: (name) => (name === DEVICE_COOKIE ? device : undefined),
  });
  /** Whether an attempt may be made: `made`, or the code of its refusal. */
  const attempt = (name: string, ip: string, device?: string): Promise<string> =>
    throttle.begin(name, from(ip, device)).then(
      () => 'made',
      (error: { code: string }) => error.code,
    );
  /** The cookie of a device that has signed in with this name. */
  const deviceOf = async (name: string): Promise<string> => {
    let cookie = '';
    await throttle.trust(name, { cookie: () => undefined, setCookie: (_name, value) => void (cookie = value) });
    return cookie;
  };
  return { clock, store, throttle, attempt, deviceOf, from, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const counted = (outcomes: readonly string[]): Record<string, number> =>
  outcomes.reduce<Record<string, number>>((counts, each) => ({ ...counts, [each]: (counts[each] ?? 0) + 1 }), {});
const address = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

test('10,000 addresses at once test five passwords of one account, and the owner signs in from a known device meanwhile [AU-13]', async () => {
  await using t = await start();
  const device = await t.deviceOf('ada');
  const outcomes = await Promise.all(Array.from({ length: 10_000 }, (_each, index) => t.attempt('ada', address(index))));
  expect(counted(outcomes)).toEqual({ made: 5, AUTH_THROTTLED: 9_995 });
  // From an address that the attackers have used up as well.
  expect(await t.attempt('ada', address(3), device)).toBe('made');
});

test('one address tests twenty passwords a minute over 10,000 accounts, and others sign in meanwhile [AU-13]', async () => {
  await using t = await start();
  const outcomes = await Promise.all(Array.from({ length: 10_000 }, (_each, index) => t.attempt(`user ${index}`, '192.0.2.1')));
  expect(counted(outcomes)).toEqual({ made: 20, AUTH_THROTTLED: 9_980 });
  expect(await t.attempt('user 1', '198.51.100.7')).toBe('made');
  expect(await t.attempt('user 9999', '192.0.2.2')).toBe('made');
  t.clock.forward(60);
  expect(await t.attempt('user 7', '192.0.2.1')).toBe('made');
});

test('500 addresses of one IPv6 network are one client, and so are the spellings of an IPv4 address [AU-13]', async () => {
  await using t = await start();
  const sixes = Array.from({ length: 500 }, (_each, index) => `2001:db8:0:1:${index.toString(16)}::${(index * 5).toString(16)}`);
  expect(counted(await Promise.all(sixes.map((ip, index) => t.attempt(`user ${index}`, ip))))['made']).toBe(20);
  const spellings = ['192.0.2.9', '::ffff:192.0.2.9', '::ffff:c000:209', '0:0:0:0:0:ffff:192.0.2.9', '::FFFF:C000:0209'];
  const fours = Array.from({ length: 100 }, (_each, index) => spellings[index % spellings.length]!);
  expect(counted(await Promise.all(fours.map((ip, index) => t.attempt(`user ${index}`, ip))))['made']).toBe(20);
});

test('nobody is locked out for ever: a reset frees the account at once, and 30 days without guesses do too [AU-13]', async () => {
  await using t = await start();
  const guess = async (): Promise<string> => {
    t.clock.forward(60);
    return t.attempt('ada', address(Math.floor(t.clock.now() / 60_000)));
  };
  let tested = 0;
  for (let minute = 0; minute < 200; minute++) if ((await guess()) === 'made') tested += 1;
  expect(tested).toBe(100);
  expect(await guess()).toBe('AUTH_THROTTLE_HELD');
  await t.throttle.reset('ada');
  expect(await guess()).toBe('made');
  for (let minute = 0; minute < 200; minute++) await guess();
  // Refused guesses, an hour apart, do not make it longer.
  let hours = 0;
  for (; hours <= 30 * 24 && (await t.attempt('ada', address(hours))) !== 'made'; hours++) t.clock.forward(3_600);
  expect(hours).toBeGreaterThan(29 * 24);
  expect(hours).toBeLessThanOrEqual(30 * 24);
});

test('a device that was known for one account is a stranger to every other, and 500 invented devices are strangers too [AU-13]', async () => {
  await using t = await start();
  const own = await t.deviceOf('eve');
  const invented = (index: number): string =>
    own.replace(/[^.]+$/, (mac) => Buffer.from(`${index}`.padStart(32, 'x')).toString('base64url').slice(0, mac.length));
  const outcomes = await Promise.all(
    Array.from({ length: 500 }, (_each, index) => t.attempt('ada', address(index), index % 2 ? own : invented(index))),
  );
  expect(counted(outcomes)['made']).toBe(5);
});

test('a known device waits as long as anybody, and goes to the end of the line of strangers after a hundred failures [AU-13]', async () => {
  await using t = await start();
  const device = await t.deviceOf('ada');
  const outcomes: string[] = [];
  for (let index = 0; index < 8; index++) outcomes.push(await t.attempt('ada', address(index), device));
  expect(outcomes).toEqual([...Array.from({ length: 5 }, () => 'made'), ...Array.from({ length: 3 }, () => 'AUTH_THROTTLED')]);
  let made = 5;
  for (let minute = 0; minute < 200; minute++) {
    t.clock.forward(60);
    if ((await t.attempt('ada', address(minute), device)) === 'made') made += 1;
  }
  // A hundred as the device, a hundred as one of the strangers, and no more.
  expect(made).toBe(200);
  expect(await t.attempt('ada', '192.0.2.250', device)).toBe('AUTH_THROTTLE_HELD');
});

test('names that a database takes for the same are counted as one, in whatever script, frame or width they are written [AU-13]', async () => {
  await using t = await start();
  // All of them are equal under utf8mb4_uca1400_ai_ci, the default of MariaDB 11.
  const spellings = [
    'user10.oliver.hansson',
    'USER10.OLIVER.HANSSON',
    'user١٠.oliver.hansson',
    'user१०.oliver.hansson',
    'user10.øliver.hansson',
    'user10.oŀiver.hansson',
    'user10.oliver.ħansson',
    'user10.oliver.hanßon',
    'user10.oliver.hanẞon',
    'user10.oliver.hanſson',
    'ｕser10.oliver.hansson',
    'user❶⓿.oliver.hansson',
    '🅤ser10.oliver.hansson',
    '𝓊ser10.oliver.hansson',
    'ꞟser10.oliver.hansson',
    'us\u0364r10.oliver.hansson',
    'user\u200b10.oliver.hansson',
    'üsér10.olíver.hånssön',
  ];
  const outcomes = await Promise.all(spellings.map((name, index) => t.attempt(name, address(index))));
  expect(counted(outcomes)).toEqual({ made: 5, AUTH_THROTTLED: spellings.length - 5 });
  expect(await t.attempt('user11.oliver.hansson', '192.0.2.200')).toBe('made');
});

test('a name of any length and any characters costs little, and has a key of one length [AU-13]', async () => {
  await using t = await start();
  const before = performance.now();
  for (const character of ['x', 'ﷺ', '\u0301', '\ud800', '𒀀', '\u0000', 'ß', '\u{10ffff}'])
    expect(await t.attempt(character.repeat(1_000_000), '192.0.2.1')).toBe('made');
  expect(performance.now() - before).toBeLessThan(1_000);
});
