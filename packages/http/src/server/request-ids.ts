import { randomBytes } from 'node:crypto';

/**
 * Ids of requests: ten random characters drawn once per process, a dash, and a counter in base 36, such as `k3v9q0x7ab-2s`. Unique
 * over processes, sortable within one, and made without a system call. An id is a name for a log line, never a secret.
 */
export function createRequestIds(): () => string {
  const prefix = `${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(10, '0')
    .slice(0, 10)}-`;
  let count = 0;
  return () => prefix + (count++).toString(36);
}
