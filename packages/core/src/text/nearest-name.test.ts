import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.js';

test('a name is taken for the nearest one: one mistake is allowed from four characters on, two from eight', () => {
  expect(nearestName('OrderRepo', ['UserRepo', 'OrdersRepo', 'Clock'])).toBe('OrdersRepo');
  expect(nearestName("'smtp.hst'", ["'smtp.host'", "'smtp.port'"])).toBe("'smtp.host'");
  expect(nearestName('PROT', ['PORT', 'HOST'])).toBe('PORT');
  expect(nearestName('CLOCK', ['LOGGER', 'BLOKS'])).toBeUndefined();
  expect(nearestName('anything', [])).toBeUndefined();
});

test('short names are alike by chance: they are taken for another only if nothing but case and punctuation differs', () => {
  expect(nearestName('K', ['A', 'X'])).toBeUndefined();
  expect(nearestName('Db', ['Id', 'Do'])).toBeUndefined();
  expect(nearestName('db', ['DB'])).toBe('DB');
});

test('a name is never taken for itself, nor is a text of any length compared', () => {
  expect(nearestName('Orders', ['Orders'])).toBeUndefined();
  expect(nearestName('a'.repeat(101), ['a'.repeat(100)])).toBeUndefined();
});
