// The JSON that pages exchange with `navigator.credentials` (WebAuthn level 3, 5.1.8 to 5.1.10), and how a passkey is shown.
// What a browser adds beside it is left out by the routes: they declare what is read, each text with the most that it may have.

/** Characters of a credential id of 1,023 bytes, the longest that there may be (WebAuthn, 7.1). */
const CREDENTIAL_ID = 1_364;

const credentialId = base64url(CREDENTIAL_ID);
const extensions = { type: 'object', description: 'Read by nobody.' } as const;
const attachment = { anyOf: [{ type: 'string', maxLength: 32 }, { type: 'null' }] } as const;

/** What `navigator.credentials.create` gives, by `toJSON()`. */
export const registrationResponse = {
  type: 'object',
  required: ['id', 'rawId', 'type', 'response'],
  properties: {
    id: credentialId,
    rawId: credentialId,
    type: { const: 'public-key' },
    authenticatorAttachment: attachment,
    clientExtensionResults: extensions,
    response: {
      type: 'object',
      required: ['clientDataJSON', 'attestationObject'],
      properties: {
        clientDataJSON: base64url(4_096),
        attestationObject: base64url(4_096),
        transports: { type: 'array', maxItems: 8, items: { type: 'string', maxLength: 32 } },
      },
    },
  },
} as const;

/** What `navigator.credentials.get` gives, by `toJSON()`. */
export const assertionResponse = {
  type: 'object',
  required: ['id', 'rawId', 'type', 'response'],
  properties: {
    id: credentialId,
    rawId: credentialId,
    type: { const: 'public-key' },
    authenticatorAttachment: attachment,
    clientExtensionResults: extensions,
    response: {
      type: 'object',
      required: ['clientDataJSON', 'authenticatorData', 'signature'],
      properties: {
        clientDataJSON: base64url(4_096),
        authenticatorData: base64url(2_048),
        signature: base64url(2_048),
        userHandle: { anyOf: [base64url(88), { type: 'null' }], description: 'Whose passkey it is; security keys may leave it out.' },
      },
    },
  },
} as const;

const descriptors = {
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'type'],
    properties: {
      id: { type: 'string' },
      type: { type: 'string' },
      transports: { type: 'array', items: { type: 'string' } },
    },
  },
} as const;

/** For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`. */
export const creationOptions = {
  type: 'object',
  required: [
    'rp',
    'user',
    'challenge',
    'pubKeyCredParams',
    'timeout',
    'excludeCredentials',
    'authenticatorSelection',
    'attestation',
    'extensions',
  ],
  properties: {
    rp: { type: 'object', required: ['id', 'name'], properties: { id: { type: 'string' }, name: { type: 'string' } } },
    user: {
      type: 'object',
      required: ['id', 'name', 'displayName'],
      properties: { id: { type: 'string' }, name: { type: 'string' }, displayName: { type: 'string' } },
    },
    challenge: { type: 'string' },
    pubKeyCredParams: {
      type: 'array',
      items: { type: 'object', required: ['alg', 'type'], properties: { alg: { type: 'integer' }, type: { type: 'string' } } },
    },
    timeout: { type: 'integer', description: 'Milliseconds.' },
    excludeCredentials: descriptors,
    authenticatorSelection: {
      type: 'object',
      required: ['residentKey', 'requireResidentKey', 'userVerification'],
      properties: { residentKey: { type: 'string' }, requireResidentKey: { type: 'boolean' }, userVerification: { type: 'string' } },
    },
    attestation: { type: 'string' },
    extensions: { type: 'object', required: ['credProps'], properties: { credProps: { type: 'boolean' } } },
  },
} as const;

/** For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`. */
export const requestOptions = {
  type: 'object',
  required: ['challenge', 'timeout', 'rpId', 'allowCredentials', 'userVerification'],
  properties: {
    challenge: { type: 'string' },
    timeout: { type: 'integer', description: 'Milliseconds.' },
    rpId: { type: 'string' },
    allowCredentials: { ...descriptors, description: 'Empty: any passkey of this site will do.' },
    userVerification: { type: 'string' },
  },
} as const;

/** A passkey as its owner sees it. */
export const passkeySchema = {
  type: 'object',
  required: ['id', 'name', 'createdAt', 'usedAt', 'backedUp', 'deviceBound', 'transports'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    name: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
    usedAt: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
    backedUp: { type: 'boolean', description: 'More than one device has it.' },
    deviceBound: { type: 'boolean', description: 'It never leaves the device that made it.' },
    transports: { type: 'array', items: { type: 'string' } },
  },
} as const;

/** What a user calls a passkey. */
export const passkeyName = { type: 'string', minLength: 1, maxLength: 64 } as const;

function base64url<const Most extends number>(maxLength: Most) {
  return { type: 'string', minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$' } as const;
}
