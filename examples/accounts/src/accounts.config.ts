import { defineConfig, env } from '@plinth/core';

/** The name of the product: authenticator apps, passkeys and mails show it. */
export const NAME = 'Folio';

/** What the paths of all account routes begin with; `web/lib/api.js` has it too. Everything below `/api` is JSON, the rest is the page. */
export const ACCOUNT_PATH = '/api/account';

/** An embedded database unless DATABASE_URL names another one, so that the example runs on a bare machine. */
export const DEFAULT_DATABASE = 'sqlite:./.plinth/accounts.db';

/** The provider that runs on this machine while one develops. By its address and not as `localhost`: cookies know no ports. */
export const LOCAL_ISSUER = 'http://127.0.0.1:3001';

/** The client that the local provider knows. What it signs people in to is on this machine: the secret is none. */
export const LOCAL_CLIENT = { id: 'folio', secret: 'the secret of the local provider' } as const;

export const FOLIO_CONFIG = defineConfig('folio', {
  /** Whether an empty database begins with an administrator and a user. Not in production: the passwords are public. */
  demo: env.boolean('FOLIO_DEMO', { default: false, development: true }),
});

/** The accounts that an empty database begins with. */
export const DEMO = {
  admin: { email: 'admin@folio.example', name: 'Ada Admin', roles: ['user', 'admin'], password: 'open the folio as admin' },
  user: { email: 'user@folio.example', name: 'Uli User', roles: ['user'], password: 'open the folio as a user' },
} as const;
