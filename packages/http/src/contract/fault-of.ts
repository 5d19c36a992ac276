/**
 * Why a type does not fit another, in words that end the sentence of a compile error: `title is missing in body`, `body.n is a string,
 * but ... a number`. Evaluated for types that do not fit only, so that right programs do not pay for it.
 */
export type FaultOf<Given, Wanted, Place extends string, Says extends string> = [FaultAt<Given, Wanted, Place, Says>] extends [never]
  ? `${Place} is of another type`
  : FaultAt<Given, Wanted, Place, Says>;

type FaultAt<Given, Wanted, Place extends string, Says extends string> = [Given] extends [Wanted]
  ? never
  : [Given, NonNullable<Wanted>] extends [readonly (infer GivenItem)[], readonly (infer WantedItem)[]]
    ? FaultOf<GivenItem, WantedItem, `${Place}[]`, Says>
    : [Given, NonNullable<Wanted>] extends [Plain, Plain]
      ? PropertyFault<Given, NonNullable<Wanted>, Place, Says>
      : `${Place} is ${Word<Given>}, but ${Says} ${Word<Wanted>}${LiteralHint<Given, Wanted>}`;

/** Missing properties first: their names are what a misspelling needs. */
type PropertyFault<Given, Wanted, Place extends string, Says extends string> = [Missing<Given, Wanted>] extends [never]
  ? { [Name in keyof Wanted & keyof Given & string]: FaultAt<Given[Name], Wanted[Name], `${Place}.${Name}`, Says> }[keyof Wanted &
      keyof Given &
      string]
  : `property '${Missing<Given, Wanted>}' is missing in ${Place}`;

type Missing<Given, Wanted> = Exclude<RequiredNames<Wanted>, keyof Given> & string;

/** The names of the properties that a type demands. */
export type RequiredNames<T> = { [Name in keyof T]-?: {} extends Pick<T, Name> ? never : Name }[keyof T];

/** Objects that are neither lists nor functions. */
type Plain = object & { readonly length?: never; readonly call?: never };

type LiteralHint<Given, Wanted> = [string] extends [Given] ? ([Wanted] extends [string] ? ' (`as const` keeps a literal)' : '') : '';

/** A type in a few words. */
type Word<T> = [T] extends [never]
  ? 'nothing'
  : unknown extends T
    ? 'unknown'
    : [T] extends [void]
      ? 'nothing'
      : [T] extends [null | undefined]
        ? 'null'
        : [null] extends [T]
          ? `${Solid<NonNullable<T>>} or null`
          : [undefined] extends [T]
            ? `${Solid<NonNullable<T>>} or undefined`
            : Solid<T>;

type Solid<T> = [T] extends [string]
  ? [string] extends [T]
    ? 'a string'
    : Listed<T>
  : [T] extends [number]
    ? [number] extends [T]
      ? 'a number'
      : Listed<T>
    : [T] extends [boolean]
      ? [boolean] extends [T]
        ? 'a boolean'
        : Listed<T>
      : [T] extends [bigint]
        ? 'a bigint'
        : [T] extends [Date]
          ? 'a Date'
          : [T] extends [PromiseLike<unknown>]
            ? 'a promise'
            : [T] extends [readonly unknown[]]
              ? 'an array'
              : [T] extends [(...args: never[]) => unknown]
                ? 'a function'
                : [T] extends [object]
                  ? 'an object'
                  : 'one of several types';

/** A literal as it is written; of several only that they are listed, since a template of a union would be a union of sentences. */
type Listed<T> = IsUnion<T> extends true ? 'one of the listed values' : T extends string ? `'${T}'` : `${T & (number | boolean)}`;

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;
