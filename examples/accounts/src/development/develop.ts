import { ACCOUNT_PATH, LOCAL_CLIENT, LOCAL_ISSUER } from '../accounts.config.js';
import { startLocalProvider } from './local-provider.js';

/**
 * What a machine needs while one develops on it, and production never has: `APP_URL` (passkeys, links in mails and providers belong to an
 * origin) and the local provider of social sign-in. Gives the URL; undefined in production, where nothing of this happens.
 */
export async function develop(): Promise<string | undefined> {
  if (process.env['NODE_ENV'] === 'production') return undefined;
  const url = useLocalUrl();
  const callback = new URL(`${ACCOUNT_PATH}/sign-in/with/local/callback`, url).href;
  try {
    await startLocalProvider({ issuer: LOCAL_ISSUER, client: LOCAL_CLIENT, redirectUris: [callback] });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`Folio runs without the local provider at ${LOCAL_ISSUER}: ${reason}\n`);
  }
  return url;
}

/** Sets `APP_URL` to `localhost` where nobody has set it: browsers have passkeys there, but not at 127.0.0.1. */
export function useLocalUrl(): string {
  return (process.env['APP_URL'] ||= `http://localhost:${process.env['PORT'] ?? 3000}`);
}
