import { expect, test } from 'vitest';
import { parameterNames } from './parameter-names.js';

test('the parameters of constructors, functions and arrows are named as they are written', () => {
  class Plain {
    method(wrong: number): number {
      return wrong;
    }
    constructor(
      readonly first: object,
      readonly second = [1, ',)'],
      { third }: { third?: number } = {},
      ...rest: unknown[]
    ) {
      void third;
      void rest;
    }
  }
  expect(parameterNames(Plain)).toEqual(['first', 'second', undefined, 'rest']);
  expect(parameterNames((orders: object, clock: object) => [orders, clock])).toEqual(['orders', 'clock']);
  expect(parameterNames(async (one: object) => one)).toEqual(['one']);
  expect(
    parameterNames(function named(a: number, b: (x: number, y: number) => number) {
      return b(a, a);
    }),
  ).toEqual(['a', 'b']);
  expect(parameterNames(class {})).toEqual([]);
  expect(parameterNames(Map)).toEqual([]);
});
