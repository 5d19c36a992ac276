import { AsyncLocalStorage } from 'node:async_hooks';
import { APP_KEY, CLOCK, EVENTS, Injectable, LOGGER, type AppKey, type Clock, type EventBus, type Logger } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { AnchorLines } from './anchor-lines.js';
import { pruningEvent } from './pruned-gap.js';
import { SECURITY_EVENT, SecurityEvents, type SecurityEvent } from './security-events.js';
import { SecurityLogChain, type UnplacedRecord } from './security-log-chain.js';
import { SECURITY_LOG_SETTINGS, type SecurityLogSettings } from './security-log-settings.js';
import { SECURITY_LOG_STORE, type SecurityLogAnchor, type SecurityLogRecord, type SecurityLogStore } from './security-log-store.js';
import { SecurityLogWriter } from './security-log-writer.js';
import { toSecurityRecord } from './security-record.js';
import { verifyChain, type VerifyOptions, type VerifyResult } from './verify-chain.js';

/** What `SecurityLog.prune` did; of a log that is not whole, what `verify` found. */
export type PruneResult =
  | {
      readonly ok: true;
      readonly removed: number;
      /** The last record that was removed. */
      readonly through: SecurityLogAnchor | undefined;
    }
  | Extract<VerifyResult, { ok: false }>;

/**
 * The record of what concerns security (ASVS 5.0, 16.3 and 16.4.2): it only grows, and every record is sealed together with all before
 * it. It takes what `record` is given, and everything that the framework notes with `SecurityEvents`.
 */
@Injectable({ deps: [SECURITY_LOG_STORE, SECURITY_LOG_SETTINGS, APP_KEY, CLOCK, LOGGER, EVENTS, SecurityEvents] })
export class SecurityLog {
  readonly #store: SecurityLogStore;
  readonly #settings: SecurityLogSettings;
  readonly #chain: SecurityLogChain;
  readonly #writer: SecurityLogWriter;
  readonly #anchors: AnchorLines;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #events: SecurityEvents;
  readonly #recorded = new WeakSet<SecurityEvent>();
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(
    store: SecurityLogStore,
    settings: SecurityLogSettings,
    appKey: AppKey,
    clock: Clock,
    logger: Logger,
    bus: EventBus,
    events: SecurityEvents,
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#chain = new SecurityLogChain(appKey);
    this.#writer = new SecurityLogWriter(store, this.#chain, clock);
    this.#anchors = new AnchorLines(logger, clock, settings);
    this.#clock = clock;
    this.#logger = logger;
    this.#events = events;
    bus.on(SECURITY_EVENT, (event) => this.#noted(event), { name: 'SecurityLog' });
  }

  /**
   * Records an event, and tells `SECURITY_EVENT` of it. It has been written when this resolves; where the store fails, `whenDown` decides.
   * Throws `AUTH_SECURITY_LOG_EVENT`, and `AUTH_SECURITY_LOG` with `whenDown: 'closed'`.
   */
  async record(event: SecurityEvent): Promise<void> {
    const unplaced = toSecurityRecord(event, this.#clock.now());
    if (this.#settings.whenDown === 'closed') await this.#appendOrThrow(unplaced);
    // The transaction that it comes from has the only connection: the record waits for its end, and nobody for the record.
    else if (this.#store.blocked === true) void this.#appendLater(unplaced);
    else await this.#append(unplaced).catch((error: unknown) => this.#lost(unplaced, error));
    this.#tell(event);
  }

  /** What happened to a user, newest first, at most `limit` (20); before a sequence, for the next page. */
  recent(subject: string, options: { readonly limit?: number; readonly before?: number } = {}): Promise<readonly SecurityLogRecord[]> {
    return this.#store.recent(subject, options.limit ?? 20, options.before);
  }

  /**
   * Reads the whole log and finds the first record that was altered, removed, inserted or moved. Records that were cut off at the end are
   * found by the anchors of the application's log: give them as `anchors`.
   */
  verify(options: VerifyOptions = {}): Promise<VerifyResult> {
    return verifyChain(this.#store, this.#chain, options);
  }

  /**
   * Removes the records from before this time, for which there is a limit in law or in your own rules. First it verifies the log, and
   * removes nothing from one that is not whole; then it records `security-log.pruned`, by which the rest can be verified later. Throws
   * `AUTH_SECURITY_LOG` when that cannot be recorded.
   */
  async prune(before: Date): Promise<PruneResult> {
    const found = await this.verify();
    if (!found.ok) return found;
    const end = await lastBefore(this.#store, before.getTime());
    if (end === undefined) return { ok: true, removed: 0, through: undefined };
    const event = pruningEvent(end, before);
    await this.#appendOrThrow(toSecurityRecord(event, this.#clock.now()));
    const removed = await this.#store.prune(end.sequence);
    this.#tell(event);
    return { ok: true, removed, through: end };
  }

  /** The end of the log: an anchor to be kept elsewhere. */
  last(): Promise<SecurityLogAnchor | undefined> {
    return this.#store.last();
  }

  /** Waits for the records on their way. */
  async onStop(): Promise<void> {
    await this.#writer.idle();
    this.#anchors.write();
  }

  #tell(event: SecurityEvent): void {
    const copy = { ...event };
    this.#recorded.add(copy);
    this.#events.note(copy);
  }

  async #noted(event: SecurityEvent): Promise<void> {
    if (this.#recorded.has(event)) return;
    // Made here, where the request that it belongs to is known.
    await this.#appendLater(toSecurityRecord(event, this.#clock.now()));
  }

  async #append(unplaced: UnplacedRecord): Promise<void> {
    this.#anchors.moved(await this.#writer.append(unplaced));
  }

  async #appendOrThrow(unplaced: UnplacedRecord): Promise<void> {
    try {
      if (this.#store.blocked === true) throw new Error('the transaction around it has the only connection');
      await this.#append(unplaced);
    } catch (error) {
      this.#lost(unplaced, error);
      throw AUTH_ERRORS.SECURITY_LOG({}, { cause: error });
    }
  }

  async #appendLater(unplaced: UnplacedRecord): Promise<void> {
    await this.#outside(() => this.#append(unplaced)).catch((error: unknown) => this.#lost(unplaced, error));
  }

  #lost(unplaced: UnplacedRecord, error: unknown): void {
    this.#logger.error({ err: error, lost: unplaced }, 'the security log has lost a record: its store failed');
  }
}

const BATCH = 1_000;

// Clocks of several processes differ: the records from before a time end where the first later one stands.
async function lastBefore(store: SecurityLogStore, before: number): Promise<SecurityLogAnchor | undefined> {
  let last: SecurityLogAnchor | undefined;
  for (;;) {
    const batch = await store.read(last?.sequence ?? 0, BATCH);
    for (const { at, sequence, hash } of batch) {
      if (at >= before) return last;
      last = { sequence, hash };
    }
    if (batch.length < BATCH) return last;
  }
}
