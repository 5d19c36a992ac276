import { CLOCK, Injectable, type Clock } from '@plinth/core';
import type { Cipher } from '../crypto/cipher.js';
import { Keyring } from '../crypto/keyring.js';
import { AUTH_ERRORS } from '../errors.js';
import { IDENTITY_STORE, type IdentityRecord, type IdentityStore } from './identity-store.js';
import { PROVIDER_CONNECTIONS, type ProviderConnections } from './oidc-settings.js';
import type { ProviderTokens } from './openid-client.js';
import type { ProviderConnection } from './provider-connection.js';
import { refusalOf } from './proven-identity.js';

/** What is kept of a provider's tokens. */
interface KeptTokens {
  readonly access: string;
  readonly refresh?: string | undefined;
  /** Milliseconds since 1970; absent where the provider does not say it. */
  readonly endsAt?: number | undefined;
  /** The session at the provider. */
  readonly sid?: string | undefined;
}

/** Milliseconds before the end of an access token at which a new one is asked for. */
const LEEWAY = 30_000;

/**
 * The tokens of providers with `keepTokens: true`, for calls to their APIs. They are stored encrypted, each for its own identity, and
 * never leave the server (ASVS 5.0, 10.1.1).
 */
@Injectable({ deps: [IDENTITY_STORE, PROVIDER_CONNECTIONS, Keyring, CLOCK], from: 'OidcModule of @plinth/auth/oidc' })
export class IdentityTokens {
  readonly #store: IdentityStore;
  readonly #connections: ProviderConnections;
  readonly #cipher: Cipher;
  readonly #clock: Clock;
  readonly #refreshing = new Map<string, Promise<string>>();

  constructor(store: IdentityStore, connections: ProviderConnections, keyring: Keyring, clock: Clock) {
    this.#store = store;
    this.#connections = connections;
    this.#cipher = keyring.cipher('auth.oidc');
    this.#clock = clock;
  }

  /**
   * An access token of an identity, refreshed when it is over. Check first that the identity is the user's own. Throws `AUTH_OIDC_TOKENS` when
   * there is none that works, `AUTH_OIDC_UNAVAILABLE`, `AUTH_CIPHERTEXT`.
   */
  async accessToken(identityId: string): Promise<string> {
    const record = await this.#store.findById(identityId);
    const connection = this.#connections.get(record?.provider ?? '');
    const kept = record && (await this.#open(record));
    if (!record || !connection || !kept) throw AUTH_ERRORS.OIDC_TOKENS({ provider: connection?.label ?? record?.provider });
    if (kept.endsAt === undefined || kept.endsAt - LEEWAY > this.#clock.now()) return kept.access;
    // A refresh token is often good once: those who wait at the same time share one request.
    const running =
      this.#refreshing.get(identityId) ?? this.#refresh(record, kept, connection).finally(() => this.#refreshing.delete(identityId));
    this.#refreshing.set(identityId, running);
    return running;
  }

  /** What to store of tokens that were just given; null where the provider does not keep them. @internal */
  seal(identityId: string, connection: ProviderConnection, tokens: ProviderTokens, sid: string | undefined): string | null {
    return connection.provider.keepTokens === true ? this.#seal(identityId, this.#toKept(tokens, { sid })) : null;
  }

  async #refresh(record: IdentityRecord, kept: KeptTokens, connection: ProviderConnection): Promise<string> {
    const provider = connection.label;
    if (kept.refresh === undefined) throw AUTH_ERRORS.OIDC_TOKENS({ provider });
    const client = await connection.client();
    const fresh = await client.refresh(kept.refresh).catch(async (error: unknown) => {
      const refusal = refusalOf(error, connection);
      if (AUTH_ERRORS.OIDC_UNAVAILABLE.is(refusal)) throw refusal;
      return this.#afterRefusal(record, provider, refusal);
    });
    if (typeof fresh === 'string') return fresh;
    if (fresh.claims !== undefined && fresh.claims['sub'] !== record.subject) throw AUTH_ERRORS.OIDC_TOKENS({ provider });
    const next = this.#toKept(fresh, kept);
    await this.#store.replaceTokens(record.id, record.tokens, this.#seal(record.id, next));
    return next.access;
  }

  // Another process may have refreshed them a moment ago, which has used the old ones up.
  async #afterRefusal(record: IdentityRecord, provider: string, cause: unknown): Promise<string> {
    const now = await this.#store.findById(record.id);
    const kept = now && now.tokens !== record.tokens ? await this.#open(now) : undefined;
    if (kept) return kept.access;
    await this.#store.replaceTokens(record.id, record.tokens, null);
    throw AUTH_ERRORS.OIDC_TOKENS({ provider }, { cause });
  }

  #toKept(tokens: ProviderTokens, before: Partial<KeptTokens>): KeptTokens {
    const endsAt = tokens.expiresIn === undefined ? undefined : this.#clock.now() + tokens.expiresIn * 1_000;
    return { access: tokens.accessToken, refresh: tokens.refreshToken ?? before.refresh, endsAt, sid: before.sid };
  }

  #seal(identityId: string, kept: KeptTokens): string {
    return this.#cipher.encrypt(JSON.stringify(kept), identityId);
  }

  async #open(record: IdentityRecord): Promise<KeptTokens | undefined> {
    if (record.tokens === null) return undefined;
    const kept = JSON.parse(this.#cipher.decrypt(record.tokens, record.id)) as KeptTokens;
    const again = this.#cipher.reencrypt(record.tokens, record.id);
    if (again !== undefined) await this.#store.replaceTokens(record.id, record.tokens, again);
    return kept;
  }
}
