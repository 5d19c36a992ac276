import { defineEvent, EVENTS, Injectable, LOGGER, type EventBus, type Logger } from '@plinth/core';
import type { SecurityEventType } from './security-event-types.js';

/** Something of interest to whoever watches over accounts. No secret is ever in it: no password, code, token or key. */
export interface SecurityEvent {
  /** What was done, in words with dots: `password.accepted`, `totp.used`. */
  readonly type: SecurityEventType;
  readonly outcome: 'success' | 'failure' | 'refused';
  /** Whom it is about. */
  readonly userId?: string;
  /** Who did it. Default: the actor of the request. */
  readonly actor?: string;
  /** The client's address. */
  readonly ip?: string;
  /** Further facts of this type of event. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Emitted for every `SecurityEvent`. */
export const SECURITY_EVENT = defineEvent<SecurityEvent>('auth.security');

/** Tells the log and whoever listens to `SECURITY_EVENT` what happened (ASVS 5.0, 16.3). Nobody waits for the listeners. */
@Injectable({ deps: [LOGGER, EVENTS], from: 'AuthModule of @plinth/auth' })
export class SecurityEvents {
  readonly #logger: Logger;
  readonly #events: EventBus;

  constructor(logger: Logger, events: EventBus) {
    this.#logger = logger;
    this.#events = events;
  }

  note(event: SecurityEvent): void {
    this.#logger[event.outcome === 'success' ? 'info' : 'warn']({ security: event }, `security: ${event.type}: ${event.outcome}`);
    this.#events.publish(SECURITY_EVENT, event);
  }
}
