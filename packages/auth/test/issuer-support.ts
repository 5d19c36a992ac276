import { once } from 'node:events';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTHeaderParameters } from 'jose';

/** A key of an issuer: its JWK, and what signs with it. */
export interface IssuerKey {
  readonly jwk: Record<string, unknown>;
  readonly alg: string;
  readonly privateKey: KeyObject;
}

/** Makes a key of an issuer. */
export function issuerKey(kid: string | undefined, alg: 'EdDSA' | 'ES256' | 'RS256' = 'EdDSA', modulusLength = 2_048): IssuerKey {
  const { publicKey, privateKey } =
    alg === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength });
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...(kid !== undefined && { kid }), use: 'sig', alg };
  return { jwk, alg, privateKey };
}

/** An issuer on this machine: what it publishes, and how often it was asked. */
export interface TestIssuer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: string[];
  /** The answer at a path; a function writes it itself. */
  readonly pages: Map<string, unknown>;
  close(): Promise<void>;
}

/** Starts an issuer whose key set and metadata stand at the usual places. */
export async function startIssuer(keys: readonly IssuerKey[], pages: Record<string, unknown> = {}): Promise<TestIssuer> {
  const requests: string[] = [];
  const all = new Map<string, unknown>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const page = all.get(request.url ?? '');
    if (typeof page === 'function') return void (page as (response: ServerResponse) => void)(response);
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(page ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  all.set('/jwks', { keys: keys.map(({ jwk }) => jwk) });
  all.set('/.well-known/openid-configuration', { issuer: url, jwks_uri: `${url}/jwks` });
  for (const [path, page] of Object.entries(pages)) all.set(path, page);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, port, requests, pages: all, close, [Symbol.asyncDispose]: close };
}

/** Signs a token as an issuer would; `header` and `claims` replace what is usual. */
export function issue(
  key: IssuerKey,
  claims: Record<string, unknown>,
  header: Partial<JWTHeaderParameters> & Record<string, unknown> = {},
): Promise<string> {
  const { kid } = key.jwk as { kid?: string };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', ...(kid !== undefined && { kid }), ...header })
    .sign(key.privateKey);
}
