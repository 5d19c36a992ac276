import { createHash, type KeyObject } from 'node:crypto';

/** The id of a key: the JWK thumbprint of a public key (RFC 7638), or a hash of a secret that says nothing about it. */
export function keyId(key: KeyObject): string {
  return key.type === 'secret' ? sha256(Buffer.concat([Buffer.from('plinth token key id'), key.export()])).slice(0, 22) : thumbprint(key);
}

// The required members of the JWK, in alphabetical order, without blanks; `undefined` ones are left out by JSON.stringify.
function thumbprint(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' });
  return sha256(JSON.stringify({ crv, e, kty, n, x, y }));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url');
}
