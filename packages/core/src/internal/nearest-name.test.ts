import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.js';

test('a name is taken for the nearest one that is at most a third away', () => {
  expect(nearestName('OrderRepo', ['UserRepo', 'OrdersRepo', 'Clock'])).toBe('OrdersRepo');
  expect(nearestName("'smtp.hst'", ["'smtp.host'", "'smtp.port'"])).toBe("'smtp.host'");
  expect(nearestName('CLOCK', ['LOGGER', 'EVENTS'])).toBeUndefined();
  expect(nearestName('anything', [])).toBeUndefined();
});
