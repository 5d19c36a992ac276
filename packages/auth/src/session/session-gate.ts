import type { HttpContext } from '@plinth/http';
import { withinRequest } from '../protect/within-request.js';
import type { SessionUse, UsedSession } from './session-use.js';
import type { Session } from './session.js';

/** What guards ask of `Sessions`. No class of the container: private fields of one with a decorator are slower, and this is asked always. */
export class SessionGate {
  readonly #use: SessionUse;
  readonly #revoke: (session: Session) => Promise<boolean>;

  constructor(use: SessionUse, revoke: (session: Session) => Promise<boolean>) {
    this.#use = use;
    this.#revoke = revoke;
  }

  /** What a request with this token may use, as `Sessions.use`: at once where the store answers at once. */
  use(token: string, request: Pick<HttpContext, 'id'>): UsedSession | Promise<UsedSession> {
    return this.#use.use(token, true, request);
  }

  /** Ends a session, as `Sessions.revoke`. */
  revoke(session: Session, request: Pick<HttpContext, 'id'>): Promise<boolean> {
    return withinRequest(request, () => this.#revoke(session));
  }
}
