export { AuthModule, type AuthOptions } from './auth-module.js';
export type { AuthStores } from './auth-stores.js';
export { AUTH_ERRORS } from './errors.js';
export { apiKey, type ApiKeyFacts, type ApiKeyGuardOptions, type ApiKeyUserFacts } from './access/api-key.js';
export { authLevel, type AuthLevelNeeds, type AuthLevelOptions } from './access/auth-level.js';
export { basic, type BasicFacts, type BasicOptions, type SignInUserOf } from './access/basic.js';
export { bearer, type BearerFacts, type BearerOptions } from './access/bearer.js';
export { definePolicy, Policy, type PolicyFields, type PolicyOf, type PolicyOptions, type PolicyRules } from './access/define-policy.js';
export { impersonated, type ImpersonatedFacts } from './access/impersonation-guard.js';
export type { ImpersonationOptions, ImpersonationUser } from './access/impersonation-settings.js';
export { impersonable, impersonationOf, type Impersonating } from './access/impersonation-state.js';
export { Impersonation, type NewImpersonation } from './access/impersonation.js';
export { permission, type PermissionNeeds } from './access/permission.js';
export {
  definePermissions,
  defineRoles,
  Roles,
  type PermissionHolder,
  type Permissions,
  type RoleDefinition,
} from './access/permissions.js';
export {
  resource,
  type FieldKind,
  type PolicyCondition,
  type PolicyField,
  type PolicyFilter,
  type PolicyRule,
  type PolicyTextCondition,
  type Resource,
} from './access/policy-filter.js';
export { preAuthenticated, type PreAuthenticatedFacts, type PreAuthenticatedOptions } from './access/pre-authenticated.js';
export {
  remoteTokens,
  type IdentitySource,
  type IdentityUserOf,
  type RemoteGuardOptions,
  type RemoteTokenFacts,
  type RemoteUserFacts,
} from './access/remote-tokens.js';
export { requireMfa, type RequireMfaNeeds } from './access/require-mfa.js';
export { role, type RoleNeeds } from './access/role.js';
export { scopes, type ScopeNeeds } from './access/scopes.js';
export { session, sessionOf, sessionPending, sessionPendingOf, type SessionFacts } from './access/session.js';
export { stepUp, type StepUpNeeds, type StepUpOptions } from './access/step-up.js';
export type { GuardUsers, UserOf } from './access/user-of.js';
export type { Cipher } from './crypto/cipher.js';
export { Keyring } from './crypto/keyring.js';
export { MemoryRecoveryCodeStore } from './mfa/memory-recovery-code-store.js';
export { MemoryTotpStore } from './mfa/memory-totp-store.js';
export { RECOVERY_CODE_STORE, type RecoveryCodeStore } from './mfa/recovery-code-store.js';
export { RecoveryCodes } from './mfa/recovery-codes.js';
export { MemorySecondFactorLimit, SECOND_FACTOR_LIMIT, type SecondFactorLimit } from './mfa/second-factor-limit.js';
export type { SecondFactorOptions } from './mfa/second-factor-providers.js';
export { Totp, type TotpEnrolment } from './mfa/totp.js';
export { TOTP_STORE, type ActiveTotp, type PendingTotp, type TotpRecord, type TotpStore } from './mfa/totp-store.js';
export type { Argon2Parameters } from './password/argon2.js';
export {
  BREACHED_PASSWORDS,
  breachedPasswordsIn,
  haveIBeenPwned,
  type BreachedPasswords,
  type HaveIBeenPwnedOptions,
} from './password/breached-passwords.js';
export { buildPasswordFilter, type BuiltPasswordFilter, type PasswordFilterSource } from './password/build-password-filter.js';
export type { NewPasswordOptions } from './password/password-rules.js';
export type { PasswordOptions } from './password/password-settings.js';
export { calibratePasswords, type Calibration, type CalibrationOptions } from './password/calibrate-passwords.js';
export { Passwords, type PasswordCheck } from './password/passwords.js';
export { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore, type TakenAttempt } from './protect/attempt-store.js';
export { CountedSecondFactorLimit, countedSecondFactorLimit } from './protect/counted-second-factor-limit.js';
export { DEVICE_COOKIE, KnownDevices } from './protect/known-devices.js';
export { MemoryAttemptStore } from './protect/memory-attempt-store.js';
export { MemorySecurityLogStore } from './protect/memory-security-log-store.js';
export type { ProtectOptions } from './protect/protect-providers.js';
export { SECURITY_EVENT_TYPES, type SecurityEventType } from './protect/security-event-types.js';
export { SECURITY_EVENT, SecurityEvents, type SecurityEvent } from './protect/security-events.js';
export type { SecurityLogOptions } from './protect/security-log-settings.js';
export { SECURITY_LOG_STORE, type SecurityLogAnchor, type SecurityLogRecord, type SecurityLogStore } from './protect/security-log-store.js';
export type { ChainFault } from './protect/security-log-chain.js';
export { SecurityLog, type PruneResult } from './protect/security-log.js';
export { NEW_DEVICE, SignInNotices, type CompletedSignIn, type NewDeviceSignIn } from './protect/sign-in-notices.js';
export type { ThrottleOptions } from './protect/throttle-settings.js';
export { Throttle, type AttemptContext, type AttemptOptions, type CountedAttempt } from './protect/throttle.js';
export type { VerifyOptions, VerifyResult } from './protect/verify-chain.js';
export { MemorySessionStore } from './session/memory-session-store.js';
export { clearSessionCookie, clearSite, readSessionCookie, SESSION_COOKIE, setSessionCookie } from './session/session-cookie.js';
export type { SessionOptions } from './session/session-settings.js';
export {
  SESSION_STORE,
  type SessionChange,
  type SessionRecord,
  type SessionStore,
  type StoredAuth,
  type StoredRotation,
} from './session/session-store.js';
export type { NewSession, Session, SessionAuth } from './session/session.js';
export { deviceOf, type SessionDevice } from './session/session-device.js';
export type { NewSessionOptions } from './session/session-records.js';
export type { UsedSession } from './session/session-use.js';
export { Sessions, type SessionProof } from './session/sessions.js';
export { secondFactorRoutes, type SecondFactorRouteOptions, type SecondFactorRoutes } from './sign-in/second-factor-routes.js';
export { sessionRoutes, type SessionRouteOptions, type SessionRoutes } from './sign-in/session-routes.js';
export { SECOND_FACTORS, SecondFactors, type SecondFactor } from './sign-in/second-factors.js';
export { signInAnswer, toSignInAnswer, type SignInAnswer } from './sign-in/sign-in-answer.js';
export { SignIns, type SignIn, type SignInContext, type SignInProof } from './sign-in/sign-ins.js';
export { API_KEY_STORE, type ApiKeyRecord, type ApiKeyStore } from './api-key/api-key-store.js';
export type { ApiKeyOptions } from './api-key/api-key-settings.js';
export { ApiKeys, type ApiKey, type IssuedApiKey, type NewApiKey } from './api-key/api-keys.js';
export { MemoryApiKeyStore } from './api-key/memory-api-key-store.js';
export { MemoryOneTimeStore } from './one-time/memory-one-time-store.js';
export { ONE_TIME_STORE, type OneTimeRecord, type OneTimeStore } from './one-time/one-time-store.js';
export {
  OneTimeTokens,
  type IssuedOneTimeCode,
  type IssuedOneTimeToken,
  type NewOneTime,
  type OneTime,
} from './one-time/one-time-tokens.js';
export { MemoryRefreshStore } from './refresh/memory-refresh-store.js';
export type { RefreshOptions } from './refresh/refresh-settings.js';
export { REFRESH_STORE, type RefreshFilter, type RefreshRecord, type RefreshRotation, type RefreshStore } from './refresh/refresh-store.js';
export { RefreshTokens, type IssuedRefreshToken, type NewRefreshOptions, type RefreshFamily } from './refresh/refresh-tokens.js';
export { createPkce, pkceChallenge, type Pkce } from './token/pkce.js';
export { PublicKeys, type PublicJwk } from './token/public-keys.js';
export { publishJwks, type JwksOptions } from './token/publish-jwks.js';
export { RemoteTokens, type RemoteAlgorithm, type RemoteToken, type RemoteTokenOptions } from './token/remote-tokens.js';
export type { TokenModuleOptions } from './token/token-providers.js';
export type { TokenKey } from './token/token-keys.js';
export type { TokenOptions } from './token/token-settings.js';
export { Tokens, type AccessToken, type IssuedToken } from './token/tokens.js';
export { ACCOUNT_CHANGED, type AccountChange, type AccountChanged } from './user/account-changed.js';
export { ACCOUNT_PARTS, type AccountPart } from './user/account-parts.js';
export { PasswordSignIn, type ThrottledSignIn } from './user/password-sign-in.js';
export { USERS, type AuthUser, type SignInRecord, type SignInSource, type UserSource } from './user/users.js';
