import { CLOCK, Injectable, runUninterrupted, type Clock } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import type { AuthUser, UserSource } from '../user/users.js';
import { PasskeyChallenges, type ChallengedUser } from './passkey-challenges.js';
import { PASSKEY_LIBRARY, type PasskeyLibrary } from './passkey-library.js';
import type { AssertionResponse, PasskeyRequestOptions } from './passkey-messages.js';
import { PASSKEY_SETTINGS, type PasskeySettings } from './passkey-settings.js';
import { PASSKEY_STORE, type PasskeyRecord, type PasskeyStore } from './passkey-store.js';
import { proofMethods, toPasskey, type Passkey } from './passkey.js';
import { reasonOf } from './reason-of.js';

/** What a passkey has proved. */
export interface PasskeyProof {
  readonly passkey: Passkey;
  /** For `Sessions` and `SignIns`: `['hwk', 'user', 'mfa']`, or `swk` for one that is not bound to its device. */
  readonly methods: readonly string[];
}

/** Who has signed in. */
export interface PasskeySignIn<User> extends PasskeyProof {
  readonly user: User;
  /** The name of the account, as `Throttle` knows it. */
  readonly name: string;
}

/** Something to be proved by somebody who is known: the second step of a sign-in, or again who they are. */
export type PasskeyStep = 'factor' | 'verify';

/**
 * Signatures of passkeys, to sign in without a name, as a second factor, and to prove again who one is (WebAuthn, 7.2; ASVS 5.0, 6.5). The
 * user is always verified by the device. A challenge is used up before anything is looked at. Whatever is wrong, the answer is the same,
 * and the reason stands in the log.
 */
@Injectable({
  deps: [PASSKEY_STORE, PASSKEY_SETTINGS, PasskeyChallenges, SecurityEvents, CLOCK, PASSKEY_LIBRARY],
  from: 'PasskeysModule of @plinth/auth/passkeys',
})
export class PasskeyProofs {
  readonly #store: PasskeyStore;
  readonly #settings: PasskeySettings;
  readonly #challenges: PasskeyChallenges;
  readonly #events: SecurityEvents;
  readonly #clock: Clock;
  readonly #library: PasskeyLibrary;

  constructor(
    store: PasskeyStore,
    settings: PasskeySettings,
    challenges: PasskeyChallenges,
    events: SecurityEvents,
    clock: Clock,
    library: PasskeyLibrary,
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#challenges = challenges;
    this.#events = events;
    this.#clock = clock;
    this.#library = library;
  }

  /** The options of a sign-in by any passkey of this site, for this browser: it is marked by a cookie. */
  async signInOptions(context: Pick<HttpContext, 'cookie' | 'setCookie'>): Promise<PasskeyRequestOptions> {
    return this.#library.toRequestOptions(await this.#challenges.issueForBrowser(context), this.#settings.rpId, []);
  }

