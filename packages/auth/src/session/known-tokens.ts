import { hashSessionToken } from './session-token.js';

/** Of each of two generations. */
const MOST = 500;

/**
 * The hashes of tokens that have just opened a session in memory: a digest takes as long as everything else that a guard does. It says
 * nothing of the session: the store is asked with every request. Only for stores of this process, which has to be read to see either.
 */
export class KnownTokens {
  #recent = new Map<string, string>();
  #older = new Map<string, string>();

  /** The hash of a token. */
  hashOf(token: string): string {
    return this.#recent.get(token) ?? this.#older.get(token) ?? hashSessionToken(token);
  }

  /** It has opened a session. Those that came before the last 500 to 1,000 are forgotten. */
  keep(token: string, tokenHash: string): void {
    if (this.#recent.has(token)) return;
    if (this.#recent.size >= MOST) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    // A copy: a part of the Cookie header would keep the whole of it, with whatever else is in there.
    this.#recent.set(Buffer.from(token, 'latin1').toString('latin1'), tokenHash);
  }

  /** It opens nothing any more. */
  forget(token: string): void {
    this.#recent.delete(token);
    this.#older.delete(token);
  }
}
