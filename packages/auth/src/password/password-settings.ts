import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { ARGON2_FLOOR, argon2Concurrency, type Argon2Parameters } from './argon2.js';
import { PASSWORD_POLICY, type PasswordPolicy } from './password-policy.js';

/** How passwords are judged and hashed: the `passwords` part of `AuthModule.with`. */
export interface PasswordOptions {
  /** The least number of characters of a new password; 15 unless you say otherwise (8 is NIST's least, for use with a second factor). */
  readonly minLength?: number;
  /** The greatest number of characters of a password; 1,024. Not less than 64. */
  readonly maxLength?: number;
  /** argon2id parameters; 19,456 KiB, 2 passes, 1 lane. They can only be raised. */
  readonly argon2?: Partial<Argon2Parameters>;
  /** How many hashes this process computes at once; one per core, at most four. */
  readonly concurrency?: number;
  /** How many checks may wait; 64. Beyond it `AUTH_BUSY` (503) is the answer. */
  readonly queue?: number;
}

/** The options with every default filled in. */
export interface PasswordSettings {
  readonly policy: PasswordPolicy;
  readonly parameters: Argon2Parameters;
  readonly concurrency: number;
  readonly queue: number;
}

/** @internal */
export const PASSWORD_SETTINGS = token<PasswordSettings>('PASSWORD_SETTINGS');

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value would be unsafe or makes no sense. */
export function passwordSettings(options: PasswordOptions = {}): PasswordSettings {
  const policy = {
    minLength: atLeast(8, 'passwords.minLength', options.minLength ?? PASSWORD_POLICY.minLength),
    maxLength: atLeast(64, 'passwords.maxLength', options.maxLength ?? PASSWORD_POLICY.maxLength),
  };
  const parameters = {
    memory: atLeast(ARGON2_FLOOR.memory, 'passwords.argon2.memory', options.argon2?.memory ?? ARGON2_FLOOR.memory),
    passes: atLeast(ARGON2_FLOOR.passes, 'passwords.argon2.passes', options.argon2?.passes ?? ARGON2_FLOOR.passes),
    lanes: atLeast(ARGON2_FLOOR.lanes, 'passwords.argon2.lanes', options.argon2?.lanes ?? ARGON2_FLOOR.lanes),
  };
  return {
    policy,
    parameters,
    concurrency: atLeast(1, 'passwords.concurrency', options.concurrency ?? argon2Concurrency()),
    queue: atLeast(0, 'passwords.queue', options.queue ?? 64),
  };
}

function atLeast(least: number, option: string, value: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw AUTH_ERRORS.OPTIONS({ option, value, rule: `it must be an integer of at least ${least}` });
}
