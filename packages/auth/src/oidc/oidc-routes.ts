import type { Key } from '@plinth/core';
import { get, guarded, post, redirect, reply, SIGN_IN_LIMIT, type RouteDefinition } from '@plinth/http';
import { sessionOf } from '../access/session.js';
import { stepUp } from '../access/step-up.js';
import { AUTH_ERRORS } from '../errors.js';
import { USERS, type UserSource } from '../user/users.js';
import { BackChannelLogout } from './back-channel-logout.js';
import { IdentityLinks } from './identity-links.js';
import { Oidc, type BeginOptions } from './oidc.js';

/** Options of `oidcRoutes`. */
export interface OidcRouteOptions {
  /** Before every path; `/account`. */
  readonly prefix?: string;
  /** The provider of users. Default: `USERS`. */
  readonly users?: Key<UserSource>;
}

/** The names of the routes. */
export type OidcRouteName = 'begin' | 'callback' | 'callbackPost' | 'link' | 'verify' | 'list' | 'unlink' | 'logout';

const params = {
  type: 'object',
  required: ['provider'],
  properties: { provider: { type: 'string', maxLength: 64 } },
} as const;
const returnTo = { type: 'string', maxLength: 1_000, description: 'A path of this site to go to afterwards.' } as const;
const url = {
  type: 'object',
  required: ['url'],
  properties: { url: { type: 'string', description: 'Where the page goes: `location.assign(url)`.' } },
} as const;
const answer = {
  type: 'object',
  properties: {
    state: { type: 'string', maxLength: 200 },
    code: { type: 'string', maxLength: 4_096 },
    iss: { type: 'string', maxLength: 500 },
    error: { type: 'string', maxLength: 100 },
  },
} as const;
const identities = {
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'provider', 'email', 'linkedAt'],
    properties: {
      id: { type: 'string' },
      provider: { type: 'string' },
      email: { type: ['string', 'null'] },
      linkedAt: { type: 'string', format: 'date-time' },
    },
  },
} as const;
const tags = ['identities'];

/**
 * The routes of sign-in through other providers, by name: list all of them, leave some out, or replace some.
 *
 * @example
 * routes: Object.values(oidcRoutes());
 */
export function oidcRoutes({ prefix = '/account', users = USERS }: OidcRouteOptions = {}): Readonly<
  Record<OidcRouteName, RouteDefinition>