  /**
   * Whose passkey this is, for `SignIns.complete` with `multiFactor: true`. Throws `AUTH_PASSKEY_CHALLENGE`, and `AUTH_PASSKEY_REFUSED` for
   * everything else that is wrong, also when `users` does not find the user.
   */
  async signIn<User extends AuthUser>(
    users: UserSource<User>,
    answer: AssertionResponse,
    context: Pick<HttpContext, 'cookie' | 'ip'>,
  ): Promise<PasskeySignIn<User>> {
    const attempt = { answer, challenge: this.#read(answer, 'sign-in'), purpose: 'sign-in', ip: context.ip };
    await this.#challenges.takeForBrowser(attempt.challenge, context);
    const proven = await this.#check(attempt);
    const user = await users.findById(proven.record.userId);
    if (user === undefined || user === null) this.#refuse(attempt, 'its user is not found', proven.record);
    return { ...(await this.#use(attempt, proven)), user, name: this.#settings.accountName(user) };
  }

  /** Whether a passkey that has just signed in is still there, and so is its user: either may have gone while the session began. */
  async isKept(users: UserSource, { user, passkey }: Pick<PasskeySignIn<AuthUser>, 'user' | 'passkey'>): Promise<boolean> {
    const found = await users.findById(user.id);
    return found !== undefined && found !== null && (await this.#store.list(user.id)).some(({ id }) => id === passkey.id);
  }

  /** The options of an answer by one of the user's passkeys. Throws `AUTH_PASSKEY_NONE`. */
  async options(purpose: PasskeyStep, user: ChallengedUser): Promise<PasskeyRequestOptions> {
    const passkeys = await this.#store.list(user.userId);
    // No list at all would ask for the passkey of anybody.
    if (passkeys.length === 0) throw AUTH_ERRORS.PASSKEY_NONE();
    return this.#library.toRequestOptions(await this.#challenges.issue(purpose, user), this.#settings.rpId, passkeys);
  }

  /**
   * Checks the answer of a user who is known, by a passkey of theirs. Throws `AUTH_PASSKEY_CHALLENGE`, and `AUTH_PASSKEY_REFUSED` for
   * everything else that is wrong.
   */
  async verify(purpose: PasskeyStep, user: ChallengedUser, answer: AssertionResponse): Promise<PasskeyProof> {
    const attempt = { answer, challenge: this.#read(answer, purpose), purpose, userId: user.userId };
    await this.#challenges.take(purpose, attempt.challenge, user);
    return this.#use(attempt, await this.#check(attempt));
  }

  #read(answer: AssertionResponse, purpose: string): unknown {
    try {
      return this.#library.challengeOf(answer);
    } catch (error) {
      return this.#refuse({ answer, challenge: undefined, purpose }, reasonOf(error));
    }
  }

  async #check(attempt: Attempt): Promise<Proven> {
    const { answer, challenge, userId } = attempt;
    const record = await this.#store.find(answer.id);
    if (!record) this.#refuse(attempt, 'it is unknown');
    if (userId !== undefined && record.userId !== userId) this.#refuse(attempt, 'it is that of another user', record);
    // Who signs in without a name is named by the handle; security keys may leave it out where the user is known (WebAuthn, 7.2 step 6).
    const handle = answer.response.userHandle ?? (userId === undefined ? undefined : record.userHandle);
    if (handle !== record.userHandle) this.#refuse(attempt, 'its user handle is missing, or another', record);
    const { origins, rpId } = this.#settings;
    const state = await this.#library
      .verifyAssertion(answer, record, { challenge: challenge as string, origins, rpId })
      .catch((error: unknown) => this.#refuse(attempt, reasonOf(error), record));
    if (state.deviceBound !== record.deviceBound) this.#refuse(attempt, 'it says another thing of its device than it did', record);
    return { record, counter: state.counter, backedUp: state.backedUp };
  }

  async #use(attempt: Attempt, { record, counter, backedUp }: Proven): Promise<PasskeyProof> {
    const use = { counter, backedUp, usedAt: this.#clock.now() };
    if (!(await runUninterrupted(() => this.#store.use(record.credentialId, use)))) return this.#refuseCounter(attempt, record, counter);
    this.#events.note({ type: 'passkey.used', outcome: 'success', ...factsOf(attempt, record) });
    return { passkey: toPasskey({ ...record, ...use }), methods: proofMethods(record) };
  }

  // A counter that does not grow may come from a copy of the passkey; it may as well come from a device that lost count. The owner
  // decides: the passkey stays, and the operator is told (WebAuthn, 7.2 step 22).
  async #refuseCounter(attempt: Attempt, { credentialId }: PasskeyRecord, counter: number): Promise<never> {
    const stored = await this.#store.find(credentialId);
    if (!stored) return this.#refuse(attempt, 'it was removed');
    const { userId, ...facts } = factsOf(attempt, stored);
    const details = { ...facts.details, stored: stored.counter, received: counter };
    this.#events.note({ type: 'passkey.counter', outcome: 'refused', ...facts, userId, details });
    throw AUTH_ERRORS.PASSKEY_REFUSED();
  }

  #refuse(attempt: Attempt, reason: string, record?: PasskeyRecord): never {
    const facts = factsOf(attempt, record);
    this.#events.note({ type: 'passkey.used', outcome: 'failure', ...facts, details: { ...facts.details, reason } });
    throw AUTH_ERRORS.PASSKEY_REFUSED();
  }
}

interface Attempt {
  readonly answer: AssertionResponse;
  readonly challenge: unknown;
  readonly purpose: string;
  /** Who must own the passkey; undefined: whoever does. */
  readonly userId?: string;
  readonly ip?: string;
}

interface Proven {
  readonly record: PasskeyRecord;
  readonly counter: number;
  readonly backedUp: boolean;
}

function factsOf({ purpose, userId, ip }: Attempt, record?: PasskeyRecord) {
  const whose = userId ?? record?.userId;
  return {
    ...(whose !== undefined && { userId: whose }),
    ...(ip !== undefined && { ip }),
    details: { purpose, ...(record && { passkey: record.id }) },
  };
}
