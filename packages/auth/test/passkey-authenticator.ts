import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

// An authenticator in software, as the standard says and not as the framework does it (WebAuthn level 3, 6 and 7; RFC 9052, RFC 8949).

export const ORIGIN = 'https://app.example.org';
export const RP_ID = 'app.example.org';
export const UP = 0x01;
export const UV = 0x04;
export const BE = 0x08;
export const BS = 0x10;
const AT = 0x40;
const ED = 0x80;

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256';

export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: readonly { readonly alg: number }[];
  readonly excludeCredentials: readonly { readonly id: string }[];
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials: readonly { readonly id: string }[];
}

/** What a hostile browser or authenticator does otherwise. */
export interface Lies {
  readonly origin?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly rpId?: string;
  /** Instead of `UP | UV`, and what the passkey is. */
  readonly flags?: number;
  readonly counter?: number;
  readonly client?: Readonly<Record<string, unknown>>;
  readonly userHandle?: string | null;
  /** Signed with another key. */
  readonly key?: KeyObject;
  /** CBOR after the data of the authenticator, with its flag. */
  readonly extensions?: Buffer;
  /** The id that is said, and the one that is signed. */
  readonly id?: string;
  readonly signedId?: string;
  readonly cose?: Buffer;
  readonly format?: string;
  readonly statement?: readonly (readonly [string, unknown])[];
  readonly transports?: readonly string[];
}

export interface AuthenticatorOptions {
  readonly algorithm?: Algorithm;
  /** Passkeys of a password manager: on several devices, and without a counter. */
  readonly synced?: boolean;
}

/** One passkey on one device. */
export class SoftAuthenticator {
  readonly #privateKey: KeyObject;
  readonly #cose: Buffer;
  readonly #algorithm: Algorithm;
  readonly #synced: boolean;
  readonly id = randomBytes(32).toString('base64url');
  userHandle: string | undefined;
  counter = 0;
  backedUp = false;

  constructor({ algorithm = 'ES256', synced = false }: AuthenticatorOptions = {}) {
    const { privateKey, cose } = newKey(algorithm);
    this.#privateKey = privateKey;
    this.#cose = cose;
    this.#algorithm = algorithm;
    this.#synced = synced;
  }

  create(options: CreationOptions, lies: Lies = {}) {
    this.userHandle = options.user.id;
    const signedId = Buffer.from(lies.signedId ?? this.id, 'base64url');
    const credential = Buffer.concat([Buffer.alloc(16), uint16(signedId.length), signedId, lies.cose ?? this.#cose]);
    const clientDataJSON = clientData('webauthn.create', options.challenge, lies);
    const data = this.#data(options.rp.id, credential, lies);
    const statement = lies.statement ?? (lies.format === 'packed' ? this.#selfSigned(data, clientDataJSON) : []);
    const attestation = cborMap([
      ['fmt', lies.format ?? 'none'],
      ['attStmt', new Map(statement)],
      ['authData', data],
    ]);
    const id = lies.id ?? this.id;
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: { credProps: { rk: true } },
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: lies.transports ?? ['internal', 'hybrid'],
        // What browsers say twice.
        authenticatorData: data.toString('base64url'),
        publicKeyAlgorithm: -7,
      },
    };
  }

  get(options: RequestOptions, lies: Lies = {}) {
    const clientDataJSON = clientData('webauthn.get', options.challenge, lies);
    const data = this.#data(options.rpId, Buffer.alloc(0), lies);
    const id = lies.id ?? this.id;
    const userHandle = lies.userHandle === undefined ? this.userHandle : lies.userHandle;
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: null,
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: this.#sign(Buffer.concat([data, sha256(clientDataJSON)]), lies.key).toString('base64url'),
        userHandle,
      },
    };
  }

  #data(rpId: string, credential: Buffer, lies: Lies): Buffer {
    if (!this.#synced && lies.counter === undefined) this.counter += 1;
    const kind = (this.#synced ? BE : 0) | (this.backedUp ? BS : 0);
    const flags = (lies.flags ?? UP | UV | kind) | (credential.length > 0 ? AT : 0) | (lies.extensions === undefined ? 0 : ED);
    const extensions = lies.extensions ?? Buffer.alloc(0);
    return Buffer.concat([
      sha256(Buffer.from(lies.rpId ?? rpId)),
      Buffer.of(flags),
      uint32(lies.counter ?? this.counter),
      credential,
      extensions,
    ]);
  }

  #sign(data: Buffer, key: KeyObject = this.#privateKey): Buffer {
    return sign(this.#algorithm === 'EdDSA' ? null : 'sha256', data, key);
  }

  #selfSigned(data: Buffer, clientDataJSON: Buffer): readonly (readonly [string, unknown])[] {
    return [
      ['alg', -7],
      ['sig', this.#sign(Buffer.concat([data, sha256(clientDataJSON)]))],
    ];
  }
}

/** A key of no passkey. */
export function strangeKey(): KeyObject {
  return newKey('ES256').privateKey;
}

/** Lists in lists, so many deep. */
export function nestedCbor(depth: number): Buffer {
  return Buffer.concat([Buffer.alloc(depth, 0x81), Buffer.of(0)]);
}

/** A public key in COSE form with these entries. */
export function coseKey(entries: readonly (readonly [number, unknown])[]): Buffer {
  return cborMap(entries);
}

function clientData(type: string, challenge: string, lies: Lies): Buffer {
  const data = { type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin: lies.origin ?? ORIGIN, crossOrigin: false };
  return Buffer.from(JSON.stringify({ ...data, ...lies.client }));
}

function newKey(algorithm: Algorithm): { readonly privateKey: KeyObject; readonly cose: Buffer } {
  if (algorithm === 'RS256') {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { n, e } = publicKey.export({ format: 'jwk' });
    return {
      privateKey,
      cose: coseKey([
        [1, 3],
        [3, -257],
        [-1, bytes(n)],
        [-2, bytes(e)],
      ]),
    };
  }
  if (algorithm === 'EdDSA') {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    return {
      privateKey,
      cose: coseKey([
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, bytes(publicKey.export({ format: 'jwk' }).x)],
      ]),
    };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  return {
    privateKey,
    cose: coseKey([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ]),
  };
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url!, 'base64url');
}

function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return cborMap([...(value as Map<unknown, unknown>)]);
}

function cborMap(entries: readonly (readonly [unknown, unknown])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, value]) => [cbor(key), cbor(value)])]);
}

function head(type: number, argument: number): Buffer {
  if (argument < 24) return Buffer.of((type << 5) | argument);
  if (argument < 256) return Buffer.of((type << 5) | 24, argument);
  return Buffer.concat([Buffer.of((type << 5) | 25), uint16(argument)]);
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
