import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AUTH_ERRORS } from '../errors.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const shape = /^v1\.([\w-]{8})\.([\w-]{16})\.([\w-]{22,})$/;

/**
 * Encrypts values of one purpose with AES-256-GCM (NIST SP 800-38D). A ciphertext is `v1.<key id>.<nonce>.<ciphertext and tag>`, in
 * base64url; it opens only for the purpose and the record that it was made for. At most 2³² values should be encrypted with one key:
 * the nonces are random.
 */
export class Cipher {
  readonly #purpose: string;
  readonly #current: string;
  readonly #keys: ReadonlyMap<string, Buffer>;

  /** Keys of 32 bytes each: the first encrypts, all decrypt. @internal */
  constructor(purpose: string, keys: readonly Buffer[]) {
    this.#purpose = purpose;
    this.#current = keyIdOf(keys[0]!);
    this.#keys = new Map(keys.map((key) => [keyIdOf(key), key]));
  }

  /** The ids of all keys, the current one first. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** The id of the key that encrypts: eight characters of base64url. */
  get keyId(): string {
    return this.#current;
  }

  /**
   * Encrypts text for one record: pass what identifies the row and the column, such as the user's id. Throws `AUTH_ENCRYPT_INPUT` for
   * an empty record id and for text that is not well-formed Unicode.
   */
  encrypt(text: string, recordId: string): string {
    // UTF-8 would turn half a surrogate pair into U+FFFD, and nobody would notice until it is read back.
    if (!text.isWellFormed()) throw AUTH_ERRORS.ENCRYPT_INPUT({ purpose: this.#purpose, reason: 'the text is not well-formed Unicode' });
    return this.encryptBytes(Buffer.from(text), recordId);
  }

  /** Encrypts bytes for one record. Throws `AUTH_ENCRYPT_INPUT`. */
  encryptBytes(plain: Uint8Array, recordId: string): string {
    if (recordId === '') throw AUTH_ERRORS.ENCRYPT_INPUT({ purpose: this.#purpose, reason: 'the record id is empty' });
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#current)!, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(this.#context(this.#current, recordId));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.#current}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /**
   * Decrypts text. Throws `AUTH_CIPHERTEXT` when it was changed, cut or made for another record or purpose, and `AUTH_CIPHERTEXT_KEY`
   * when its key is not among ours.
   */
  decrypt(ciphertext: string, recordId: string): string {
    return this.decryptBytes(ciphertext, recordId).toString('utf8');
  }

  /** Decrypts bytes. Throws `AUTH_CIPHERTEXT` or `AUTH_CIPHERTEXT_KEY`. */
  decryptBytes(ciphertext: string, recordId: string): Buffer {
    const { keyId, nonce, sealed } = this.#read(ciphertext);
    const key = this.#keys.get(keyId);
    if (!key) throw AUTH_ERRORS.CIPHERTEXT_KEY({ purpose: this.#purpose, keyId });
    // The length of the tag is said, because Node would take a shorter one that is easier to guess.
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#context(keyId, recordId));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw this.#unreadable('it was changed, or was made for another record or purpose', cause);
    }
  }

  /** Was it made with a key that is no longer the current one? Throws `AUTH_CIPHERTEXT` for text that is no ciphertext. */
  needsReencrypt(ciphertext: string): boolean {
    return this.#read(ciphertext).keyId !== this.#current;
  }

  /** The same value under the current key; undefined when it is so already. Throws like `decrypt`. */
  reencrypt(ciphertext: string, recordId: string): string | undefined {
    return this.needsReencrypt(ciphertext) ? this.encryptBytes(this.decryptBytes(ciphertext, recordId), recordId) : undefined;
  }

  #read(ciphertext: string): { readonly keyId: string; readonly nonce: Buffer; readonly sealed: Buffer } {
    const [, keyId, nonceText, sealedText] = shape.exec(ciphertext) ?? [];
    if (keyId === undefined) throw this.#unreadable('it does not have the form v1.<key id>.<nonce>.<ciphertext>');
    const [nonce, sealed] = [nonceText!, sealedText!].map((text) => Buffer.from(text, 'base64url')) as [Buffer, Buffer];
    // One value, one text: the unused bits of the last character are no place to hide anything.
    if (sealed.toString('base64url') !== sealedText) throw this.#unreadable('its last character has bits that mean nothing');
    return { keyId, nonce, sealed };
  }

  // As a JSON list, because joined texts could be cut apart elsewhere and mean another record.
  #context(keyId: string, recordId: string): Buffer {
    return Buffer.from(JSON.stringify(['v1', keyId, this.#purpose, recordId]));
  }

  #unreadable(reason: string, cause?: unknown): Error {
    return AUTH_ERRORS.CIPHERTEXT({ purpose: this.#purpose, reason }, cause === undefined ? {} : { cause });
  }
}

function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('plinth encryption key id').update(key).digest('base64url').slice(0, 8);
}
