import { randomBytes } from 'node:crypto';
import { allOf, CLOCK, Injectable, newId, runUninterrupted, type Clock } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { deviceOf } from '../session/session-device.js';
import type { Session } from '../session/session.js';
import { FactorChanges } from '../sign-in/factor-changes.js';
import type { SignInContext } from '../sign-in/sign-ins.js';
import { ACCOUNT_PARTS, type AccountPart } from '../user/account-parts.js';
import type { AuthUser } from '../user/users.js';
import { PasskeyChallenges, type ChallengedUser } from './passkey-challenges.js';
import type { PasskeyCreationOptions, RegistrationResponse } from './passkey-messages.js';
import { readPasskeyName } from './passkey-name.js';
import { PASSKEY_LIBRARY, type PasskeyLibrary } from './passkey-library.js';
import { PASSKEY_SETTINGS, type PasskeySettings } from './passkey-settings.js';
import { PASSKEY_STORE, type PasskeyRecord, type PasskeyStore } from './passkey-store.js';
import { proofMethods, toPasskey, type Passkey } from './passkey.js';
import { reasonOf } from './reason-of.js';
import type { NewCredential } from './simplewebauthn.js';

/** Who changes their passkeys, and in which session. */
export interface PasskeyOwner {
  readonly user: AuthUser;
  readonly session: Session;
}

/** A passkey that was just made, to be kept. */
export interface NewPasskey {
  readonly response: RegistrationResponse;
  /** What the user calls it, 1 to 64 characters. Default: the browser and system it was made with, such as `Firefox on Windows`. */
  readonly name?: string;
}

const MOST = 20;
const HANDLE_BYTES = 32;

/**
 * The passkeys of a user: up to twenty, by the hardware or the password manager of any device (WebAuthn level 3). Whoever adds or removes
 * one signs out everywhere else (ASVS 5.0, 7.4.3), and is told by `ACCOUNT_CHANGED`.
 */
@Injectable({
  deps: [PASSKEY_STORE, PASSKEY_SETTINGS, PasskeyChallenges, FactorChanges, allOf(ACCOUNT_PARTS), SecurityEvents, CLOCK, PASSKEY_LIBRARY],
  from: 'PasskeysModule of @plinth/auth/passkeys',
})
export class Passkeys {
  readonly #store: PasskeyStore;
  readonly #settings: PasskeySettings;
  readonly #challenges: PasskeyChallenges;
  readonly #changes: FactorChanges;
  readonly #parts: readonly AccountPart[];
  readonly #events: SecurityEvents;
  readonly #clock: Clock;
  readonly #library: PasskeyLibrary;

  constructor(
    store: PasskeyStore,
    settings: PasskeySettings,
    challenges: PasskeyChallenges,
    changes: FactorChanges,
    parts: readonly AccountPart[],
    events: SecurityEvents,
    clock: Clock,
    library: PasskeyLibrary,
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#challenges = challenges;
    this.#changes = changes;
    this.#parts = parts;
    this.#events = events;
    this.#clock = clock;
    this.#library = library;
  }

