import type { SecurityEvent } from './security-events.js';
import type { ChainFault, SecurityLogChain } from './security-log-chain.js';
import type { SecurityLogAnchor, SecurityLogRecord } from './security-log-store.js';

const PRUNED = 'security-log.pruned';

/** What is recorded before records are removed: where the rest of the log begins. It is sealed as any other record, so nobody can make one. */
export function pruningEvent({ sequence, hash }: SecurityLogAnchor, before: Date): SecurityEvent {
  return { type: PRUNED, outcome: 'success', details: { through: sequence, end: hash, before: before.toISOString() } };
}

/**
 * Records that are not there at the beginning of a log. They were pruned if the log itself says so further on, in a record that names the
 * last of them; with its hash the first that is there can be checked. Else somebody has removed them.
 */
export class PrunedGap {
  /** Where it begins. */
  readonly sequence: number;
  /** The record that it ends before. */
  readonly first: SecurityLogRecord;
  explained = false;

  constructor(sequence: number, first: SecurityLogRecord) {
    this.sequence = sequence;
    this.first = first;
  }

  /** Looks whether a record, which is in its place, explains the gap; gives what is wrong with `first` then, if anything is. */
  explain({ type, data }: SecurityLogRecord, chain: SecurityLogChain): ChainFault | undefined {
    const { through, end } = data;
    if (this.explained || type !== PRUNED || through !== this.first.sequence - 1 || typeof end !== 'string') return undefined;
    this.explained = true;
    return chain.check(this.first, { sequence: through, hash: end });
  }
}
