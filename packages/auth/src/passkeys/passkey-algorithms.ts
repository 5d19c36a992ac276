// In a file of their own: what tells of them does not load the library that verifies them.

/** The algorithms of keys by their name, the best first, and their numbers (IANA COSE). */
export const ALGORITHMS = { EdDSA: -8, ES256: -7, RS256: -257 } as const;
