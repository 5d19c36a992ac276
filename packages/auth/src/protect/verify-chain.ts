import type { ChainFault, SecurityLogChain } from './security-log-chain.js';
import type { SecurityLogAnchor, SecurityLogStore } from './security-log-store.js';

/** What `SecurityLog.verify` checks against. */
export interface VerifyOptions {
  /** Ends of the log that were noted before: each must still be there. */
  readonly anchors?: readonly SecurityLogAnchor[];
  /** Where to begin: what came before is not looked at. Default: the first record. */
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

const BATCH = 1_000;

/** Follows the chain from its first record to its last. */
export async function verifyChain(store: SecurityLogStore, chain: SecurityLogChain, options: VerifyOptions): Promise<VerifyResult> {
  const anchors = new Map((options.anchors ?? []).map((anchor) => [anchor.sequence, anchor.hash]));
  let last = options.from;
  let records = 0;
  for (;;) {
    const batch = await store.read(last?.sequence ?? 0, BATCH);
    for (const record of batch) {
      const sequence = (last?.sequence ?? 0) + 1;
      const fault = chain.check(record, last);
      if (fault !== undefined) return { ok: false, sequence, fault };
      if (anchors.has(sequence) && anchors.get(sequence) !== record.hash) return { ok: false, sequence, fault: 'altered' };
      last = { sequence, hash: record.hash };
      records += 1;
    }
    if (batch.length < BATCH) break;
  }
  const end = last?.sequence ?? 0;
  if ([...anchors.keys()].some((sequence) => sequence > end)) return { ok: false, sequence: end + 1, fault: 'cut' };
  return { ok: true, records, last };
}
