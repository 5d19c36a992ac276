import { expect, test } from 'vitest';
import { calibratePasswords, type CalibrationOptions } from './calibrate-passwords.js';

type Measure = NonNullable<CalibrationOptions['measure']>;

/** A machine that takes so many milliseconds for a pass over 1,024 KiB, for each of the hashes that run at once. */
const machine =
  (each: number): Measure =>
  async ({ memory, passes }, concurrency) =>
    (memory / 1_024) * passes * each * concurrency;

const found = async (each: number, options: CalibrationOptions = {}) => {
  const { parameters, milliseconds } = await calibratePasswords({ concurrency: 1, measure: machine(each), ...options });
  return [parameters.memory, parameters.passes, parameters.lanes, Math.round(milliseconds)];
};

test('a fast machine gets more memory first, then more passes, and takes no longer than the target', async () => {
  expect(await found(0.5)).toEqual([65_536, 7, 1, 224]);
  expect(await found(0.5, { target: 100 })).toEqual([65_536, 3, 1, 96]);
});

test('a slower machine gets what fits: less memory, or the floor', async () => {
  expect(await found(2)).toEqual([47_104, 2, 1, 184]);
  expect(await found(4)).toEqual([19_456, 3, 1, 228]);
  expect(await found(6)).toEqual([19_456, 2, 1, 228]);
});

test('nothing is below the floor, however slow the machine', async () => {
  expect(await found(1_000)).toEqual([19_456, 2, 1, 38_000]);
});

test('hashes that run at once count: with four of them there is less to spend', async () => {
  expect(await found(0.5, { concurrency: 4 })).toEqual([47_104, 2, 1, 184]);
});

test('passes that come out slower than the first ones promised are taken back', async () => {
  const steep: Measure = async ({ memory, passes }) => (memory / 1_024) * passes ** 1.5 * 0.5;
  const { parameters, milliseconds } = await calibratePasswords({ concurrency: 1, measure: steep });
  expect(parameters).toEqual({ memory: 65_536, passes: 3, lanes: 1 });
  expect(milliseconds).toBeLessThanOrEqual(250);
});

test('without a machine of the test it measures this one', async () => {
  const { milliseconds, tried, concurrency } = await calibratePasswords({ target: 50, concurrency: 2 });
  expect(concurrency).toBe(2);
  expect(tried.length).toBeGreaterThan(0);
  expect(milliseconds).toBeGreaterThan(1);
});

test.each([
  ['target', 49],
  ['target', 2_001],
  ['target', Number.NaN],
  ['concurrency', 0],
])('a %s of %d is refused (AUTH_OPTIONS)', async (option, value) => {
  await expect(calibratePasswords({ [option]: value, measure: machine(1) })).rejects.toMatchObject({ code: 'AUTH_OPTIONS' });
});
