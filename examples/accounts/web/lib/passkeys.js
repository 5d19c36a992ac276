import { account } from './api.js';

/** Whether this browser knows passkeys, and the means to read the server's JSON (WebAuthn Level 3). */
export function knowsPasskeys() {
  return typeof window.PublicKeyCredential?.parseCreationOptionsFromJSON === 'function';
}

/** Makes a passkey on this device or a key, and stores it with the account. */
export async function addPasskey(name) {
  const options = await account('POST', '/passkeys/options');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await ask(() => navigator.credentials.create({ publicKey }));
  return account('POST', '/passkeys', { ...(name && { name }), response: credential.toJSON() });
}

/** Signs in by whatever passkey the user chooses, without a name. */
export async function signInByPasskey({ remember }) {
  const response = await assertionFor('/sign-in/passkey/options');
  return account('POST', '/sign-in/passkey', { response, remember });
}

/** Answers the second factor with a passkey. */
export async function secondFactorByPasskey() {
  const response = await assertionFor('/sign-in/passkey-factor/options');
  return account('POST', '/sign-in/passkey-factor', { response });
}

/** Proves again who the user is. */
export async function proveByPasskey() {
  const response = await assertionFor('/passkeys/verify/options');
  return account('POST', '/passkeys/verify', { response });
}

/** The one request that waits in the background: a browser has one at a time. */
let waiting;

/**
 * Lets the browser offer passkeys where the address is typed (`autocomplete="username webauthn"`). Resolves to the answer of the sign-in,
 * to undefined when it was called off, or where the browser cannot.
 */
export async function offerPasskeys() {
  callOff();
  if (!knowsPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return undefined;
  const controller = new AbortController();
  waiting = controller;
  try {
    const options = await account('POST', '/sign-in/passkey/options');
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    if (controller.signal.aborted) return undefined;
    const credential = await navigator.credentials.get({ publicKey, mediation: 'conditional', signal: controller.signal });
    return await account('POST', '/sign-in/passkey', { response: credential.toJSON() });
  } catch (error) {
    if (error.name === 'AbortError' || error.name === 'NotAllowedError') return undefined;
    throw error;
  }
}

/** Ends the offer in the background. */
export function callOff() {
  waiting?.abort();
  waiting = undefined;
}

async function assertionFor(path) {
  callOff();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await account('POST', path));
  const credential = await ask(() => navigator.credentials.get({ publicKey }));
  return credential.toJSON();
}

/** The browser's errors in words that help; it does not say which of several reasons it was (WebAuthn, section 14.6). */
async function ask(run) {
  try {
    return await run();
  } catch (error) {
    if (error.name === 'InvalidStateError') throw sentence('This device already has a passkey for your account.', error);
    if (error.name === 'NotAllowedError')
      throw sentence('No passkey was used: it was cancelled, took too long, or there is none here.', error);
    throw error;
  }
}

function sentence(text, cause) {
  const error = new Error(text, { cause });
  error.name = 'NotAllowedError';
  error.code = '';
  return error;
}
