/**
 * What remains of a driver's error for the logs: its code and stack, and of its text only what cannot hold a value of a row.
 * Drivers put values into their messages (`Duplicate entry 'ann@example.org'`), so those never travel on.
 */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code?: string;

  constructor(original: unknown, text: string | undefined) {
    const code = codeOf(original);
    super(text ?? (code === undefined ? 'the driver gave no code' : `the driver's code is ${code}`));
    if (code !== undefined) this.code = code;
    const frames = original instanceof Error && typeof original.stack === 'string' ? original.stack.match(/^\s+at .*$/gm) : null;
    if (frames !== null) this.stack = `${this.name}: ${this.message}\n${frames.join('\n')}`;
  }
}

/** A driver error's code (`23505`, `ER_DUP_ENTRY`, `SQLITE_BUSY`, `ECONNREFUSED`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

/** Codes of sockets and name lookups that mean: no connection, or no longer one. */
export const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EACCES',
  'ECONNABORTED',
  'EHOSTDOWN',
]);
