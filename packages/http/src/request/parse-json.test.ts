import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from './parse-json.js';

const parseText = (text: string) => parseJson(Buffer.from(text));
const codeOf = (bytes: Buffer) => {
  try {
    parseJson(bytes);
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'accepted';
};

describe('strict JSON', () => {
  test.each<[string, string]>([
    ['{"a":1,"a":2}', 'HTTP_JSON_DUPLICATE_KEY'],
    ['{"a":{"b":1,"\\u0062":2}}', 'HTTP_JSON_DUPLICATE_KEY'],
    ['[{"a":1,"b":2,"a":1}]', 'HTTP_JSON_DUPLICATE_KEY'],
    ['{"1":1,"1":2}', 'HTTP_JSON_DUPLICATE_KEY'],
    ['{"__proto__":{}}', 'HTTP_JSON_FORBIDDEN_KEY'],
    ['{"\\u005f_proto__":{}}', 'HTTP_JSON_FORBIDDEN_KEY'],
    ['{"a":[{"constructor":1}]}', 'HTTP_JSON_FORBIDDEN_KEY'],
    ['[9007199254740993]', 'HTTP_JSON_NUMBER'],
    ['-9007199254740993', 'HTTP_JSON_NUMBER'],
    ['[1e999]', 'HTTP_JSON_NUMBER'],
    ['NaN', 'HTTP_JSON'],
    ['Infinity', 'HTTP_JSON'],
    ['"\\u0000"', 'HTTP_JSON_TEXT'],
    ['{"a\\u0000":1}', 'HTTP_JSON_TEXT'],
    ['"\\ud800"', 'HTTP_JSON_TEXT'],
    ['"\\udc00\\ud800"', 'HTTP_JSON_TEXT'],
    ['"\u0000"', 'HTTP_JSON'],
    ['{"a":1,}', 'HTTP_JSON'],
    ['{a:1}', 'HTTP_JSON'],
    ["{'a':1}", 'HTTP_JSON'],
    ['', 'HTTP_JSON'],
    ['\ufeff{}', 'HTTP_JSON'],
    ['{} {}', 'HTTP_JSON'],
    ['[1] // note', 'HTTP_JSON'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'HTTP_JSON_DEPTH'],
    ['['.repeat(50_000), 'HTTP_JSON_DEPTH'],
    [`${'['.repeat(32)}${']'.repeat(32)}`, 'accepted'],
    ['"\\ud83d\\ude00"', 'accepted'],
    ['[9007199254740991,-9007199254740991,9.007199254740991e15,1e15,0.1e16,0.5]', 'accepted'],
    ['1e300', 'HTTP_JSON_NUMBER'],
    ['1.0e20', 'HTTP_JSON_NUMBER'],
    ['123456789012345678.5', 'HTTP_JSON_NUMBER'],
    ['-9007199254740992.0', 'HTTP_JSON_NUMBER'],
    ['{"a":[90071992547409930e-1]}', 'HTTP_JSON_NUMBER'],
    ['{"a":"9007199254740993"}', 'accepted'],
    ['{"a":":\\":{[","b":"}"}', 'accepted'],
    ['{"prototype":1,"toString":2,"hasOwnProperty":3}', 'accepted'],
  ])('%s: %s [VAL-05]', (text, code) => {
    expect(codeOf(Buffer.from(text))).toBe(code);
  });

  test('a number that no double holds is refused with a sentence of its own', () => {
    expect(() => parseText('1e400')).toThrow('is larger than a double can hold');
    expect(() => parseText('9007199254740993')).toThrow('send it as a string');
  });

  test('bytes that are not UTF-8 are refused, never replaced', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x28, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
    ])
      expect(codeOf(Buffer.from(bytes))).toBe('HTTP_TEXT_ENCODING');
  });

  test('whatever JSON.stringify writes is read back as it was', () => {
    const keys = fc.string().filter((key) => key !== '__proto__' && key !== 'constructor' && key.isWellFormed() && !key.includes('\0'));
    const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed());
    const leaf = fc.oneof(
      texts,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie('value')), fc.dictionary(keys, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (given) => {
        expect(parseText(JSON.stringify(given))).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  test('what the parser accepts, JSON.parse reads the same, and nothing else is thrown but our errors', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.json({ maxDepth: 4 }), fc.nat(), (noise, json, at) => {
        const bytes = Buffer.from(json);
        const mutated = Buffer.concat([bytes.subarray(0, at % (bytes.length + 1)), noise, bytes.subarray(at % (bytes.length + 1))]);
        const code = codeOf(mutated);
        expect(code).toMatch(/^(accepted|HTTP_JSON\w*|HTTP_TEXT_ENCODING)$/);
      }),
    );
  });
});
