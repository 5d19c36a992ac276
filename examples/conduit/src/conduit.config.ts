import type { AuthOptions } from '@plinth/auth';
import { defineConfig, env } from '@plinth/core';
import { SIGN_IN_LIMIT, type HttpOptions, type RateLimitOptions, type RouteRateLimit } from '@plinth/http';
import type { OpenApiOptions } from '@plinth/openapi';
import { errorBody } from './error-body.js';

// Conduit implements the RealWorld specification, whose clients and test suites exist already. Everything in which it departs from
// the framework's defaults stands here, each with its reason.

/** The specification's scheme: `Authorization: Token <token>`, where the framework's default is `Bearer`. */
export const TOKEN_SCHEME = 'Token';

export const authOptions: AuthOptions = {
  // The specification and its clients accept passwords of 8 characters, where the default is 15; and its test suites register with
  // passwords that everybody tries first, such as password123, which the framework refuses.
  passwords: { minLength: 8, common: 'accept' },
  // The specification knows no refresh tokens, so a token must last as long as somebody stays signed in; the default is ten minutes.
  tokens: { issuer: 'conduit', lifetime: 7 * 24 * 60 * 60 },
};

/**
 * Rate limits. Both are set by the environment, by name: `HTTP_RATE_LIMITS="default=600/1m/100, sign-in=20/1m"`, or `off`. What stands
 * here lets the specification's test suites pass, which send everything from one address as fast as they can; a service of your own is
 * better off with the framework's defaults, 600 requests a minute and `SIGN_IN_LIMIT` for registration and sign-in.
 */
export const rateLimit: RateLimitOptions = { limit: 60_000, per: '1m', burst: 10_000 };
export const signInLimit: RouteRateLimit = { ...SIGN_IN_LIMIT, limit: 3_000, whenDown: 'closed' };

export const httpOptions: HttpOptions = {
  rateLimit,
  // Clients of the specification send more than it declares (whole objects that they were given); the default refuses unknown fields.
  unknown: 'strip',
  // The specification has an error body of its own, `{ errors: { field: [sentence] } }`, instead of problem details (RFC 9457).
  errorBody,
  errorSchema: {
    contentType: 'application/json; charset=utf-8',
    schema: {
      $id: 'ConduitErrors',
      type: 'object',
      required: ['errors'],
      properties: { errors: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } } },
    },
  },
};

export const openApiOptions: OpenApiOptions = {
  title: 'Conduit',
  version: '1.0.0',
  tags: [
    { name: 'User and Authentication', description: 'Registration, sign-in, and the own account.' },
    { name: 'Profile', description: 'Users as others see them, and who follows whom.' },
    { name: 'Articles', description: 'Writing, reading, lists and the feed.' },
    { name: 'Favorites', description: 'Who likes which article.' },
    { name: 'Comments', description: 'What readers say to an article.' },
    { name: 'Tags', description: 'What articles are about.' },
  ],
  // The API is public, so its docs are too; by default they do not exist in production.
  open: true,
};

// Optional sign-in: the specification lets anybody read profiles, articles and comments, and tells those who are signed in whom they
// follow and what they like. Those routes use `visitor` of `users/guards.ts`; all others that need a user use `signedIn`.

/** An embedded database unless DATABASE_URL names another one, so that the example runs on a bare machine. */
export const DEFAULT_DATABASE = 'sqlite:./.plinth/conduit.db';

export const CONDUIT_CONFIG = defineConfig('conduit', {
  /** Whether an empty database begins with an account and three articles. Not in production: the password is public. */
  demo: env.boolean('CONDUIT_DEMO', { default: false, development: true }),
});

/** The account that an empty database begins with. */
export const DEMO = { username: 'demo', email: 'demo@conduit.example', password: 'conduit-demo' } as const;
