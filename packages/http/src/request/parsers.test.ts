import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cookie } from '../reply/cookie.js';
import { readBoundary, readMediaType } from './content-type.js';
import { createHosts, isHost } from './hosts.js';
import { readCookie, readCookies } from './parse-cookies.js';
import { parseQuery } from './parse-query.js';
import { readPath } from './read-path.js';
import { readTraceId } from './trace-parent.js';

const everything = { declared: new Set<string>(), others: true };
const odd = fc.string({ unit: fc.constantFrom(...'/.%2fF5cC0eE;\\?#&=+ "aA\u0000\u2028é') });
const codeOf = (run: () => unknown) => {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('the parsers of a request', () => {
  test('throw nothing but their own errors, whatever they are given', () => {
    fc.assert(
      fc.property(odd, (text) => {
        expect(codeOf(() => readPath(`/${text}`))).toMatch(/^(accepted|HTTP_PATH)$/);
        expect(codeOf(() => parseQuery(text, 0, everything, 100))).toMatch(/^(accepted|HTTP_QUERY(_LIMIT)?)$/);
        expect(codeOf(() => readCookies(text, new Set(['a'])))).toMatch(/^(accepted|HTTP_COOKIE_LIMIT)$/);
        expect(codeOf(() => readMediaType(text, 'x'))).toMatch(/^(accepted|HTTP_MEDIA_TYPE)$/);
        expect(readTraceId(text)).toBeUndefined();
        expect(typeof isHost(text)).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  test('a Content-Type is taken as a whole or not at all, and gives a boundary that a body can hold', () => {
    const piece = fc.constantFrom(
      'multipart/form-data',
      'application/json',
      'text/plain',
      ';',
      '; ',
      ' ',
      '\t',
      'boundary=',
      'charset=',
      'utf-8',
      '"',
      'b',
      "a'(",
      ',',
      '\u0000',
      '\r\n',
      '\\',
      'é',
      '=',
      'B'.repeat(40),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const code = codeOf(() => readMediaType(text, 'multipart/form-data'));
        expect(code).toMatch(/^(accepted|HTTP_MEDIA_TYPE|HTTP_MULTIPART)$/);
        if (code !== 'accepted') {
          expect(codeOf(() => readBoundary(text))).not.toBe('accepted');
          return;
        }
        expect(readMediaType(text, 'multipart/form-data')).toMatch(/^[^\s;,"/]+\/[^\s;,"/]+$/);
        if (codeOf(() => readBoundary(text)) === 'accepted') expect(readBoundary(text)).toMatch(/^[-'()+_,./:=?0-9A-Za-z ]{0,69}[^ ]$/);
      }),
      { numRuns: 5000 },
    );
  });

  test('an accepted path holds nothing that could be read twice', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const raw = `/${text}`;
        let path: string;
        try {
          path = readPath(raw);
        } catch {
          return;
        }
        expect(path.split('/').some((segment) => segment === '.' || segment === '..')).toBe(false);
        expect(path.split('/').length).toBe(raw.split('/').length);
        expect(path).not.toMatch(/[\u0000-\u001f\\\u2028]|\/\/|%[0-9a-f]{2}/i);
      }),
      { numRuns: 5000 },
    );
  });

  test('a query is read as URLSearchParams reads it', () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 8 });
    fc.assert(
      fc.property(pairs, (given) => {
        const clean = given.filter((pair) => pair.every((text) => text.isWellFormed() && !text.includes('\0')));
        const text = new URLSearchParams(clean).toString();
        const read = parseQuery(`?${text}`, 1, everything, 100);
        const expected = new URLSearchParams(text);
        expect(Object.keys(read).sort()).toEqual([...new Set(expected.keys())].sort());
        for (const name of expected.keys()) {
          const values = expected.getAll(name);
          expect(read[name]).toEqual(values.length === 1 ? values[0] : values);
        }
      }),
    );
  });

  test('what a query names cannot reach a prototype', () => {
    const read = parseQuery('__proto__=1&constructor=2&toString=3', 0, everything, 100);
    expect(Object.getPrototypeOf(Object.getPrototypeOf(read))).toBeNull();
    expect(read['__proto__']).toBe('1');
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  test('a cookie is read back as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (value) => {
        if (!value.isWellFormed()) return;
        expect(readCookie(`x=1; ${cookie('name', value).split(';')[0]}; y=2`, 'name')).toBe(value);
      }),
    );
  });

  test.each<[string, string]>([
    ['localhost', 'accepted'],
    ['LOCALHOST:3000', 'accepted'],
    ['app.localhost', 'accepted'],
    ['127.0.0.1:1', 'accepted'],
    ['[::1]:80', 'accepted'],
    ['a.example.com', 'accepted'],
    ['b.a.example.com', 'accepted'],
    ['only.example:8443', 'accepted'],
    ['only.example', 'HTTP_HOST_NOT_SERVED'],
    ['example.com', 'HTTP_HOST_NOT_SERVED'],
    ['xexample.com', 'HTTP_HOST_NOT_SERVED'],
    ['[::2]', 'HTTP_HOST_NOT_SERVED'],
    ['', 'HTTP_HOST'],
    ['a..b', 'HTTP_HOST'],
    ['a b', 'HTTP_HOST'],
    ['user@localhost', 'HTTP_HOST'],
    ['localhost/', 'HTTP_HOST'],
    ['localhost:', 'HTTP_HOST'],
    ['localhost:70000', 'HTTP_HOST'],
    ['[::1', 'HTTP_HOST'],
    ['-a', 'HTTP_HOST'],
  ])('the host %j: %s', (host, code) => {
    const hosts = createHosts(['localhost', '*.localhost', '127.0.0.1', '[::1]', '*.example.com', 'only.example:8443']);
    expect(codeOf(() => hosts.check(host))).toBe(code);
  });

  test('a trace id is taken only from a well-formed traceparent', () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const parent = '00f067aa0ba902b7';
    expect(readTraceId(`00-${trace}-${parent}-01`)).toBe(trace);
    expect(readTraceId(`01-${trace}-${parent}-01-more`)).toBe(trace);
    for (const bad of [
      `00-${trace}-${parent}-01-more`,
      `ff-${trace}-${parent}-01`,
      `00-${'0'.repeat(32)}-${parent}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `00-${trace.toUpperCase()}-${parent}-01`,
    ])
      expect(readTraceId(bad), bad).toBeUndefined();
  });
});
