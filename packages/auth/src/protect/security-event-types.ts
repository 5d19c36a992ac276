/** The events that the framework notes, and what each says; yours may have any other name of words with dots. */
export const SECURITY_EVENT_TYPES = Object.freeze({
  'access.denied': 'A user was refused for a role, a scope or a permission that they lack.',
  'api-key.created': 'An API key was made.',
  'api-key.refused': 'A key was sent that is unknown, has expired or was revoked.',
  'api-key.revoked': 'API keys were revoked.',
  'impersonation.begun': 'Somebody began to act as another user, who is its `userId`.',
  'impersonation.ended': 'Somebody went back to their own account.',
  'impersonation.refused': 'Somebody was refused to act as another user.',
  'one-time-code.refused': 'A code was wrong, too late, or sent too often.',
  'one-time-token.refused': 'A token of a link was unknown, used before, or too late.',
  'recovery-code.used': 'A recovery code was tried.',
  'recovery-codes.generated': 'Recovery codes were made, which end those before.',
  'recovery-codes.removed': 'Recovery codes were removed.',
  'refresh-token.reused': 'A refresh token was used twice: its family was revoked.',
  'session.reuse': 'A session token of the past was sent: the session was ended for everybody who holds one.',
  'session.revoked': 'Sessions were ended: one from the list of devices, or all.',
  'sign-in.completed': 'A user has signed in, with everything that was needed.',
  'sign-in.password': 'A name and a password were tried.',
  'throttle.held': 'Attempts were refused after too many failures in a row, until a reset.',
  'throttle.refused': 'Attempts were refused for some time after too many.',
  'totp.confirmed': 'A second factor was set up.',
  'totp.disabled': 'A second factor was removed.',
  'totp.used': 'A code of the second factor was tried.',
});

/** The name of an event: one of the framework's, or one of yours. */
export type SecurityEventType = keyof typeof SECURITY_EVENT_TYPES | (string & {});
