export { OidcModule, type OidcModuleOptions } from './oidc-module.js';
export { oidcRoutes, type OidcRouteName, type OidcRouteOptions } from './oidc-routes.js';
export { Oidc, type BeginOptions, type OidcContext } from './oidc.js';
export { BackChannelLogout } from './back-channel-logout.js';
export { IdentityLinks, type LinkContext, type LinkedIdentity } from './identity-links.js';
export { IDENTITY_STORE, type IdentityRecord, type IdentityStore } from './identity-store.js';
export { IdentityTokens } from './identity-tokens.js';
export { MemoryIdentityStore } from './memory-identity-store.js';
export { OIDC_USERS, type OidcProfile, type OidcUser, type OidcUsers } from './oidc-users.js';
export { apple, type AppleOptions } from './apple.js';
export {
  discord,
  github,
  gitlab,
  google,
  microsoft,
  type GitlabOptions,
  type GoogleOptions,
  type MicrosoftOptions,
  type PresetOptions,
} from './presets.js';
export {
  oauth2,
  oidc,
  type IdentityProvider,
  type OAuthOptions,
  type OAuthProfile,
  type OidcOptions,
  type ProviderClaims,
  type ProviderFetch,
  type ProviderOptions,
  type ProviderSecret,
  type ProviderText,
} from './provider.js';
export type { AuthorizationAnswer } from './proven-identity.js';
export type { Providers } from './provider-settings.js';
