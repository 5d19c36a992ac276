import { expect, test } from 'vitest';
import { readKeySet, verifyRemoteJwt } from './jose.js';

// RFC 7515, appendix A: the payload of all its examples, and that of RFC 7519, section 3.1.
const PAYLOAD = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const VECTORS = {
  'A.2': {
    algorithm: 'RS256',
    jwk: {
      kty: 'RSA',
      e: 'AQAB',
      n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
    },
    header: 'eyJhbGciOiJSUzI1NiJ9',
    signature:
      'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
  },
  'A.3': {
    algorithm: 'ES256',
    jwk: { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' },
    header: 'eyJhbGciOiJFUzI1NiJ9',
    signature: 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  },
} as const;
const HS256 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const NONE = `eyJhbGciOiJub25lIn0.${PAYLOAD}.`;

const IN_TIME = 1_300_819_000_000;

/** Why a token is refused; the examples have neither type nor audience, so none passes. */
async function reasonOf(token: string, jwk: object, algorithms: readonly string[]): Promise<string> {
  const keys = readKeySet({ keys: [jwk] });
  const rules = { issuer: 'joe', audience: 'a', otherAudiences: [], type: 'at+jwt', leeway: 0, algorithms };
  return verifyRemoteJwt(token, (work) => work(keys), rules, IN_TIME).then(
    () => 'it passed',
    (error: Error) => error.message,
  );
}

test.each(Object.entries(VECTORS))(
  'RFC 7515, %s: its signature is right, a changed one is not',
  async (_name, { algorithm, jwk, header, signature }) => {
    const changed = `${signature.slice(0, 20)}${signature[20] === 'A' ? 'B' : 'A'}${signature.slice(21)}`;
    // What is said first is what is wrong with the signature; only then the type.
    expect(await reasonOf(`${header}.${PAYLOAD}.${signature}`, jwk, [algorithm])).toBe('unexpected "typ" JWT header value');
    expect(await reasonOf(`${header}.${PAYLOAD}.${changed}`, jwk, [algorithm])).toBe('signature verification failed');
    expect(await reasonOf(`${header}.${PAYLOAD}.${signature}`, jwk, ['EdDSA'])).toBe(
      '"alg" (Algorithm) Header Parameter value not allowed',
    );
  },
);

test('RFC 7515, A.1 and A.5: HS256 with the right secret and none are refused', async () => {
  const secret = { kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow' };
  for (const token of [HS256, NONE])
    expect(await reasonOf(token, secret, ['EdDSA', 'ES256', 'RS256'])).toBe('"alg" (Algorithm) Header Parameter value not allowed');
});
