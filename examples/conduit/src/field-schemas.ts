/** Text that says something: not empty, not only blanks. */
export const filled = <const Max extends number>(maxLength: Max) => ({ type: 'string', minLength: 1, maxLength, pattern: '\\S' }) as const;

/** A user name: it is part of a path, so it holds nothing that means something there, and neither begins nor ends with a blank. */
export const NICKNAME = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}](?:[\\p{L}\\p{N} ._-]*[\\p{L}\\p{N}._-])?$',
} as const;

/** A new password. How long it must be is the policy of `Passwords`; here it only must not be missing. */
export const PASSWORD = { type: 'string', minLength: 1, maxLength: 10_000 } as const;

/** Where in a list to begin and how much of it to give. */
export const PAGE = {
  limit: { type: 'integer', minimum: 1, default: 20 },
  offset: { type: 'integer', minimum: 0, default: 0 },
} as const;
