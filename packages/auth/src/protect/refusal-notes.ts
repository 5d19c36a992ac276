import type { Clock } from '@plinth/core';
import type { SecurityEvent, SecurityEvents } from './security-events.js';

const PAUSE = 60_000;
const REMEMBERED = 10_000;

/** Notes a refusal once a minute for each key: whoever is refused all the time must not fill the log. */
export class RefusalNotes {
  readonly #events: SecurityEvents;
  readonly #clock: Clock;
  readonly #noted = new Map<string, number>();

  constructor(events: SecurityEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  note(key: string, event: SecurityEvent): void {
    const now = this.#clock.monotonic();
    const at = this.#noted.get(key);
    if (at !== undefined && now - at < PAUSE) return;
    if (this.#noted.size >= REMEMBERED) this.#noted.clear();
    this.#noted.set(key, now);
    this.#events.note(event);
  }
}
