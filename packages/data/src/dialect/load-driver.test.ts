import { expect, test } from 'vitest';
import { loadDriver } from './load-driver.js';

test('a driver that is not installed is named with the command that installs it', async () => {
  const missing = 'a-driver-that-nobody-published';
  await expect(loadDriver('pg', 'postgres', () => import(missing))).rejects.toMatchObject({
    code: 'DATA_DRIVER_MISSING',
    help: 'Run: npm install pg',
  });
});

test('any other error of a driver is left as it is', async () => {
  const error = new TypeError('broken build');
  await expect(loadDriver('pg', 'postgres', () => Promise.reject(error))).rejects.toBe(error);
});
