import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject, decodeClientDataJSON, isoBase64URL } from '@simplewebauthn/server/helpers';
import { endOfCbor, isShallow } from './cbor-nesting.js';
import { ALGORITHMS } from './passkey-algorithms.js';
import type {
  AssertionResponse,
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRequestOptions,
  RegistrationResponse,
} from './passkey-messages.js';
import type { PasskeyRecord } from './passkey-store.js';

// The only file that knows which library reads passkeys. It keeps nothing: the same answer verifies as often as it is asked. Whoever calls
// this has used up the challenge before, and compares the counter afterwards. What that library lets pass is refused here: answers from
// a frame of another site, credential ids that are not the signed one, attestation by certificates, and CBOR that would fill the stack.

const ALGORITHM_IDS = Object.values(ALGORITHMS);
const LIFETIME = 300_000;
const MOST_KEY_CHARACTERS = 2_048;
const TRANSPORT = /^[a-z-]{1,32}$/;

/** What an answer must be about. */
export interface ExpectedCeremony {
  /** In base64url. */
  readonly challenge: string;
  readonly origins: readonly string[];
  readonly rpId: string;
}

/** Whom a passkey is made for. */
export interface NewPasskeyOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly rpName: string;
  readonly userHandle: string;
  readonly userName: string;
  readonly displayName: string;
  /** Passkeys that the user has: no authenticator makes another. */
  readonly existing: readonly KnownCredential[];
}

/** A credential that browsers are told of. */
export type KnownCredential = Pick<PasskeyRecord, 'credentialId' | 'transports'>;

/** What an answer says of a new passkey. */
export type NewCredential = Pick<
  PasskeyRecord,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'aaguid' | 'deviceBound' | 'backedUp'
>;

/** What a signature says of its passkey. */
export type SignedState = Pick<PasskeyRecord, 'counter' | 'deviceBound' | 'backedUp'>;

/** The options of a new passkey: discoverable, with user verification, without attestation. */
export async function toCreationOptions(options: NewPasskeyOptions): Promise<PasskeyCreationOptions> {
  const { rp, user, pubKeyCredParams, challenge } = await generateRegistrationOptions({
    rpID: options.rpId,
    rpName: options.rpName,
    userID: bytesOf(options.userHandle),
    userName: options.userName,
    userDisplayName: options.displayName,
    challenge: bytesOf(options.challenge),
    supportedAlgorithmIDs: ALGORITHM_IDS,
  });
  return {
    rp: { id: options.rpId, name: rp.name },
    user: { id: user.id, name: user.name, displayName: user.displayName },
    challenge,
    pubKeyCredParams,
    timeout: LIFETIME,
    excludeCredentials: options.existing.map(toDescriptor),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    extensions: { credProps: true },
  };
}

/** The options of an answer by one of these passkeys; none: by any that the user chooses. */
export async function toRequestOptions(
  challenge: string,
  rpId: string,
  allowed: readonly KnownCredential[],
): Promise<PasskeyRequestOptions> {
  const options = await generateAuthenticationOptions({ rpID: rpId, challenge: bytesOf(challenge) });
  return {
    challenge: options.challenge,
    timeout: LIFETIME,
    rpId,
    allowCredentials: allowed.map(toDescriptor),
    userVerification: 'required',
  };
}

/** The challenge that an answer is for, still unproven. Throws what the library throws for data that is none. */
export function challengeOf({ response }: { readonly response: { readonly clientDataJSON: string } }): unknown {
  return decodeClientDataJSON(response.clientDataJSON)?.challenge;
}

