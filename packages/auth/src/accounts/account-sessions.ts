import { Injectable } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { OneTimeTokens } from '../one-time/one-time-tokens.js';
import { RefreshTokens } from '../refresh/refresh-tokens.js';
import { readSessionCookie, setSessionCookie } from '../session/session-cookie.js';
import type { NewSession } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import type { SignInContext } from '../sign-in/sign-ins.js';

/** What ends with the change of an account: its sessions, refresh tokens, and links in mails. */
@Injectable({ deps: [Sessions, RefreshTokens, OneTimeTokens] })
export class AccountSessions {
  constructor(
    private readonly sessions: Sessions,
    private readonly refresh: RefreshTokens,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Signs the user out everywhere, but for the session of the id `except`, and ends the links that were mailed. */
  async endAll(userId: string, except?: string): Promise<void> {
    await this.sessions.revokeAll(userId, except);
    await this.#endOthers(userId);
  }

  /**
   * The same, but for the session that the request came with, which gets a new token. Undefined where it is no session of this user, or
   * another request has just rotated it: then nobody stays signed in.
   */
  async endOthers(userId: string, context: SignInContext): Promise<NewSession | undefined> {
    const token = await this.#own(userId, context);
    const kept = token === undefined ? undefined : await this.sessions.endOthers(token);
    if (!kept) await this.sessions.revokeAll(userId);
    await this.#endOthers(userId);
    return kept;
  }

  /** The user has just proved who they are, by this method: the session has a new token. Throws `AUTH_SESSION_ENDED`. */
  async confirm(userId: string, method: string, context: SignInContext): Promise<void> {
    const token = await this.#own(userId, context);
    this.send(token === undefined ? undefined : await this.sessions.confirm(token, { methods: [method] }), context);
  }

  /** Signs this browser out, with the refresh tokens that belong to its session. */
  async end(session: { readonly id: string; readonly userId: string }): Promise<void> {
    await this.sessions.revoke(session.userId, session.id);
    await this.refresh.revokeAll(session.userId, { sessionId: session.id });
  }

  /** Sends the cookie of a session that has a new token. Throws `AUTH_SESSION_ENDED` where none was kept. */
  send(kept: NewSession | undefined, context: Pick<HttpContext, 'setCookie'>): void {
    if (!kept) throw AUTH_ERRORS.SESSION_ENDED();
    setSessionCookie(context, kept);
  }

  async #endOthers(userId: string): Promise<void> {
    await this.refresh.revokeAll(userId);
    await this.tokens.revokeAll(userId);
  }

  // Whose cookie it is, is looked up: services may be called for another user than the one who is signed in.
  async #own(userId: string, context: SignInContext): Promise<string | undefined> {
    const token = readSessionCookie(context);
    if (token === undefined) return undefined;
    const session = await this.sessions.read(token);
    return session?.userId === userId ? token : undefined;
  }
}
