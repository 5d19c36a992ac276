import type { Clock, Logger, Timer } from '@plinth/core';
import type { SecurityLogSettings } from './security-log-settings.js';
import type { SecurityLogAnchor } from './security-log-store.js';

/** Writes the end of the chain to the application's log now and then: kept elsewhere, the lines tell when the end was cut off. */
export class AnchorLines {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #settings: SecurityLogSettings;
  #end: SecurityLogAnchor | undefined;
  #records = 0;
  #timer: Timer | undefined;

  constructor(logger: Logger, clock: Clock, settings: SecurityLogSettings) {
    this.#logger = logger;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** A record was added. */
  moved({ sequence, hash }: SecurityLogAnchor): void {
    this.#end = { sequence, hash };
    this.#records += 1;
    if (this.#records >= this.#settings.anchorEvery) return this.write();
    this.#timer ??= this.#clock.setTimeout(() => this.write(), this.#settings.anchorAfter, { keepAlive: false });
  }

  /** Writes the line, if records were added since the last one. */
  write(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#records === 0) return;
    this.#records = 0;
    this.#logger.info({ anchor: this.#end }, 'end of the security log');
  }
}
