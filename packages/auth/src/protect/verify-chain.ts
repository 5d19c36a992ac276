import { PrunedGap } from './pruned-gap.js';
import type { ChainFault, SecurityLogChain } from './security-log-chain.js';
import type { SecurityLogAnchor, SecurityLogRecord, SecurityLogStore } from './security-log-store.js';

/** What `SecurityLog.verify` checks against. */
export interface VerifyOptions {
  /** Ends of the log that were noted before: each must still be there, but for those that were pruned since. */
  readonly anchors?: readonly SecurityLogAnchor[];
  /** Where to begin: what came before is not looked at. Default: the first record, or where the log was pruned last. */
  readonly from?: SecurityLogAnchor;
}

/** What `SecurityLog.verify` found. */
export type VerifyResult =
  | { readonly ok: true; readonly records: number; readonly last: SecurityLogAnchor | undefined }
  | {
      readonly ok: false;
      /** The first record that is not as it was written. */
      readonly sequence: number;
      /**
       * `missing`: it is not there. `altered`: it, or its place, is not what was written; a record put in has no other fault. `cut`: an
       * anchor says that the log was longer. `unknown-key`: it was sealed with a key that is not in `APP_KEY`.
       */
      readonly fault: ChainFault | 'cut';
    };

type Fault = Extract<VerifyResult, { ok: false }>;

const BATCH = 1_000;

/** Follows the chain from its first record to its last. */
export async function verifyChain(store: SecurityLogStore, chain: SecurityLogChain, options: VerifyOptions): Promise<VerifyResult> {
  const walk = new ChainWalk(chain, options);
  for (;;) {
    const batch = await store.read(walk.sequence, BATCH);
    for (const record of batch) {
      const fault = walk.step(record);
      if (fault !== undefined) return fault;
    }
    if (batch.length < BATCH) return walk.end();
  }
}

class ChainWalk {
  readonly #chain: SecurityLogChain;
  readonly #anchors: ReadonlyMap<number, string>;
  #last: SecurityLogAnchor | undefined;
  #records = 0;
  #gap: PrunedGap | undefined;

  constructor(chain: SecurityLogChain, { anchors = [], from }: VerifyOptions) {
    this.#chain = chain;
    this.#anchors = new Map(anchors.map((anchor) => [anchor.sequence, anchor.hash]));
    this.#last = from;
  }

  /** How far it has come. */
  get sequence(): number {
    return this.#last?.sequence ?? 0;
  }

  step(record: SecurityLogRecord): Fault | undefined {
    const sequence = this.sequence + 1;
    if (this.#records === 0 && record.sequence > sequence) this.#gap = new PrunedGap(sequence, record);
    else {
      const fault = this.#chain.check(record, this.#last);
      if (fault !== undefined) return { ok: false, sequence, fault };
    }
    this.#last = { sequence: record.sequence, hash: record.hash };
    this.#records += 1;
    const fault = this.#gap?.explain(record, this.#chain);
    if (fault !== undefined) return { ok: false, sequence: this.#gap!.first.sequence, fault };
    return this.#isAnchored(record) ? undefined : { ok: false, sequence: record.sequence, fault: 'altered' };
  }

  end(): VerifyResult {
    if (this.#gap?.explained === false) return { ok: false, sequence: this.#gap.sequence, fault: 'missing' };
    const end = this.sequence;
    if ([...this.#anchors.keys()].some((sequence) => sequence > end)) return { ok: false, sequence: end + 1, fault: 'cut' };
    return { ok: true, records: this.#records, last: this.#last };
  }

  #isAnchored({ sequence, hash }: SecurityLogRecord): boolean {
    return (this.#anchors.get(sequence) ?? hash) === hash;
  }
}
