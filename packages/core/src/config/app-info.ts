import { token } from '../di/token.js';
import { defineConfig } from './define-config.js';
import { env } from './env.js';

/** What the application is and where it runs. */
export interface AppInfo {
  /** Whether `NODE_ENV` is exactly `production`; everything else is development. */
  readonly production: boolean;
  /** `APP_NAME`. */
  readonly name?: string;
  /** Built to be looked at and not to be started: do not connect to anything at boot. */
  readonly inspected?: true;
}

/** What the application is and where it runs. */
export const APP_INFO = token<AppInfo>('APP_INFO');

/** `APP_NAME`. */
export const APP_CONFIG = defineConfig('app', {
  name: env.string('APP_NAME', { optional: true, describe: 'Name of the application, for logs, documents and mails.' }),
});
