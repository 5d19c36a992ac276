import { expect, test } from 'vitest';
import { toDistinctSlug, toSlug } from './slug.js';

test('a slug holds the letters and digits of the title', () => {
  expect(toSlug('How to train your dragon')).toBe('how-to-train-your-dragon');
  expect(toSlug('  Käse & Wein!  ')).toBe('kase-wein');
  expect(toSlug('Ω 語 test')).toBe('ω-語-test');
});

test('a title without letters still has a slug', () => {
  expect(toSlug('!!!')).toBe('article');
});

test('a long title is cut, and not after a dash', () => {
  const slug = toSlug(`${'a'.repeat(179)} b`);
  expect(slug).toBe('a'.repeat(179));
  expect(toSlug('語'.repeat(400))).toHaveLength(180);
});

test('two distinct slugs of one title differ', () => {
  expect(toDistinctSlug('Title')).not.toBe(toDistinctSlug('Title'));
});