> {
  const begun = [AUTH_ERRORS.OIDC_PROVIDER, AUTH_ERRORS.OIDC_RETURN_TO, AUTH_ERRORS.OIDC_UNAVAILABLE];
  const signedIn = guarded(sessionOf({ users }));
  const sensitive = guarded(sessionOf({ users }), stepUp());
  const options = (path: string, own: string, provider: string, body: Omit<BeginOptions, 'callbackPath'>): BeginOptions => {
    // The application may have a prefix of its own, which is in the path of the request.
    const before = path.slice(0, path.length - `${prefix}${own}`.length);
    return { ...body, callbackPath: `${before}${prefix}/sign-in/with/${provider}/callback` };
  };
  return {
    begin: post(
      `${prefix}/sign-in/with/:provider`,
      {
        open: true,
        params,
        body: { type: 'object', properties: { returnTo, remember: { type: 'boolean' } } } as const,
        returns: { 200: url },
        errors: begun,
        rateLimit: SIGN_IN_LIMIT,
        summary: 'Begin to sign in through a provider',
        tags,
      },
      async (context, oidc) => {
        const { provider } = context.params;
        return {
          url: await oidc.beginSignIn(provider, options(context.path, `/sign-in/with/${provider}`, provider, context.body), context),
        };
      },
      { deps: [Oidc] },
    ),
    callback: get(
      `${prefix}/sign-in/with/:provider/callback`,
      {
        open: true,
        params,
        query: answer,
        unknown: 'strip',
        returns: { 303: null },
        summary: 'Come back from a provider',
        tags,
      },
      async (context, oidc) => redirect(await oidc.finish(context.params.provider, context.query, context)),
      { deps: [Oidc] },
    ),
    callbackPost: post(
      `${prefix}/sign-in/with/:provider/callback`,
      {
        open: true,
        // The form comes from the provider's page. It reads no cookie and changes nothing: what it brings is looked at by `callback`.
        csrf: false,
        accepts: 'form',
        params,
        body: answer,
        unknown: 'strip',
        returns: { 303: null },
        errors: [AUTH_ERRORS.OIDC_PROVIDER],
        summary: 'Come back from a provider that posts a form',
        tags,
      },
      (context, oidc) => {
        const { provider } = context.params;
        if (!oidc.postsForms(provider)) throw AUTH_ERRORS.OIDC_PROVIDER({ provider: `${JSON.stringify(provider)} that posts forms` });
        // By a GET of the browser, the cookies with SameSite=Lax come along, which a form from another site does not bring.
        return redirect(`${context.path}?${new URLSearchParams(context.body as Record<string, string>)}`);
      },
      { deps: [Oidc] },
    ),
    link: sensitive.post(
      `${prefix}/identities/:provider`,
      {
        params,
        body: { type: 'object', properties: { returnTo } } as const,
        returns: { 200: url },
        errors: begun,
        rateLimit: SIGN_IN_LIMIT,
        summary: 'Begin to link an identity at a provider',
        tags,
      },
      async (context, oidc) => {
        const { provider } = context.params;
        const begin = options(context.path, `/identities/${provider}`, provider, context.body);
        return { url: await oidc.beginLink(provider, begin, context.session, context) };
      },
      { deps: [Oidc] },
    ),
    verify: signedIn.post(
      `${prefix}/identities/:provider/verify`,
      {
        params,
        body: { type: 'object', properties: { returnTo } } as const,
        returns: { 200: url },
        errors: begun,
        rateLimit: SIGN_IN_LIMIT,
        summary: 'Begin to prove anew who you are, by signing in there again',
        tags,
      },
      async (context, oidc) => {
        const { provider } = context.params;
        const begin = options(context.path, `/identities/${provider}/verify`, provider, context.body);
        return { url: await oidc.beginVerify(provider, begin, context.session, context) };
      },
      { deps: [Oidc] },
    ),
    list: signedIn.get(
      `${prefix}/identities`,
      { returns: identities, summary: 'Your identities at other providers', tags },
      async (context, links) =>
        (await links.list(context.user.id)).map(({ linkedAt, ...identity }) => ({ ...identity, linkedAt: linkedAt.toISOString() })),
      { deps: [IdentityLinks] },
    ),
    unlink: sensitive.del(
      `${prefix}/identities/:id`,
      {
        params: { type: 'object', required: ['id'], properties: { id: { type: 'string', maxLength: 64 } } } as const,
        returns: { 204: null },
        errors: [AUTH_ERRORS.OIDC_IDENTITY, AUTH_ERRORS.LAST_SIGN_IN_WAY],
        summary: 'Unlink an identity',
        tags,
      },
      (context, links) => links.unlink(context.user.id, context.params.id, context),
      { deps: [IdentityLinks] },
    ),
    logout: post(
      `${prefix}/identities/:provider/logout`,
      {
        open: true,
        csrf: false,
        accepts: 'form',
        params,
        body: { type: 'object', required: ['logout_token'], properties: { logout_token: { type: 'string', maxLength: 8_192 } } } as const,
        unknown: 'strip',
        returns: {
          200: null,
          400: {
            type: 'object',
            required: ['error'],
            properties: { error: { type: 'string' }, error_description: { type: 'string' } },
          } as const,
        },
        errors: [AUTH_ERRORS.OIDC_PROVIDER, AUTH_ERRORS.OIDC_UNAVAILABLE, AUTH_ERRORS.ISSUER_UNAVAILABLE],
        cache: { noStore: true },
        rateLimit: { name: 'oidc-logout', limit: 600, per: '1m' },
        summary: 'A provider tells that a user has signed out there',
        tags,
      },
      async (context, logout) => {
        try {
          await logout.end(context.params.provider, context.body.logout_token);
          return reply(200, undefined);
        } catch (error) {
          // Back-Channel Logout 1.0, 2.8.
          if (!AUTH_ERRORS.OIDC_LOGOUT.is(error)) throw error;
          return reply(400, { error: 'invalid_request', error_description: error.code });
        }
      },
      { deps: [BackChannelLogout] },
    ),
  };
}
