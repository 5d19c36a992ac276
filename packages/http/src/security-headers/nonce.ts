import { randomBytes } from 'node:crypto';

/** 128 random bits in base64: what CSP asks of a nonce (CSP Level 3, 7.1). */
export function createNonce(): string {
  return randomBytes(16).toString('base64');
}
