import { token } from '@plinth/core';
import type { ProviderClaims } from './provider.js';

/** Whom a provider vouches for: the address is verified there. */
export interface OidcProfile {
  /** The name that the application gives the provider. */
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly name: string | null;
  /** Everything that the ID token, the user info or the API has said. */
  readonly claims: ProviderClaims;
}

/** An account that has an address. */
export interface OidcUser {
  readonly id: string;
  /** Whether its owner has proved here that the address is theirs. */
  readonly emailVerified: boolean;
}

/** How an identity at a provider becomes a user here. */
export interface OidcUsers {
  /** The account with this address, found as a sign-in by password finds it. */
  findByEmail(email: string): Promise<OidcUser | undefined>;
  /**
   * Makes an account whose address is verified, without a password, and gives its id; undefined when the address is taken by then. An error
   * that it throws refuses the sign-in, with its code.
   */
  create(profile: OidcProfile): Promise<string | undefined>;
  /** The name of an account as `Throttle` is given it, such as its address; undefined when it is closed, locked or gone. */
  nameOf(userId: string): Promise<string | undefined>;
}

/** Where identities find their users: `OidcModule.with({ users })`, or a provider of yours that every module sees. */
export const OIDC_USERS = token<OidcUsers>('OIDC_USERS', {
  from: 'OidcModule.with({ users }), such as accountOidcUsers of @plinth/auth/accounts',
});
