import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify, type Algorithm, type Options } from '@node-rs/argon2';

// The only file that knows which library computes argon2 (RFC 9106).

/** Parameters of argon2id: memory in KiB, passes over it, lanes computed in parallel. */
export interface Argon2Parameters {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** The least that is accepted, as OWASP's password storage cheat sheet and ASVS 5.0 (11.4.2) ask: 19 MiB, two passes, one lane. */
export const ARGON2_FLOOR: Argon2Parameters = { memory: 19_456, passes: 2, lanes: 1 };

// The library's `Algorithm` is a const enum, whose members cannot be read under isolatedModules.
const ARGON2ID = 2 as Algorithm;
const OUTPUT_BYTES = 32;
const SALT_BYTES = 16;

/** Hashes off the event loop; gives a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`). The secret is a pepper, in RFC 9106 `K`. */
export function argon2Hash(plain: string, parameters: Argon2Parameters, secret?: Uint8Array): Promise<string> {
  const options: Options = {
    algorithm: ARGON2ID,
    memoryCost: parameters.memory,
    timeCost: parameters.passes,
    parallelism: parameters.lanes,
    outputLen: OUTPUT_BYTES,
    ...(secret !== undefined && { secret }),
  };
  return hash(plain, options);
}

/** Checks off the event loop, with the parameters that the PHC string names. */
export function argon2Verify(plain: string, phc: string, secret?: Uint8Array): Promise<boolean> {
  return verify(phc, plain, secret === undefined ? undefined : { secret });
}

/** Is this text an argon2 hash in PHC format? */
export function isArgon2(phc: string): boolean {
  try {
    parseOptions(phc);
    return true;
  } catch {
    return false;
  }
}

/** Was the hash made with less than these parameters, or by an older kind of argon2? */
export function isWeaker(phc: string, parameters: Argon2Parameters): boolean {
  const made = parseOptions(phc);
  return (
    !phc.startsWith('$argon2id$v=19$') ||
    made.memoryCost < parameters.memory ||
    made.timeCost < parameters.passes ||
    made.parallelism < parameters.lanes ||
    made.outputLen < OUTPUT_BYTES ||
    made.saltLen < SALT_BYTES
  );
}

/**
 * How many hashes this process computes at once: one per core but one, at most four. The core that is left is for everybody who does not
 * sign in. And always one thread of libuv's pool less than it has, because files and DNS share that pool.
 */
export function argon2Concurrency(cores = availableParallelism(), pool = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4)): number {
  const threads = Number.isInteger(pool) && pool > 0 ? pool : 4;
  return Math.max(1, Math.min(4, cores - 1, threads - 1));
}
