/** What tokens in mails are for. A token fits no other purpose. */
export const REGISTER = 'account.register';
/** A new password in the place of one that was forgotten. */
export const RESET = 'account.reset';
/** The first password of somebody for whom an account was made: of its own, since anybody can ask for a reset, which ends the one before. */
export const INVITATION = 'account.invitation';
export const NEW_ADDRESS = 'account.email';
/** Tokens that are never sent: made where there is nobody to send one to, so that this takes as long. */
export const NOBODY = 'account.nobody';

/** The subject of tokens for an address that has no account: no user has such an id. */
export function nobody(keyHash: string): string {
  return `nobody ${keyHash}`;
}
