import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { oidc, type IdentityProvider, type OidcOptions } from '@plinth/auth/oidc';

/** What a code at the fake provider stands for. */
interface Grant {
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly redirectUri: string | null;
  readonly claims: JWTPayload;
}

export interface Keys {
  readonly privateKey: KeyObject;
  readonly jwk: JWK;
}

/** A provider that does what a test says, and nothing that a test says not. */
export class FakeProvider {
  readonly keys: Keys;
  issuer = '';
  /** What every ID token says, unless the test says otherwise. */
  user: Record<string, unknown> = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' };
  metadata: Record<string, unknown> = {};
  jwks: unknown;
  /** Makes the ID token from its claims. */
  sign: (claims: JWTPayload) => Promise<string> | string = (claims) => this.signed(claims);
  /** Answers instead of the usual handler. */
  on: Record<string, (request: IncomingMessage, response: ServerResponse, body: URLSearchParams) => void> = {};
  tokens: Record<string, unknown> = {};
  userinfo: Record<string, unknown> | undefined;
  readonly requests: { readonly path: string; readonly body: URLSearchParams; readonly authorization: string | undefined }[] = [];
  readonly #grants = new Map<string, Grant>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(keys: Keys) {
    this.keys = keys;
    this.jwks = { keys: [keys.jwk] };
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  /** The provider as the application knows it. */
  options(more: Partial<OidcOptions> = {}): IdentityProvider {
    return oidc({ issuer: this.issuer, clientId: 'shop', clientSecret: 'a secret of 32 characters or more', ...more });
  }

  /** The user agrees: what the provider sends the browser back to. */
  agree(at: URL, user: Record<string, unknown> = {}, parameters: Record<string, string | undefined> = {}): URL {
    const code = randomUUID();
    const asked = at.searchParams;
    this.#grants.set(code, {
      nonce: asked.get('nonce'),
      challenge: asked.get('code_challenge'),
      redirectUri: asked.get('redirect_uri'),
      claims: { ...this.user, ...user },
    });
    const url = new URL(asked.get('redirect_uri')!);
    for (const [name, value] of Object.entries({ code, state: asked.get('state')!, ...parameters }))
      if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  signed(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}, keys: Keys = this.keys): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: keys.jwk.kid!, ...header }).sign(keys.privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url!, this.issuer).pathname;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = new URLSearchParams(text);
    this.requests.push({ path, body, authorization: request.headers.authorization });
    const own = this.on[path];
    if (own) return own(request, response, body);
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (path === '/.well-known/openid-configuration') return void json(200, { ...this.#metadata(), ...this.metadata });
    if (path === '/jwks') return void json(200, this.jwks);
    if (path === '/userinfo') return void json(200, this.userinfo ?? {});
    if (path !== '/token') return void json(404, {});
    const grant = this.#grants.get(body.get('code') ?? '');
    this.#grants.delete(body.get('code') ?? '');
    const verifier = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    if (body.get('grant_type') === 'refresh_token')
      return void json(200, { access_token: 'fresh', token_type: 'Bearer', expires_in: 60, ...this.tokens });
    if (!grant || (grant.challenge !== null && grant.challenge !== verifier) || grant.redirectUri !== body.get('redirect_uri'))
      return void json(400, { error: 'invalid_grant', error_description: '<b>not here</b>' });
    const now = Math.floor(Date.now() / 1_000);
    const times = { iat: now, exp: now + 300, auth_time: now };
    const claims = { iss: this.issuer, aud: 'shop', nonce: grant.nonce ?? undefined, ...times, ...grant.claims };
    json(200, {
      access_token: 'access',
      token_type: 'Bearer',
      expires_in: 3_600,
      id_token: await this.sign(claims as JWTPayload),
      ...this.tokens,
    });
  }

  #metadata(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      id_token_signing_alg_values_supported: ['ES256'],
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
    };
  }
}

/** Keys of a provider. */
export async function createKeys(kid = 'first'): Promise<Keys> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

/** A fake provider on this machine; `await using` stops it. */
export async function startProvider(): Promise<FakeProvider> {
  return new FakeProvider(await createKeys()).listen();
}
