import { describe, expect, test } from 'vitest';
import { matchesJson, matchesText } from './match-output.ts';

describe('expected text', () => {
  test('lines are found in their order, with others between them', () => {
    expect(matchesText('one\ntwo\nthree', 'one\nthree')).toBe(true);
    expect(matchesText('one\ntwo\nthree', 'three\none')).toBe(false);
  });

  test('an ellipsis stands for any characters of a line', () => {
    expect(matchesText('listening on http://127.0.0.1:41233 (pid 7)', 'listening on http://…:… (pid …)')).toBe(true);
    expect(matchesText('stopped', 'listening …')).toBe(false);
  });

  test('colours of a terminal are passed over', () => {
    expect(matchesText('\u001b[32mok\u001b[39m', 'ok')).toBe(true);
  });
});

describe('expected JSON', () => {
  test('more properties than expected are fine, fewer are not', () => {
    expect(matchesJson('{"id":1,"title":"a"}', '{"title":"a"}')).toBe(true);
    expect(matchesJson('{"id":1}', '{"title":"a"}')).toBe(false);
  });

  test('an ellipsis stands for any value that is there', () => {
    expect(matchesJson('{"id":1}', '{"id":"…"}')).toBe(true);
    expect(matchesJson('{}', '{"id":"…"}')).toBe(false);
  });

  test('lists have to be as long as expected', () => {
    expect(matchesJson('[1,2]', '[1]')).toBe(false);
  });

  test('what is no JSON does not match', () => {
    expect(matchesJson('not found', '{}')).toBe(false);
  });
});
