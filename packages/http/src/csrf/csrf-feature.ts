import { APP_KEY, type AppKey } from '@plinth/core';
import type { CorsOptions } from '../cors/cors-options.js';
import { isOrigin } from '../cors/origin-list.js';
import { compileCors } from '../cors/route-cors.js';
import { HTTP_ERRORS } from '../errors.js';
import {
  defineFeature,
  type FeatureParts,
  type FeatureRoute,
  type FeatureServer,
  type HttpFeature,
  type Station,
} from '../feature/http-feature.js';
import { allSecurity } from '../guard/security.js';
import type { RouteContext } from '../request/http-context.js';
import type { CsrfOptions } from './csrf-options.js';
import { CSRF_FIELD, CSRF_HEADER, CsrfTokens, TOKENS_OF } from './csrf-token.js';
import { readSite } from './request-site.js';

/** Methods that change nothing (RFC 9110, 9.2.1; QUERY). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY']);

/**
 * Refuses unsafe requests that another site made the browser send (CSRF; ASVS 5.0, 3.5.1). Where a cookie authenticates the request
 * must say that it comes from here; where nothing does (a sign-in) it must not say that it comes from elsewhere.
 */
export function csrfFeature(options: CsrfOptions): HttpFeature {
  if (options.tokens === true) return defineFeature({ name: 'csrf', deps: [APP_KEY], setup: (server, key) => setUp(server, options, key) });
  return defineFeature({ name: 'csrf', deps: [], setup: (server) => setUp(server, options, undefined) });
}

function setUp(server: FeatureServer, options: CsrfOptions, key: AppKey | undefined): FeatureParts {
  const own = new Set(options.origins ?? []);
  for (const origin of own)
    if (!isOrigin(origin) || new URL(origin).origin !== origin) throw HTTP_ERRORS.CSRF({ value: JSON.stringify(origin) });
  if (server.url !== undefined) own.add(server.url.origin);
  const tokens = key && new CsrfTokens(key);
  if (tokens !== undefined) TOKENS_OF.set(server.state, tokens);
  return {
    route(route) {
      const { method, contract } = route.definition;
      if (safe.has(method) || contract.csrf === false) return undefined;
      return stationsOf(route, { own, tokens, cors: server.options.cors });
    },
  };
}

interface Settings {
  readonly own: ReadonlySet<string>;
  readonly tokens: CsrfTokens | undefined;
  readonly cors: CorsOptions | undefined;
}

function stationsOf(route: FeatureRoute, { own, tokens, cors: server }: Settings): { readonly admitted: Station } | undefined {
  const { definition, guarded } = route;
  const credential = credentialsOf(definition.guards);
  const cors = compileCors(server, { method: definition.method, contract: definition.contract, guarded });
  const trustedWithCookie = (origin: string) => own.has(origin) || (cors !== undefined && cors.credentials && cors.origins.has(origin));
  const trusted = (origin: string) => own.has(origin) || (cors !== undefined && cors.origins.has(origin));
  const accepts = definition.contract.accepts;
  const forms = tokens !== undefined && (accepts === 'form' || (Array.isArray(accepts) && accepts.includes('form')));
  const isMarked = (context: RouteContext) => {
    if (context.cookieSession !== null || credential.ambient) return true;
    return credential.cookies.some((name) => context.cookie(name) !== undefined) && !hasBearer(context);
  };
  // A token in a header is not sent by the browser by itself: nobody can borrow it.
  const borrowable = !guarded || credential.cookies.length > 0 || credential.ambient || !credential.declared;
  return { admitted: borrowable ? check : markedOnly(check) };

  function check(context: RouteContext): void {
    const marked = isMarked(context);
    if (forms) context.afterBody = takeField;
    // A visitor whom a guard has let in without a credential has nothing that could be borrowed.
    if (!marked && guarded && credential.declared) return;
    const site = readSite(context, marked ? trustedWithCookie : trusted);
    if (site === 'ours' || (!marked && site === 'unsaid')) return;
    // A token is for browsers that do not say where they come from; one that says "elsewhere" is believed.
    if (site === 'foreign' || tokens === undefined) throw refuse(context);
    if (tokens.accepts(context, context.request.headers[CSRF_HEADER])) return;
    if (!forms) throw refuse(context);
    context.afterBody = checkField;
  }

  function checkField(context: RouteContext): void {
    if (tokens?.accepts(context, fieldOf(context)) !== true) throw refuse(context);
  }
}

// A guard with another scheme may have been answered by a cookie all the same, and have said so.
function markedOnly(check: Station): Station {
  return (context) => {
    if (context.cookieSession !== null) return check(context);
  };
}

interface Credentials {
  /** Whether a way in is declared; a guard that declares none may read anything. */
  readonly declared: boolean;
  /** Names of the cookies that may authenticate. */
  readonly cookies: readonly string[];
  /** Whether browsers send one by themselves that is no cookie: Basic, Digest, client certificates. */
  readonly ambient: boolean;
}

function credentialsOf(guards: FeatureRoute['definition']['guards']): Credentials {
  const alternatives = allSecurity(guards);
  const cookies = alternatives.flat().flatMap(({ scheme }) => (scheme.type === 'apiKey' && scheme.in === 'cookie' ? [scheme.name] : []));
  const ambient = alternatives
    .flat()
    .some(
      ({ scheme }) => scheme.type === 'mutualTLS' || (scheme.type === 'http' && /^(?:basic|digest|negotiate|ntlm)$/i.test(scheme.scheme)),
    );
  return { declared: alternatives.some((alternative) => alternative.length > 0), cookies: [...new Set(cookies)], ambient };
}

// Forms cannot send it, and browsers never add it: another guard than that of the cookie has let the request in.
function hasBearer({ request }: RouteContext): boolean {
  return /^bearer /i.test(request.headers.authorization ?? '');
}

/** Takes the token out of a form, whose schema need not know of it. */
function fieldOf(context: RouteContext): unknown {
  const { body } = context;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, CSRF_FIELD)) return undefined;
  const fields = body as Record<string, unknown>;
  const token = fields[CSRF_FIELD];
  delete fields[CSRF_FIELD];
  return token;
}

function takeField(context: RouteContext): void {
  fieldOf(context);
}

function refuse(context: RouteContext): Error {
  const { origin, referer } = context.request.headers;
  const from = origin ?? (referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined);
  return HTTP_ERRORS.CROSS_SITE({
    method: context.method,
    origin: from === undefined ? 'a page that it does not name' : JSON.stringify(from.slice(0, 100)),
  });
}
