import * as crypto from 'node:crypto';
import { hashRawSync } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { argon2Hash, argon2Verify } from './argon2.js';

/** `argon2Sync` is in Node from 24.7 on. */
interface Argon2Parameters {
  readonly message: Uint8Array;
  readonly nonce: Uint8Array;
  readonly parallelism: number;
  readonly tagLength: number;
  readonly memory: number;
  readonly passes: number;
  readonly secret?: Uint8Array;
  readonly associatedData?: Uint8Array;
}
const { argon2Sync } = crypto as unknown as { argon2Sync?: (algorithm: string, parameters: Argon2Parameters) => Buffer };

const bytes = (length: number, value: number) => Buffer.alloc(length, value);
const vector = { message: bytes(32, 1), nonce: bytes(16, 2), secret: bytes(8, 3), parallelism: 4, tagLength: 32, memory: 32, passes: 3 };

// Our library takes no associated data, which the vector of the RFC has: Node's argon2 is proved with it, and ours against Node's.
test.skipIf(!argon2Sync)('RFC 9106, section 5.3, and our library gives what that implementation gives, pepper included [AU-09]', () => {
  expect(argon2Sync!('argon2id', { ...vector, associatedData: bytes(12, 4) }).toString('hex')).toBe(
    '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659',
  );
  for (const secret of [vector.secret, undefined]) {
    const options = { memoryCost: 32, timeCost: 3, parallelism: 4, outputLen: 32, salt: vector.nonce, algorithm: 2 };
    const { secret: _, ...rest } = vector;
    expect(hashRawSync(vector.message, { ...options, ...(secret && { secret }) }).toString('hex')).toBe(
      argon2Sync!('argon2id', { ...rest, ...(secret && { secret }) }).toString('hex'),
    );
  }
});

test('a hash with a pepper can be checked with it only', async () => {
  const phc = await argon2Hash('a password', { memory: 19_456, passes: 2, lanes: 1 }, bytes(32, 7));
  expect(await argon2Verify('a password', phc, bytes(32, 7))).toBe(true);
  expect(await argon2Verify('a password', phc, bytes(32, 8))).toBe(false);
  expect(await argon2Verify('a password', phc)).toBe(false);
});
