/**
 * Why a type does not fit another, as the words and types of a compile error: the names of the missing properties, or the first
 * property of another type with both types, or both types. One level deep, and evaluated for types that do not fit only, so that right
 * programs do not pay for it.
 */
export type FaultOf<Given, Wanted, Says extends string> = [Given, NonNullable<Wanted>] extends [PlainObject, PlainObject]
  ? [Missing<Given, NonNullable<Wanted>>] extends [never]
    ? PropertyFault<Given, NonNullable<Wanted>, Says>
    : ['the property', Missing<Given, NonNullable<Wanted>>, 'is missing']
  : [Given, Says, Wanted];

type PropertyFault<Given, Wanted, Says extends string> = {
  [Name in keyof Wanted & keyof Given]: [Given[Name]] extends [Wanted[Name]]
    ? never
    : ['the property', Name, 'is', Given[Name], Says, Wanted[Name]];
}[keyof Wanted & keyof Given];

type Missing<Given, Wanted> = Exclude<RequiredNames<Wanted>, keyof Given>;

/** The names of the properties that a type demands. */
export type RequiredNames<T> = { [Name in keyof T]-?: {} extends Pick<T, Name> ? never : Name }[keyof T];

/** Objects that are neither lists nor functions. */
type PlainObject = object & { readonly length?: never; readonly call?: never };
