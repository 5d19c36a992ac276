import type { PasskeyRecord } from './passkey-store.js';

/** A passkey as its owner sees it. */
export interface Passkey {
  /** The handle for `rename` and `remove`. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** When it was last used; null: never. */
  readonly usedAt: Date | null;
  /** More than one device has it: it outlives the loss of one. */
  readonly backedUp: boolean;
  /** It never leaves the device that made it. */
  readonly deviceBound: boolean;
  /** How the browser may reach it: `internal`, `hybrid`, `usb`, … */
  readonly transports: readonly string[];
}

/**
 * What a proof by this passkey is, by RFC 8176: `hwk` for one that is bound to its device, else `swk`; `user`, who was verified, and so `mfa`,
 * for that makes two factors.
 */
export function proofMethods({ deviceBound }: Pick<PasskeyRecord, 'deviceBound'>): readonly string[] {
  return [deviceBound ? 'hwk' : 'swk', 'user', 'mfa'];
}

/** What is shown of a record. */
export function toPasskey({ id, name, createdAt, usedAt, backedUp, deviceBound, transports }: PasskeyRecord): Passkey {
  const times = { createdAt: new Date(createdAt), usedAt: usedAt === null ? null : new Date(usedAt) };
  return { id, name, ...times, backedUp, deviceBound, transports };
}
