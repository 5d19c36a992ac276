import { Module } from '@plinth/core';
import type { TestClient } from '@plinth/testing';
import { expect } from 'vitest';
import { accountOidcUsers } from '@plinth/auth/accounts';
import { sqlIdentityStore, sqlPasskeyStore } from '@plinth/auth/data';
import { oidcRoutes, OidcModule, type OidcModuleOptions } from '@plinth/auth/oidc';
import { passkeyRoutes, PasskeysModule } from '@plinth/auth/passkeys';
import { dataModule, startAccounts, type AccountsApp, type AccountsSetup } from '../account-support.js';
import type { FakeProvider } from '../oidc-fake-provider.js';
import { SoftAuthenticator, type CreationOptions, type RequestOptions } from '../passkey-authenticator.js';

/** Accounts, passkeys and sign-in by `provider` in one application: what attackers use together. Over this database, or in memory. */
export async function startFlows(
  provider: FakeProvider | undefined,
  { imports = [], ...setup }: AccountsSetup = {},
  oidc: Partial<OidcModuleOptions> = {},
): Promise<AccountsApp> {
  const { database, ...others } = setup;
  const data = database === undefined ? [] : [dataModule(database)];
  const passkeys = PasskeysModule.with({ rpName: 'Kettle', ...(data.length > 0 && { store: sqlPasskeyStore, imports: data }) });
  const store = data.length > 0 ? { store: sqlIdentityStore, imports: data } : {};
  const providers: OidcModuleOptions['providers'] = provider === undefined ? {} : { own: provider.options() };
  @Module({
    imports: [passkeys, OidcModule.with({ providers, users: accountOidcUsers, ...store, ...oidc })],
    routes: [...Object.values(passkeyRoutes()), ...Object.values(oidcRoutes())],
  })
  class Others {}
  return startAccounts({ ...others, data: data[0], imports: [...imports, Others] });
}

/** Where the callback sends a browser that signs in as this user of the provider. */
export async function signInWith(provider: FakeProvider, client: TestClient, user: Record<string, unknown> = {}): Promise<string> {
  const begun = await client.post('/account/sign-in/with/own', { json: {} });
  expect(begun.status, begun.text()).toBe(200);
  return comeBack(client, provider.agree(new URL((begun.json() as { url: string }).url), user));
}

/** Where the callback sends a browser that links this user of the provider. */
export async function linkWith(provider: FakeProvider, client: TestClient, user: Record<string, unknown> = {}): Promise<string> {
  return comeBack(client, await agreedLink(provider, client, user));
}

/** The address of the callback with which a link would be completed. */
export async function agreedLink(provider: FakeProvider, client: TestClient, user: Record<string, unknown> = {}): Promise<URL> {
  const begun = await client.post('/account/identities/own', { json: {} });
  expect(begun.status, begun.text()).toBe(200);
  return provider.agree(new URL((begun.json() as { url: string }).url), user);
}

export async function comeBack(client: TestClient, url: URL): Promise<string> {
  const answer = await client.get(url.pathname + url.search);
  return answer.status === 303 ? String(answer.headers['location']) : `${answer.status} ${answer.text()}`;
}

/** A new passkey of whoever is signed in, and the answer to be sent for it. */
export async function newPasskey(client: TestClient) {
  const authenticator = new SoftAuthenticator({ synced: true });
  const options = (await client.post('/account/passkeys/options')).json() as CreationOptions;
  return { authenticator, json: { response: authenticator.create(options) } };
}

/** The answer of a passkey to sign in with. */
export async function passkeyAnswer(client: TestClient, authenticator: SoftAuthenticator) {
  const options = (await client.post('/account/sign-in/passkey/options')).json() as RequestOptions;
  return { json: { response: authenticator.get(options) } };
}
