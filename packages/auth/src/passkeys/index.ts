export { MemoryPasskeyStore } from './memory-passkey-store.js';
export type { ChallengedUser } from './passkey-challenges.js';
export type {
  AssertionResponse,
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRequestOptions,
  RegistrationResponse,
} from './passkey-messages.js';
export { PasskeyProofs, type PasskeyProof, type PasskeySignIn, type PasskeyStep } from './passkey-proofs.js';
export { passkeyRoutes, type PasskeyRoutes, type PasskeyRoutesOptions } from './passkey-routes.js';
export { assertionResponse, creationOptions, passkeySchema, registrationResponse, requestOptions } from './passkey-schemas.js';
export type { PasskeyOptions } from './passkey-settings.js';
export { PASSKEY_STORE, type PasskeyRecord, type PasskeyStore, type PasskeyUse } from './passkey-store.js';
export type { Passkey } from './passkey.js';
export { Passkeys, type NewPasskey, type PasskeyOwner } from './passkeys.js';
export { PasskeysModule, type PasskeysModuleOptions } from './passkeys-module.js';
