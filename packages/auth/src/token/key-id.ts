import { createHash, type KeyObject } from 'node:crypto';

/** The id of a key: the JWK thumbprint of a public key (RFC 7638), or a hash of a secret that says nothing about it. */
export function keyId(key: KeyObject): string {
  return key.type === 'secret' ? sha256(Buffer.concat([Buffer.from('plinth token key id'), key.export()])).slice(0, 22) : thumbprint(key);
}

// The required members of the JWK, in alphabetical order, without blanks.
function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  return sha256(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y }));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url');
}
