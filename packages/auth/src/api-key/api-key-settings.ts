import { token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { ApiKeyForm } from './api-key-format.js';

/** How API keys look: the `apiKeys` part of `AuthModule.with`. */
export interface ApiKeyOptions {
  /** The first part of each key, by which people and secret scanners recognise it: 2 to 16 lower case letters or digits. Default `pk`. */
  readonly prefix?: string;
  /** The second part: keys of another environment are refused. Default `live` in production, else `test`. */
  readonly environment?: string;
}

/** The options with every default filled in. */
export interface ApiKeySettings extends ApiKeyForm {}

/** @internal */
export const API_KEY_SETTINGS = token<ApiKeySettings>('API_KEY_SETTINGS', { from: 'AuthModule of @plinth/auth' });

/** Throws `AUTH_OPTIONS` for options that make no sense. */
export function checkApiKeyOptions({ prefix, environment }: ApiKeyOptions): void {
  check('apiKeys.prefix', prefix);
  check('apiKeys.environment', environment);
}

/** Fills in the defaults. */
export function apiKeySettings({ prefix = 'pk', environment }: ApiKeyOptions, production: boolean): ApiKeySettings {
  return { prefix, environment: environment ?? (production ? 'live' : 'test') };
}

function check(option: string, value: string | undefined): void {
  if (value === undefined || /^[a-z0-9]{2,16}$/.test(value)) return;
  throw AUTH_ERRORS.OPTIONS({ option, value: JSON.stringify(value), rule: 'it must be 2 to 16 lower case letters or digits' });
}
