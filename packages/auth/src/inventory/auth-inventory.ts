import { CLOCK, type InventoryEntry, type MadeReader } from '@plinth/core';
import { Keyring } from '../crypto/keyring.js';
import { DIGITS, PERIOD } from '../mfa/otp.js';
import { Totp } from '../mfa/totp.js';
import { PASSWORD_SETTINGS, type PasswordSettings } from '../password/password-settings.js';
import { REFRESH_SETTINGS } from '../refresh/refresh-settings.js';
import { RefreshTokens } from '../refresh/refresh-tokens.js';
import { SESSION_SETTINGS } from '../session/session-settings.js';
import { Sessions } from '../session/sessions.js';
import { isLive, signingKey, type TimedKey } from '../token/token-keys.js';
import { TOKEN_SETTINGS, type TokenSettings } from '../token/token-settings.js';

/** What accounts, sessions and tokens rest on, in the security inventory: what the application uses of it, and no key itself. */
export function authInventory(made: MadeReader): readonly InventoryEntry[] {
  const passwords = made(PASSWORD_SETTINGS);
  const tokens = made(TOKEN_SETTINGS);
  return [
    ...(passwords ? [passwordEntry(passwords)] : []),
    ...(tokens ? tokenEntries(tokens, made(CLOCK)!.now()) : []),
    ...cipherEntries(made(Keyring)),
    ...(made(Totp) ? [totp] : []),
    ...lifetimeEntries(made),
  ];
}

const totp: InventoryEntry = {
  section: 'algorithms',
  name: 'codes of authenticator apps',
  facts: { algorithm: 'TOTP, HMAC-SHA-1', digits: DIGITS, period: `${PERIOD} s`, bits: 160 },
};

function passwordEntry({ parameters, policy, pepper }: PasswordSettings): InventoryEntry {
  const { memory, passes, lanes } = parameters;
  const former = [...(pepper?.keys.keys() ?? [])].filter((id) => id !== pepper?.current);
  return {
    section: 'algorithms',
    name: 'passwords',
    facts: {
      algorithm: 'argon2id',
      memory: `${memory} KiB`,
      passes,
      lanes,
      minLength: policy.minLength,
      pepper: pepper?.current ?? 'none',
      ...(former.length > 0 && { formerPeppers: former }),
    },
  };
}

function tokenEntries({ keys, lifetime, issuer, audience }: TokenSettings, now: number): InventoryEntry[] {
  const signing = signingKey(keys, now)?.id;
  return [
    ...[...keys.values()].map((key) => ({
      section: 'keys',
      name: `access tokens ${key.id}`,
      facts: { algorithm: key.algorithm, state: stateOf(key, signing, now), ...timesOf(key) },
    })),
    { section: 'lifetimes', name: 'access tokens', facts: { lifetime: seconds(lifetime * 1_000), issuer, audience } },
  ];
}

function stateOf(key: TimedKey, signing: string | undefined, now: number): string {
  if (!isLive(key, now)) return 'retired';
  if (key.id === signing) return 'signs';
  return 'signWith' in key && key.signsFrom > now ? 'verifies, will sign' : 'verifies';
}

function timesOf({ signsFrom, retiredFrom }: TimedKey): Record<string, string> {
  return {
    ...(signsFrom > 0 && { signsFrom: new Date(signsFrom).toISOString() }),
    ...(retiredFrom < Infinity && { retiredFrom: new Date(retiredFrom).toISOString() }),
  };
}

function cipherEntries(keyring: Keyring | undefined): InventoryEntry[] {
  return [...(keyring?.ciphers ?? [])].map(
    ([
      purpose,
      {
        keyIds: [current = '', ...former],
      },
    ]) => ({
      section: 'keys',
      name: `encryption ${purpose}`,
      facts: { algorithm: 'AES-256-GCM', current, former },
    }),
  );
}

function lifetimeEntries(made: MadeReader): InventoryEntry[] {
  const sessions = made(Sessions) && made(SESSION_SETTINGS);
  const refresh = made(RefreshTokens) && made(REFRESH_SETTINGS);
  return [
    ...(sessions
      ? [
          {
            section: 'lifetimes',
            name: 'sessions',
            facts: {
              idle: seconds(sessions.idle),
              absolute: seconds(sessions.absolute),
              rememberIdle: seconds(sessions.rememberIdle),
              rememberAbsolute: seconds(sessions.rememberAbsolute),
              secondFactor: seconds(sessions.pending),
              perUser: sessions.perUser,
            },
          },
        ]
      : []),
    ...(refresh
      ? [{ section: 'lifetimes', name: 'refresh tokens', facts: { idle: seconds(refresh.idle), absolute: seconds(refresh.absolute) } }]
      : []),
  ];
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000} s`;
}
