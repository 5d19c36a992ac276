import { CLOCK, EVENTS, Injectable, type Clock, type EventBus } from '@plinth/core';
import { RecoveryCodes } from '../mfa/recovery-codes.js';
import { readSessionCookie, setSessionCookie } from '../session/session-cookie.js';
import { deviceOf } from '../session/session-device.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { ACCOUNT_CHANGED, type AccountChange } from '../user/account-changed.js';
import { SecondFactors } from './second-factors.js';
import type { SignInContext } from './sign-ins.js';

/** What follows a change of a factor: its user is told, and every other session ends (ASVS 5.0, 6.3.7 and 7.4.3). @internal */
@Injectable({ deps: [Sessions, SecondFactors, RecoveryCodes, EVENTS, CLOCK] })
export class FactorChanges {
  readonly #sessions: Sessions;
  readonly #factors: SecondFactors;
  readonly #codes: RecoveryCodes;
  readonly #bus: EventBus;
  readonly #clock: Clock;

  constructor(sessions: Sessions, factors: SecondFactors, codes: RecoveryCodes, bus: EventBus, clock: Clock) {
    this.#sessions = sessions;
    this.#factors = factors;
    this.#codes = codes;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Publishes `ACCOUNT_CHANGED`. */
  tell(change: AccountChange, userId: string, context: SignInContext, detail?: string): void {
    const facts = { userId, change, at: this.#clock.date(), device: deviceOf(context) };
    this.#bus.publish(ACCOUNT_CHANGED, detail === undefined ? facts : { ...facts, detail });
  }

  /** Gives this session a new token, notes what was proved by the change, and ends every other session of its user. */
  async endOthers({ userId, id }: Session, context: SignInContext, methods: readonly string[] = []): Promise<void> {
    const kept = await this.#sessions.confirm(readSessionCookie(context) ?? '', { methods });
    if (kept) setSessionCookie(context, kept);
    // Also where another request has just rotated the token, which is no reason to leave the others open.
    await this.#sessions.revokeAll(userId, id);
  }

  /** Ends the recovery codes of a user who has no factor any more: else they would open the account again beside a later one. */
  async endUnneededCodes(userId: string): Promise<void> {
    if ((await this.#factors.of(userId)).length === 0) await this.#codes.remove(userId);
  }

  /** Whether a session that a change was begun with is still there, whatever its token is by now. */
  async isOpen({ userId, id }: Session): Promise<boolean> {
    return (await this.#sessions.list(userId)).some((open) => open.id === id);
  }
}
