import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds that a code lasts, and digits that it has: what every authenticator app computes, and many compute nothing else. */
export const PERIOD = 30;
export const DIGITS = 6;

const wellFormed = new RegExp(`^[0-9]{${DIGITS}}$`);

/** How a one-time password is computed; SHA-1 and 6 digits unless said otherwise. */
export interface OtpParameters {
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly digits?: number;
}

/** The HMAC-based one-time password of a counter (RFC 4226, section 5.3). HMAC-SHA-1 is not broken by the collisions of SHA-1. */
export function hotp(secret: Uint8Array, counter: number, { algorithm = 'sha1', digits = DIGITS }: OtpParameters = {}): string {
  const message = Buffer.alloc(8);
  message.writeBigInt64BE(BigInt(counter));
  const mac = createHmac(algorithm, secret).update(message).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The number of the time step that an instant (milliseconds since 1970) is in (RFC 6238, section 4.2). */
export function stepOf(now: number): number {
  return Math.floor(now / (PERIOD * 1_000));
}

/**
 * The time step whose code this is: the one of now, the one before or the one after (RFC 6238, section 5.2). All three are computed
 * and compared whatever the code, so that the time says nothing.
 */
export function matchingStep(secret: Uint8Array, code: string, now: number): number | undefined {
  // Zero bytes are nobody's digits: what is no code is compared like one, and never found.
  const given = Buffer.alloc(DIGITS);
  if (wellFormed.test(code)) given.write(code, 'latin1');
  let found: number | undefined;
  for (const step of [stepOf(now) - 1, stepOf(now), stepOf(now) + 1])
    if (timingSafeEqual(given, Buffer.from(hotp(secret, step), 'latin1'))) found = step;
  return found;
}

/** The URI that authenticator apps read from a QR code (Key URI Format of Google Authenticator). */
export function otpauthUri(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${PERIOD}`;
}
