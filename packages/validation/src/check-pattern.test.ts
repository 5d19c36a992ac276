import { describe, expect, test } from 'vitest';
import { checkPattern } from './check-pattern.js';

const judge = (pattern: string, maxLength?: number): string => {
  try {
    checkPattern(pattern, '/pattern', { patterns: 'check', strict: true, maxLength });
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('patterns a hostile text could keep busy', () => {
  test.each([
    '^(a+)+$',
    '^(a*)*$',
    '^([a-zA-Z]+)*$',
    '(x+x+)+y',
    '^(\\w+\\s?)*$',
    '^(a|a)*$',
    '^(\\w|\\d)+$',
    '^([a-z]|[a-m])*$',
    '^(a|aa)+$',
    '^(a|ab|b)*c$',
    '^(.|\\s)*$',
    '^(a+)+\\1$',
  ])('%s is refused', (pattern) => expect(judge(pattern, 100)).toBe('VALIDATION_PATTERN'));

  test.each(['a*b', '^.*a.*b.*c$', '^\\s+|\\s+$'])('%s, whose time grows as a power, is accepted only for short texts', (pattern) => {
    expect(judge(pattern)).toBe('VALIDATION_PATTERN');
    expect(judge(pattern, 200)).toBe('accepted');
  });

  test.each([
    '^[a-z0-9]+(?:-[a-z0-9]+)*$',
    '^[A-Z]{3}-\\d{1,30}$',
    '^(?:a|b)+$',
    '^"(?:[^"\\\\]|\\\\.)*"$',
    '^(.*)$',
    '^\\p{L}+$',
    '^[\\w%+.-]+@[\\d.A-Za-z-]+\\.[A-Za-z]{2,}$',
    '^(?:[01]\\d|2[0-3]):[0-5]\\d$',
  ])('%s is accepted', (pattern) => expect(judge(pattern)).toBe('accepted'));

  test('a pattern that is no regular expression is refused as a schema error', () => expect(judge('(')).toBe('VALIDATION_SCHEMA'));
});
