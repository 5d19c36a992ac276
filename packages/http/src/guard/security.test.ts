import { expect, test } from 'vitest';
import { allSecurity, securityOf, type GuardSecurity } from './security.js';

const bearer: GuardSecurity = { name: 'bearer', scheme: { type: 'http', scheme: 'bearer' } };
const key: GuardSecurity = { name: 'key', scheme: { type: 'apiKey', in: 'header', name: 'x-key' } };

test('guards in a row need their schemes together, each alternative with each', () => {
  expect(allSecurity([{ security: [[bearer], []] }, { security: securityOf(key) }])).toEqual([[bearer, key], [key]]);
});

test('no guard needs nothing', () => {
  expect(allSecurity([])).toEqual([[]]);
  expect(securityOf(undefined)).toEqual([[]]);
});
