import { env, Secret, type Field } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { isSecure } from '../token/remote-key-set.js';
import type { IdentityProvider, ProviderSecret, ProviderText } from './provider.js';

/** The providers of an application by name. */
export type Providers = Readonly<Record<string, IdentityProvider>>;

/** The credentials of one provider, as they were read when the application started. */
export interface ProviderCredentials {
  readonly clientId: string;
  readonly secrets: readonly string[];
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
/** What the framework says in an authorization request. */
const OURS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
];
const REQUESTS = ['request', 'request_uri', 'registration'];

/** Checks the options of every provider that can be checked before the configuration is read. Throws `AUTH_OIDC_OPTIONS`. */
export function checkProviders(providers: Providers): void {
  for (const [name, provider] of Object.entries(providers)) {
    const check = (option: string, value: unknown, ok: boolean, rule: string) => {
      if (ok) return;
      throw optionError(`providers.${name}.${option}`, value, rule);
    };
    if (!NAME.test(name)) throw optionError('providers', name, 'names have lower-case letters, digits and hyphens, and stand in paths');
    const url = URL.parse(provider.issuer);
    const plain = url !== null && url.search === '' && url.hash === '' && url.username === '' && provider.issuer.length <= 255;
    check(
      'issuer',
      provider.issuer,
      plain && isSecure(url),
      'it must be an https URL without query and fragment, as the provider writes it',
    );
    const keys = Object.keys(provider.parameters ?? {});
    check(
      'parameters',
      keys.join(', '),
      !keys.some((key) => OURS.includes(key) || REQUESTS.includes(key)),
      `it cannot set ${OURS.join(', ')}`,
    );
    if (provider.protocol === 'oauth2') {
      for (const option of ['authorizationEndpoint', 'tokenEndpoint'] as const) {
        const endpoint = URL.parse(provider[option]);
        check(option, provider[option], endpoint !== null && isSecure(endpoint), 'it must be an https URL');
      }
      continue;
    }
    const { maxAge, acr, scopes } = provider;
    check('scopes', scopes?.join(' '), scopes === undefined || scopes.includes('openid'), 'openid must be among them');
    check('maxAge', maxAge, maxAge === undefined || (Number.isInteger(maxAge) && maxAge >= 0), 'it must be an integer of seconds');
    check(
      'acr',
      acr?.join(' '),
      acr === undefined || (acr.length > 0 && acr.every((value) => /^\S+$/.test(value))),
      'it must be a list of values',
    );
  }
}

/** Whether a provider is reached by plain http, which is for this machine only. */
export function isPlain(provider: IdentityProvider): boolean {
  return provider.issuer.startsWith('http:');
}

/** An error about an option. */
export function optionError(option: string, value: unknown, rule: string): Error {
  return AUTH_ERRORS.OIDC_OPTIONS({ option, value: JSON.stringify(value) ?? 'undefined', rule });
}

/** The variables of the environment that the providers name, as fields of one configuration. */
export function fieldsOf(providers: Providers): Readonly<Record<string, Field<unknown>>> {
  const fields: Record<string, Field<unknown>> = {
    url: env.url('APP_URL', { optional: true, protocols: ['http', 'https'] }) as Field<unknown>,
  };
  for (const [name, provider] of Object.entries(providers)) {
    if (isField(provider.clientId)) fields[`${name}.clientId`] = provider.clientId;
    for (const [index, secret] of secretsOf(provider).entries()) if (isField(secret)) fields[`${name}.secret.${index}`] = secret;
  }
  return fields;
}

/** The credentials of a provider, from its options and the configuration that was read. */
export function credentialsOf(name: string, provider: IdentityProvider, config: Readonly<Record<string, unknown>>): ProviderCredentials {
  const clientId = isField(provider.clientId) ? String(config[`${name}.clientId`] ?? '') : provider.clientId;
  if (clientId === '') throw optionError(`providers.${name}.clientId`, clientId, 'it must not be empty');
  const secrets = secretsOf(provider).map((secret, index) => {
    const value = isField(secret) ? (config[`${name}.secret.${index}`] as Secret | string | undefined) : secret;
    const text = value instanceof Secret ? value.reveal() : (value ?? '');
    if (text === '') throw AUTH_ERRORS.OIDC_OPTIONS({ option: `providers.${name}.clientSecret`, value: 'empty', rule: 'it must not be' });
    return text;
  });
  return { clientId, secrets };
}

function secretsOf(provider: IdentityProvider): readonly ProviderSecret[] {
  if (provider.madeSecret) return provider.madeSecret.fields;
  return provider.clientSecret === undefined ? [] : [provider.clientSecret];
}

function isField<T>(value: ProviderText | ProviderSecret | Field<T>): value is Field<T> {
  return typeof value === 'object' && !(value instanceof Secret);
}
