/** What an option may be. Values that a feature checks itself are anything here. */
export type OptionRule = AnyRule | ValuesRule | AmountRule | KeysRule | TextRule | ListRule;

interface AnyRule {
  readonly kind: 'any';
}

/** One of a few values; `functions`: or a function. */
interface ValuesRule {
  readonly kind: 'values';
  readonly values: readonly unknown[];
  readonly functions: boolean;
}

/** A number, checked as a limit (`HTTP_LIMIT`). */
interface AmountRule {
  readonly kind: 'amount';
  readonly least: number;
  readonly most: number;
  /** Whether parts of one make sense: of a millisecond, not of a byte. */
  readonly whole: boolean;
}

/** A text that is not empty, or one of `values`. */
interface TextRule {
  readonly kind: 'text';
  readonly values: readonly unknown[];
}

/** A list of texts, or one of `values`. */
interface ListRule {
  readonly kind: 'texts';
  readonly values: readonly unknown[];
}

/** An object with these keys, and with others that fit `more`, or one of `values`. */
interface KeysRule {
  readonly kind: 'keys';
  readonly keys: ReadonlyMap<string, OptionRule>;
  readonly more: { readonly fits: (key: string) => boolean; readonly rule: OptionRule } | undefined;
  readonly values: readonly unknown[];
}

/** A rule for every key of `T`: an option without one does not compile. */
export type RulesOf<T> = { readonly [Key in keyof Required<T>]: OptionRule };

/** Node's timers turn what is longer into one millisecond. */
const LONGEST = 2_147_483_647;

/** Anything: whoever uses it checks it. */
export const ANY: OptionRule = { kind: 'any' };

/** True or false. */
export const FLAG: OptionRule = oneOf([true, false]);

/** Milliseconds. */
export const MILLISECONDS: OptionRule = { kind: 'amount', least: 1, most: LONGEST, whole: false };

/** Milliseconds, or 0 for never. */
export const MILLISECONDS_OR_NEVER: OptionRule = { kind: 'amount', least: 0, most: LONGEST, whole: false };

/** One of these values. */
export function oneOf(values: readonly unknown[], functions = false): OptionRule {
  return { kind: 'values', values, functions };
}

/** A whole number, this or more. */
export function atLeast(least: number): OptionRule {
  return { kind: 'amount', least, most: Number.MAX_SAFE_INTEGER, whole: true };
}

/** An object of options, or one of `values` in its place. */
export function object<T>(rules: RulesOf<T>, values: readonly unknown[] = []): OptionRule {
  return { kind: 'keys', keys: new Map(Object.entries<OptionRule>(rules)), more: undefined, values };
}

/** The same object, which may also have keys that fit. */
export function withMore(rule: OptionRule, fits: (key: string) => boolean, own: OptionRule): OptionRule {
  return rule.kind === 'keys' ? { ...rule, more: { fits, rule: own } } : rule;
}

/** A text that is not empty, or one of `values` in its place. */
export function text(values: readonly unknown[] = []): OptionRule {
  return { kind: 'text', values };
}

/** A list of texts, or one of `values` in its place. */
export function texts(values: readonly unknown[] = []): OptionRule {
  return { kind: 'texts', values };
}
