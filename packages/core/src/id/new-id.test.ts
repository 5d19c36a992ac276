import { expect, test } from 'vitest';
import { createIdGenerator, newId } from './new-id.js';

test('an id is a UUID version 7 of the RFC variant', () => {
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('an id holds the time in milliseconds in its first 48 bits', () => {
  const id = createIdGenerator({ now: () => 0x017f22e279b0 })();
  expect(id.replaceAll('-', '').slice(0, 12)).toBe('017f22e279b0');
});

test('a hundred thousand ids sort in the order of their creation and none is twice', () => {
  const ids = Array.from({ length: 100_000 }, newId);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('within one millisecond, and when the clock is set back a little, the order holds', () => {
  let now = 1_000_000;
  const next = createIdGenerator({ now: () => now });
  const ids = [next(), next()];
  now -= 5_000;
  ids.push(next());
  now += 5_001;
  ids.push(next());
  expect(ids.toSorted()).toEqual(ids);
});

test('when the clock is set back far, ids follow it', () => {
  let now = 2_000_000_000;
  const next = createIdGenerator({ now: () => now });
  next();
  now -= 3_600_000;
  expect(parseInt(next().replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});

test('the counter of a millisecond starts in the lower half, whatever the random bits, so that it has room to count', () => {
  const next = createIdGenerator({ now: () => 5, random: (bytes) => bytes.fill(0xff) });
  const first = next();
  expect(first.startsWith('00000000-0005-77ff-bfff-ffff')).toBe(true);
  expect(first < next()).toBe(true);
});