  /** The options of a new passkey, for `navigator.credentials.create`. Ask for a proof (`stepUp`) before. Throws `AUTH_PASSKEY_LIMIT`. */
  async registerOptions({ user, session }: PasskeyOwner): Promise<PasskeyCreationOptions> {
    const existing = await this.#store.list(user.id);
    if (existing.length >= MOST) throw limit();
    // One handle for all passkeys of a user, so that authenticators know them as one account.
    const userHandle = existing[0]?.userHandle ?? randomBytes(HANDLE_BYTES).toString('base64url');
    const challenge = await this.#challenges.issue('register', { userId: user.id, session }, { userHandle });
    const { rpId, rpName, accountName } = this.#settings;
    const userName = accountName(user);
    return this.#library.toCreationOptions({
      challenge,
      rpId,
      rpName,
      userHandle,
      userName,
      displayName: displayNameOf(user) ?? userName,
      existing,
    });
  }

  /**
   * Keeps a new passkey, ends every other session of the user and gives this one a new token. Throws `AUTH_PASSKEY_CHALLENGE`,
   * `AUTH_PASSKEY_REGISTRATION` for whatever else is wrong with it (also where somebody has it already), `AUTH_PASSKEY_NAME`, `AUTH_PASSKEY_LIMIT`.
   */
  async register(owner: PasskeyOwner, { response, name }: NewPasskey, context: SignInContext): Promise<Passkey> {
    const { user, session } = owner;
    const label = name === undefined ? undefined : readPasskeyName(name);
    const { credential, userHandle } = await this.#verify(response, { userId: user.id, session });
    const about = { name: label ?? deviceOf(context).agent, createdAt: this.#clock.now(), usedAt: null };
    const record = { id: newId(), userId: user.id, userHandle, ...credential, ...about };
    await runUninterrupted(async () => {
      if (!(await this.#store.insert(record))) this.#refuse(user.id, 'there is one with its id');
      // Counted afterwards: of several at the same time none comes past the limit.
      if ((await this.#store.count(user.id)) > MOST) {
        await this.#store.remove(user.id, record.id);
        throw limit();
      }
      // Ended meanwhile, as with the whole account: a passkey that came after would stay.
      if (!(await this.#changes.isOpen(session))) {
        await this.#store.remove(user.id, record.id);
        throw AUTH_ERRORS.SESSION_ENDED();
      }
      this.#tell('added', record, context);
      // Whoever has just made it was verified by its device.
      await this.#changes.endOthers(session, context, proofMethods(record));
    });
    return toPasskey(record);
  }

  /** The passkeys of a user, the oldest first. */
  async list(userId: string): Promise<readonly Passkey[]> {
    return (await this.#store.list(userId)).map(toPasskey);
  }

  /** Gives a passkey another name. Throws `AUTH_PASSKEY_UNKNOWN`, `AUTH_PASSKEY_NAME`. */
  async rename(userId: string, id: string, name: string): Promise<Passkey> {
    const label = readPasskeyName(name);
    if (!(await this.#store.rename(userId, id, label))) throw AUTH_ERRORS.PASSKEY_UNKNOWN();
    return toPasskey(await this.#find(userId, id));
  }

  /**
   * Removes a passkey, ends every other session of the user and gives this one a new token. Ask for a proof (`stepUp`) before.
   * Throws `AUTH_PASSKEY_UNKNOWN`, and `AUTH_LAST_SIGN_IN_WAY` where the user could not sign in any more.
   */
  async remove({ user, session }: PasskeyOwner, id: string, context: SignInContext): Promise<void> {
    const record = await this.#find(user.id, id);
    if ((await this.#waysToSignIn(user.id)) <= 1) throw AUTH_ERRORS.LAST_SIGN_IN_WAY();
    await runUninterrupted(async () => {
      if (!(await this.#store.remove(user.id, id))) throw AUTH_ERRORS.PASSKEY_UNKNOWN();
      // The last two, removed at the same time: whoever finds that none is left puts theirs back.
      if ((await this.#waysToSignIn(user.id)) === 0) {
        await this.#store.insert(record);
        throw AUTH_ERRORS.LAST_SIGN_IN_WAY();
      }
      this.#tell('removed', record, context);
      await this.#changes.endOthers(session, context);
      await this.#changes.endUnneededCodes(user.id);
    });
  }

  async #verify(answer: RegistrationResponse, user: ChallengedUser): Promise<{ credential: NewCredential; userHandle: string }> {
    let challenge: unknown;
    try {
      challenge = this.#library.challengeOf(answer);
    } catch (error) {
      this.#refuse(user.userId, reasonOf(error));
    }
    const { userHandle } = await this.#challenges.take('register', challenge, user);
    const { origins, rpId } = this.#settings;
    const expected = { challenge: challenge as string, origins, rpId };
    const credential = await this.#library
      .verifyNewCredential(answer, expected)
      .catch((error: unknown) => this.#refuse(user.userId, reasonOf(error)));
    return { credential, userHandle: userHandle as string };
  }

  async #find(userId: string, id: string): Promise<PasskeyRecord> {
    const record = (await this.#store.list(userId)).find((each) => each.id === id);
    if (!record) throw AUTH_ERRORS.PASSKEY_UNKNOWN();
    return record;
  }

  #tell(what: 'added' | 'removed', { id, userId, name }: PasskeyRecord, context: SignInContext): void {
    this.#events.note({ type: `passkey.${what}`, outcome: 'success', userId, ip: context.ip, details: { passkey: id } });
    this.#changes.tell(`passkey-${what}`, userId, context, name);
  }

  async #waysToSignIn(userId: string): Promise<number> {
    const ways = await Promise.all(this.#parts.map(async (part) => (await part.waysToSignIn?.(userId)) ?? 0));
    return ways.reduce((sum, each) => sum + each, 0);
  }

  #refuse(userId: string, reason: string): never {
    this.#events.note({ type: 'passkey.added', outcome: 'failure', userId, details: { reason } });
    throw AUTH_ERRORS.PASSKEY_REGISTRATION();
  }
}

function displayNameOf(user: AuthUser): string | undefined {
  const name = 'name' in user ? user.name : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function limit(): Error {
  return AUTH_ERRORS.PASSKEY_LIMIT({ limit: MOST });
}
