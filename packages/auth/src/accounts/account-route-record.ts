import type { RouteDefinition } from '@plinth/http';

/** The routes of `accountRoutes`, by name. */
export interface AccountRoutes {
  /** POST /account/register: a mail to the address; the same answer whether it has an account or not. */
  readonly register: RouteDefinition;
  /** POST /account/register/confirm: makes the account, and signs in. */
  readonly confirmRegistration: RouteDefinition;
  /** POST /account/sign-in: by address and password. */
  readonly signIn: RouteDefinition;
  /** POST /account/sign-out. */
  readonly signOut: RouteDefinition;
  /** GET /account: who is signed in. */
  readonly me: RouteDefinition;
  /** PATCH /account: changes the name. */
  readonly update: RouteDefinition;
  /** POST /account/password: a new password for the present one. */
  readonly changePassword: RouteDefinition;
  /** POST /account/password/forgot: a mail with a link; the same answer whether there is such an account or not. */
  readonly forgotPassword: RouteDefinition;
  /** POST /account/password/reset: a new password for the token of the link. */
  readonly resetPassword: RouteDefinition;
  /** POST /account/password/set: a password for an account without one. After a step-up. */
  readonly setPassword: RouteDefinition;
  /** POST /account/email: a mail to a new address. After a step-up. */
  readonly changeEmail: RouteDefinition;
  /** POST /account/email/confirm: changes the address, for who is signed in. */
  readonly confirmEmail: RouteDefinition;
  /** POST /account/verify: a step-up by the password. */
  readonly verify: RouteDefinition;
  /** DELETE /account: removes the account. After a step-up. */
  readonly remove: RouteDefinition;
}
