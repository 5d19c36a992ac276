import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { signInPage } from './sign-in-page.js';

// An OpenID provider for this machine, so that social sign-in can be tried without an account anywhere. Whoever is asked says who they
// are, and is believed: it must never run where others reach it.

/** What the provider is told. */
export interface LocalProviderOptions {
  /** Its address; it listens on the port of it. */
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly redirectUris: readonly string[];
}

/** A provider that listens. */
export interface LocalProvider {
  close(): Promise<void>;
}

/** Starts the provider. Rejects when its port is taken. */
export async function startLocalProvider(options: LocalProviderOptions): Promise<LocalProvider> {
  const { Provider } = await loadLibrary();
  const provider = new Provider(options.issuer, configurationOf(options));
  const answer = provider.callback();
  const server = createServer((request, response) => {
    const uid = /^\/sign-in\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (uid === undefined) answer(request, response);
    else void signIn(provider, request, response).catch((error: unknown) => fail(response, error));
  });
  await listen(server, new URL(options.issuer));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Rejects what no application has begun.
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(signInPage());
    return;
  }
  const form = new URLSearchParams(await textOf(request));
  const accountId = form.get('email')?.trim() ?? '';
  const result =
    form.has('cancel') || accountId === ''
      ? { error: 'access_denied', error_description: 'The user has cancelled.' }
      : { login: { accountId } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

function configurationOf({ client, redirectUris }: LocalProviderOptions): object {
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: redirectUris,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // The ID token says who it is, as those of the large providers do.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/sign-in/${uid}` },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => claimsOf(id) }),
    loadExistingGrant: grantEverything,
    cookies: { keys: ['of this machine only'] },
    jwks: {
      keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }],
    },
    ttl: { Session: 3_600, Interaction: 600, Grant: 3_600, AccessToken: 600, IdToken: 600 },
  };
}

/** Addresses that begin with `unverified` are not verified, so that this can be tried as well. */
function claimsOf(email: string): object {
  const name = email.split('@', 1)[0]!.replace(/^./, (letter) => letter.toUpperCase());
  return { sub: email, email, email_verified: !email.startsWith('unverified'), name };
}

// Nobody is asked whether the client may know who they are: that is why they are here.
async function grantEverything(context: InteractionContext): Promise<unknown> {
  const { client, session, provider } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid email profile');
  await grant.save();
  return grant;
}

function listen(server: Server, { port, hostname }: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), hostname, () => resolve());
  });
}

function fail(response: ServerResponse, error: unknown): void {
  if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(error instanceof Error ? error.message : String(error));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) throw new Error('The form is too long.');
  }
  return text;
}

interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<unknown>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object, options: object): Promise<void>;
}

interface Grant {
  addOIDCScope(scopes: string): void;
  save(): Promise<string>;
}

interface InteractionContext {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: { readonly Grant: new (of: { clientId: string; accountId: string }) => Grant };
  };
}

// The package has no types, and is there while one develops only: its name is no literal, so that nobody looks for it before.
async function loadLibrary(): Promise<{ readonly Provider: new (issuer: string, configuration: object) => Provider }> {
  const name: string = 'oidc-provider';
  return (await import(name)) as { readonly Provider: new (issuer: string, configuration: object) => Provider };
}