/** Checks the answer of an authenticator that has made a passkey. Throws an error whose message is for the log. */
export async function verifyNewCredential(answer: RegistrationResponse, expected: ExpectedCeremony): Promise<NewCredential> {
  refuseOtherFrames(answer.response.clientDataJSON);
  checkAttestation(bytesOf(answer.response.attestationObject));
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id: answer.id,
      rawId: answer.rawId,
      type: answer.type,
      clientExtensionResults: {},
      response: { clientDataJSON: answer.response.clientDataJSON, attestationObject: answer.response.attestationObject },
    },
    expectedChallenge: expected.challenge,
    expectedOrigin: [...expected.origins],
    expectedRPID: expected.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHM_IDS,
  });
  if (!verified) throw new Error('the attestation is not signed by the new key');
  const { credential, aaguid, credentialDeviceType, credentialBackedUp } = registrationInfo;
  if (credential.id !== answer.id) throw new Error('the id is not that of the credential in the signed data');
  const publicKey = isoBase64URL.fromBuffer(credential.publicKey);
  if (publicKey.length > MOST_KEY_CHARACTERS) throw new Error('the public key is too long');
  const transports = [...new Set(answer.response.transports ?? [])].filter((transport) => TRANSPORT.test(transport));
  const flags = { deviceBound: credentialDeviceType === 'singleDevice', backedUp: credentialBackedUp };
  return { credentialId: credential.id, publicKey, counter: credential.counter, transports, aaguid, ...flags };
}

/** Checks the signature of a passkey and all that it signs, but for the counter. Throws an error whose message is for the log. */
export async function verifyAssertion(
  answer: AssertionResponse,
  passkey: Pick<PasskeyRecord, 'credentialId' | 'publicKey'>,
  expected: ExpectedCeremony,
): Promise<SignedState> {
  refuseOtherFrames(answer.response.clientDataJSON);
  if (!isShallow(bytesOf(answer.response.authenticatorData))) throw new Error('the authenticator data is nested too deep, or cut off');
  const { clientDataJSON, authenticatorData, signature } = answer.response;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id: answer.id,
      rawId: answer.rawId,
      type: answer.type,
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature },
    },
    expectedChallenge: expected.challenge,
    expectedOrigin: [...expected.origins],
    expectedRPID: expected.rpId,
    requireUserVerification: true,
    // The counter is compared where it is stored, once the signature is known to be right: else anybody could raise the alarm.
    credential: { id: passkey.credentialId, publicKey: bytesOf(passkey.publicKey), counter: 0 },
  });
  if (!verified) throw new Error('the signature is wrong');
  const { newCounter, credentialDeviceType, credentialBackedUp } = authenticationInfo;
  return { counter: newCounter, deviceBound: credentialDeviceType === 'singleDevice', backedUp: credentialBackedUp };
}

// Older browsers leave both out. WebAuthn, 7.1 step 10 and 7.2 step 13.
function refuseOtherFrames(clientDataJSON: string): void {
  const data = decodeClientDataJSON(clientDataJSON) as { crossOrigin?: unknown; topOrigin?: unknown };
  const { crossOrigin = false, topOrigin } = data;
  if (crossOrigin !== false || topOrigin !== undefined) throw new Error('the answer comes from a frame of another site');
}

// We ask for none, and browsers then send none, or a signature by the new key itself. Certificates would be read, and their revocation
// lists fetched from addresses that stand in them.
function checkAttestation(bytes: Uint8Array): void {
  if (endOfCbor(bytes) !== bytes.length) throw new Error('the attestation object is nested too deep, or not whole');
  const attestation: unknown = decodeAttestationObject(bytes as Uint8Array<ArrayBuffer>);
  if (!(attestation instanceof Map)) throw new Error('the attestation object is no map');
  const [format, statement, data]: unknown[] = ['fmt', 'attStmt', 'authData'].map((key) => attestation.get(key) as unknown);
  const selfSigned = format === 'packed' && statement instanceof Map && !statement.has('x5c');
  if (!selfSigned && !(format === 'none' && statement instanceof Map)) throw new Error('an attestation that was not asked for');
  if (!(data instanceof Uint8Array) || !isShallow(data)) throw new Error('the authenticator data is nested too deep, or cut off');
}

function toDescriptor({ credentialId, transports }: KnownCredential): PasskeyDescriptor {
  return { id: credentialId, type: 'public-key', transports: [...transports] };
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}
