import { describe, expect, test } from 'vitest';
import { createRouter } from './create-router.js';
import { parsePattern } from './parse-pattern.js';

function routerOf(...paths: string[]) {
  const router = createRouter<string>();
  for (const path of paths) for (const pattern of parsePattern(path)) router.add('GET', pattern, path);
  return (path: string) => {
    const values: string[] = [];
    const found = router.find('GET', path, values);
    return found === undefined ? undefined : [found, ...values];
  };
}

describe('the router', () => {
  const paths = [
    '/users/me',
    '/users/:id',
    '/users/:id/posts',
    '/users/*rest',
    '/:any/:other',
    '/files/:name.:ext',
    '/files/:name',
    '/@:user',
    '/',
  ];
  const expected: [string, string[] | undefined][] = [
    ['/', ['/']],
    ['/users/me', ['/users/me']],
    ['/users/7', ['/users/:id', '7']],
    ['/users/7/posts', ['/users/:id/posts', '7']],
    ['/users/7/other', ['/users/*rest', '7/other']],
    ['/users/me/posts', ['/users/:id/posts', 'me']],
    ['/users/', undefined],
    ['/x/y', ['/:any/:other', 'x', 'y']],
    ['/x/y/z', undefined],
    ['/files/a.b.c', ['/files/:name.:ext', 'a', 'b.c']],
    ['/files/a', ['/files/:name', 'a']],
    ['/files/.b', ['/files/:name', '.b']],
    ['/@ann', ['/@:user', 'ann']],
    ['/@', undefined],
    ['/Users/me', ['/:any/:other', 'Users', 'me']],
  ];
  test('static text wins over parameters and parameters over wildcards, in any order of registration [RT-02]', () => {
    for (let turn = 0; turn < paths.length; turn++) {
      const find = routerOf(...paths.slice(turn), ...paths.slice(0, turn));
      for (const [path, result] of expected) expect(find(path), path).toEqual(result);
      const reversed = routerOf(...[...paths].reverse());
      for (const [path, result] of expected) expect(reversed(path), path).toEqual(result);
    }
  });

  test('several parameters, a suffix, an optional parameter and a wildcard are matched [RT-03]', () => {
    const find = routerOf('/a/:x-:y-:z', '/b/:name.json', '/c/:id?', '/d/*rest', '/:root?');
    expect(find('/a/1-2-3-4')).toEqual(['/a/:x-:y-:z', '1', '2', '3-4']);
    expect(find('/a/1-2')).toBeUndefined();
    expect(find('/b/x.json.json')).toEqual(['/b/:name.json', 'x.json']);
    expect(find('/b/.json')).toBeUndefined();
    expect(find('/c')).toEqual(['/c/:id?']);
    expect(find('/c/1')).toEqual(['/c/:id?', '1']);
    expect(find('/c/')).toBeUndefined();
    expect(find('/d/x/y')).toEqual(['/d/*rest', 'x/y']);
    expect(find('/d')).toEqual(['/:root?', 'd']);
    expect(find('/d/')).toBeUndefined();
    expect(find('/')).toEqual(['/:root?']);
  });

  test('a segment of many separators is matched in linear time [RT-10]', () => {
    const find = routerOf('/:a-:b-:c-:d-:e!');
    const start = performance.now();
    expect(find(`/${'-a'.repeat(200_000)}`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('the methods of a path are told [RT-06]', () => {
    const router = createRouter<number>();
    for (const [method, path] of [
      ['PUT', '/a/:id'],
      ['GET', '/a/b'],
      ['POST', '/c'],
    ] as const)
      for (const pattern of parsePattern(path)) router.add(method, pattern, 1);
    expect(router.methodsOf('/a/b')).toEqual(['GET', 'PUT']);
    expect(router.methodsOf('/zzz')).toEqual([]);
  });

  test('ten thousand routes do not slow a lookup', () => {
    const router = createRouter<number>();
    for (let i = 0; i < 10_000; i++) for (const pattern of parsePattern(`/r${i}/:id/items/:item`)) router.add('GET', pattern, i);
    const start = performance.now();
    for (let i = 0; i < 100_000; i++) router.find('GET', '/r9999/1/items/2', []);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('a route path', () => {
  test.each([
    'users',
    '/a//b',
    '/a/./b',
    '/a/../b',
    '/:id?/x',
    '/*rest/x',
    '/:a:b',
    '/:',
    '/*',
    '/a b',
    '/a;b',
    '/a%20b',
    '/:a/:a',
    '/:__proto__',
    '/a?',
    '/x*',
    '/a#b',
    '/:id(\\d+)',
  ])('%s is refused', (path) => {
    expect(() => parsePattern(path)).toThrow(expect.objectContaining({ code: 'HTTP_PATTERN' }));
  });

  test('two spellings of one path have the same shape', () => {
    expect(parsePattern('/a/:id.:ext')[0]?.shape).toBe(parsePattern('/a/:x.:y')[0]?.shape);
    expect(parsePattern('/a/:id?')[0]?.shape).toBe(parsePattern('/a')[0]?.shape);
  });
});
