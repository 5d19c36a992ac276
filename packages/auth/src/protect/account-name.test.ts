import { expect, test } from 'vitest';
import { countedName } from './account-name.js';

test('a counted name is counted as itself: sign-ins keep it until their second step', () => {
  const odd: string[] = [];
  // Where the letters, marks and digits stand that are taken for others.
  for (const [from, to] of [
    [0, 0x2fff],
    [0xa640, 0xabff],
    [0xfb00, 0xffff],
    [0x1d400, 0x1d7ff],
    [0x1f100, 0x1f1ff],
  ] as const)
    for (let point = from; point <= to; point++) {
      const counted = countedName(`s${String.fromCodePoint(point)}l··`);
      if (countedName(counted) !== counted) odd.push(point.toString(16));
    }
  expect(odd).toEqual([]);
});

test('names are told apart by their letters and digits, in any script', () => {
  const names = [
    'ada',
    'adam',
    'bob',
    'user1',
    'user2',
    'user12',
    'ада',
    'адам',
    'αδα',
    '李雷',
    '李磊',
    'a@b.example',
    'a@c.example',
    'a.b',
    'ab',
    'a-b',
  ];
  expect(new Set(names.map(countedName)).size).toBe(names.length);
});

test('a name is cut before and after it is taken apart, since one character may become eighteen', () => {
  expect(countedName('ﷺ'.repeat(1_000_000)).length).toBeLessThanOrEqual(1_024);
});
