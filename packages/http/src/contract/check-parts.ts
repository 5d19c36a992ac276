import type { Contract } from './contract.js';

/**
 * Refuses a misspelt part of a contract, which inference alone would let pass, and the parts in `Refused`; the compiler prints the
 * sentence as the type that was expected.
 */
export type NoSurplus<C, Refused = never> = {
  readonly [Part in Exclude<keyof C, Exclude<keyof Contract, Refused>>]: { error: PartSentence<Part> };
};

type PartSentence<Part> = Part extends 'open' ? 'a guarded route cannot be open' : `unknown contract key '${Part & string}'`;
