import { expect, test } from 'vitest';
import { createPkce, pkceChallenge } from '@plinth/auth';

test('RFC 7636, appendix B: the challenge of the verifier', () => {
  expect(pkceChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
});

test('a new verifier has 256 random bits in the characters of RFC 7636, and its challenge', () => {
  const [one, two] = [createPkce(), createPkce()];
  expect(one.verifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(one).toEqual({ verifier: one.verifier, challenge: pkceChallenge(one.verifier), method: 'S256' });
  expect(two.verifier).not.toBe(one.verifier);
});
