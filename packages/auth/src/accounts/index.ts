export { AccountsModule, type AccountsOptions } from './accounts-module.js';
export { Accounts, type ListAccountsOptions, type NewAccount } from './accounts.js';
export { accountRoutes, type AccountRouteOptions } from './account-routes.js';
export type { AccountRoutes } from './account-route-record.js';
export type { Account, AccountChanges, AccountRecord } from './account.js';
export type { AccountCredentials } from './account-sign-in.js';
export type { PasswordChange, PasswordReset } from './account-passwords.js';
export type { NewRegistration, RegistrationProof } from './registrations.js';
export type { AccountLinks, AccountSettingsOptions } from './accounts-settings.js';
export { ACCOUNT_STORE, type AccountChangeResult, type AccountListOptions, type AccountStore } from './account-store.js';
export { MemoryAccountStore } from './memory-account-store.js';
export { addressKey } from './address.js';
export { AccountUsers } from './account-users.js';
export { accountOidcUsers } from './account-oidc-users.js';
export { ACCOUNT_REMOVED, type AccountRemoved } from './account-removed.js';
export { DEFAULT_ACCOUNT_MAILS } from './default-account-mails.js';
export type {
  AccountMails,
  AddressMailFacts,
  ChangeMailFacts,
  DeviceMailFacts,
  LinkMailFacts,
  MailFacts,
  MailOf,
  OwnerMailFacts,
} from './account-mails.js';
