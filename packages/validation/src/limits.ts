/** Limits that hold where a schema states none of its own. */
export interface ImplicitLimits {
  /** Longest text, in UTF-16 code units. Default 10,000. */
  readonly maxLength?: number;
  /** Most items of an array. Default 1,000. */
  readonly maxItems?: number;
  /** Most properties of an object. Default 256. */
  readonly maxProperties?: number;
  /** Deepest nesting of arrays and objects. Default 128; at most 1,000. */
  readonly maxDepth?: number;
}

/** @internal Every limit as a number; `Infinity` where it was switched off. */
export type ResolvedLimits = Required<ImplicitLimits>;

/** Deeper than this no value is followed, whatever the limits say: recursion must end before the stack does. */
const DEEPEST = 1_000;

const DEFAULTS: ResolvedLimits = { maxLength: 10_000, maxItems: 1_000, maxProperties: 256, maxDepth: 128 };

/** The limits to use: the defaults, those given in their place, or none but the depth for `false`. */
export function resolveLimits(limits: ImplicitLimits | false | undefined): ResolvedLimits {
  if (limits === false) return { maxLength: Infinity, maxItems: Infinity, maxProperties: Infinity, maxDepth: DEEPEST };
  const merged = { ...DEFAULTS, ...limits };
  return { ...merged, maxDepth: Math.min(merged.maxDepth, DEEPEST) };
}
