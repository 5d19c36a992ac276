import { token, type Provider, type Secret } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { ARGON2_FLOOR, argon2Concurrency, type Argon2Parameters } from './argon2.js';
import { PASSWORD_POLICY, type PasswordPolicy } from './password-policy.js';
import { pepperOf, readPepperKeys, type Pepper } from './pepper.js';

/** How passwords are judged and hashed: the `passwords` part of `AuthModule.with`. */
export interface PasswordOptions {
  /** The least number of characters of a new password; 15 unless you say otherwise (8 is NIST's least, for use with a second factor). */
  readonly minLength?: number;
  /** The greatest number of characters of a password; 1,024. Not less than 64. */
  readonly maxLength?: number;
  /** argon2id parameters; 19,456 KiB, 2 passes, 1 lane. They can only be raised. */
  readonly argon2?: Partial<Argon2Parameters>;
  /** How many hashes this process computes at once; one per core but one, at most four. */
  readonly concurrency?: number;
  /** How many checks may wait; 64. Beyond it `AUTH_BUSY` (503) is the answer. */
  readonly queue?: number;
  /**
   * What happens to a new password that everybody tries first: `refuse` (ASVS 5.0, 6.2.4), unless you say `accept`, for accounts that
   * protect nothing.
   */
  readonly common?: 'refuse' | 'accept';
  /** Words that nobody may build a new password of: the name of the service, the company, its products. The application's name is one. */
  readonly contextWords?: readonly string[];
  /** Where new passwords are looked up: `haveIBeenPwned(FETCH)`, `breachedPasswordsIn(file)`, or a provider of `BREACHED_PASSWORDS`. */
  readonly breached?: Provider;
  /**
   * A pepper: `'app-key'` derives it from `APP_KEY` and its former keys; or keys of 32 bytes in base64, the current one first. Hashes
   * of a former key, or of none, are replaced at sign-in. A key must stay listed for as long as hashes of it are stored.
   */
  readonly pepper?: 'app-key' | readonly (string | Secret)[];
}

/** The options with every default filled in. */
export interface PasswordSettings {
  readonly policy: PasswordPolicy;
  readonly parameters: Argon2Parameters;
  readonly concurrency: number;
  readonly queue: number;
  readonly refuseCommon: boolean;
  readonly contextWords: readonly string[];
  readonly pepper?: Pepper;
}

/** @internal */
export const PASSWORD_SETTINGS = token<PasswordSettings>('PASSWORD_SETTINGS');

/** Fills in the defaults. Throws `AUTH_OPTIONS` when a value would be unsafe or makes no sense. */
export function passwordSettings(options: PasswordOptions = {}, derivedPepper: readonly Buffer[] = []): PasswordSettings {
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
    refuseCommon: refusesCommon(options.common),
    contextWords: notEmpty(options.contextWords ?? []),
    ...pepperSetting(options.pepper, derivedPepper),
  };
}

function pepperSetting(pepper: PasswordOptions['pepper'], derived: readonly Buffer[]): { readonly pepper?: Pepper } {
  if (pepper === undefined || (pepper === 'app-key' && derived.length === 0)) return {};
  return { pepper: pepperOf(pepper === 'app-key' ? derived : readPepperKeys(pepper)) };
}

function refusesCommon(common: unknown = 'refuse'): boolean {
  if (common === 'refuse' || common === 'accept') return common === 'refuse';
  throw AUTH_ERRORS.OPTIONS({ option: 'passwords.common', value: String(common), rule: 'it must be "refuse" or "accept"' });
}

function notEmpty(words: readonly string[]): readonly string[] {
  if (words.every((word) => word.trim() !== '')) return words;
  throw AUTH_ERRORS.OPTIONS({
    option: 'passwords.contextWords',
    value: 'a list with an empty text',
    rule: 'every word must have characters',
  });
}

function atLeast(least: number, option: string, value: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw AUTH_ERRORS.OPTIONS({ option, value, rule: `it must be an integer of at least ${least}` });
}
