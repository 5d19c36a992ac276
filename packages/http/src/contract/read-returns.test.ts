import { expect, test } from 'vitest';
import { media } from './media-type.js';
import { bareStatus, readReturns } from './read-returns.js';

const schema = { type: 'object' } as const;

test('a lone schema or media type stands for status 200', () => {
  expect([...readReturns({ returns: schema })]).toEqual([[200, schema]]);
  expect([...readReturns({ returns: media('text/csv') })]).toEqual([[200, { mediaType: 'text/csv' }]]);
  expect([...readReturns({ returns: {} })]).toEqual([[200, {}]]);
});

test('a map of statuses is read in ascending order', () => {
  expect([...readReturns({ returns: { 404: null, 201: schema } })]).toEqual([
    [201, schema],
    [404, null],
  ]);
});

test('a contract without `returns` declares no status', () => {
  expect(readReturns({}).size).toBe(0);
});

test('a bare value has the only success status', () => {
  expect(bareStatus(readReturns({ returns: { 201: schema, 404: null } }))).toBe(201);
  expect(bareStatus(readReturns({ returns: { 200: schema, 201: schema } }))).toBeUndefined();
  expect(bareStatus(readReturns({ returns: { 303: null } }))).toBeUndefined();
});
