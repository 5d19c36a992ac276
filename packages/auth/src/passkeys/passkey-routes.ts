import { runUninterrupted, type Key } from '@plinth/core';
import { created, guarded, post, SIGN_IN_LIMIT, type RouteDefinition } from '@plinth/http';
import { sessionOf, sessionPendingOf } from '../access/session.js';
import { stepUp } from '../access/step-up.js';
import { AUTH_ERRORS } from '../errors.js';
import { clearSessionCookie, readOneCookie, readSessionCookie, setSessionCookie } from '../session/session-cookie.js';
import { Sessions } from '../session/sessions.js';
import { signInAnswer, toSignInAnswer } from '../sign-in/sign-in-answer.js';
import { SignIns } from '../sign-in/sign-ins.js';
import { USERS, type UserSource } from '../user/users.js';
import { PasskeyProofs } from './passkey-proofs.js';
import { assertionResponse, creationOptions, passkeyName, passkeySchema, registrationResponse, requestOptions } from './passkey-schemas.js';
import type { Passkey } from './passkey.js';
import { Passkeys } from './passkeys.js';

/** How the routes of passkeys are placed. */
export interface PasskeyRoutesOptions {
  /** What their paths begin with; `/account`. */
  readonly prefix?: string;
  /** The provider of users. Default: `USERS`. */
  readonly users?: Key<UserSource>;
}

/** The routes of passkeys by name. */
export type PasskeyRoutes = Readonly<
  Record<
    | 'registerOptions'
    | 'register'
    | 'list'
    | 'rename'
    | 'remove'
    | 'signInOptions'
    | 'signIn'
    | 'factorOptions'
    | 'factor'
    | 'verifyOptions'
    | 'verify',
    RouteDefinition
  >
>;

const answer = { type: 'object', required: ['response'], properties: { response: assertionResponse } } as const;
const common = {
  tags: ['passkeys'],
  // 20 a minute for each client, over all of these routes: a sign-in takes two.
  rateLimit: { ...SIGN_IN_LIMIT, name: 'passkeys' },
  limits: { body: 32_768 },
  // Browsers may add members to their answers one day. Nothing is read but what is declared.
  unknown: 'strip',
} as const;

/**
 * The routes of passkeys, for a module's `routes`: `Object.values(passkeyRoutes())`, or some of them. They need `AuthModule`, `PasskeysModule`
 * and a provider of `USERS`.
 */
export function passkeyRoutes({ prefix = '/account', users = USERS }: PasskeyRoutesOptions = {}): PasskeyRoutes {
  return {
    ...managementRoutes(prefix, users),
    ...signInRoutes(prefix, users),
    ...factorRoutes(prefix, users),
    ...verifyRoutes(prefix, users),
  };
}

function managementRoutes(prefix: string, users: Key<UserSource>) {
  const signedIn = guarded(sessionOf({ users }));
  const proven = guarded(sessionOf({ users }), stepUp());
  return {
    registerOptions: proven.post(
      `${prefix}/passkeys/options`,
      { ...common, summary: 'Options for a new passkey', returns: creationOptions, errors: [AUTH_ERRORS.PASSKEY_LIMIT] },
      (owner, passkeys) => passkeys.registerOptions(owner),
      { deps: [Passkeys] },
    ),
    register: signedIn.post(
      `${prefix}/passkeys`,
      {
        ...common,
        summary: 'Keep a new passkey',
        body: { type: 'object', required: ['response'], properties: { name: passkeyName, response: registrationResponse } },
        returns: { 201: passkeySchema },
        errors: [AUTH_ERRORS.PASSKEY_CHALLENGE, AUTH_ERRORS.PASSKEY_REGISTRATION, AUTH_ERRORS.PASSKEY_NAME, AUTH_ERRORS.PASSKEY_LIMIT],
      },
      async (context, passkeys) => created(toJson(await passkeys.register(context, context.body, context))),
      { deps: [Passkeys] },
    ),
    list: signedIn.get(
      `${prefix}/passkeys`,
      { tags: ['passkeys'], summary: 'The passkeys of the account', returns: { type: 'array', items: passkeySchema } },
      async ({ user }, passkeys) => (await passkeys.list(user.id)).map(toJson),
      { deps: [Passkeys] },
    ),
    rename: signedIn.patch(
      `${prefix}/passkeys/:id`,
      {
        ...common,
        unknown: 'reject',
        summary: 'Give a passkey another name',
        body: { type: 'object', required: ['name'], properties: { name: passkeyName } },
        returns: passkeySchema,
        errors: [AUTH_ERRORS.PASSKEY_UNKNOWN, AUTH_ERRORS.PASSKEY_NAME],
      },
      async ({ user, params, body }, passkeys) => toJson(await passkeys.rename(user.id, idOf(params), body.name)),
      { deps: [Passkeys] },
    ),
    remove: proven.del(
      `${prefix}/passkeys/:id`,
      {
        ...common,
        summary: 'Remove a passkey',
        returns: { 204: null },
        errors: [AUTH_ERRORS.PASSKEY_UNKNOWN, AUTH_ERRORS.LAST_SIGN_IN_WAY],
      },
      (context, passkeys) => passkeys.remove(context, idOf(context.params), context),
      { deps: [Passkeys] },
    ),
  };
}

function signInRoutes(prefix: string, users: Key<UserSource>) {
  return {
    signInOptions: post(
      `${prefix}/sign-in/passkey/options`,
      { ...common, open: true, summary: 'Options to sign in with a passkey', returns: requestOptions },
      (context, proofs) => proofs.signInOptions(context),
      { deps: [PasskeyProofs] },
    ),
    signIn: post(
      `${prefix}/sign-in/passkey`,
      {
        ...common,
        open: true,
        summary: 'Sign in with a passkey',
        body: { ...answer, properties: { ...answer.properties, remember: { type: 'boolean' } } },
        returns: signInAnswer,
        errors: [AUTH_ERRORS.PASSKEY_CHALLENGE, AUTH_ERRORS.PASSKEY_REFUSED, AUTH_ERRORS.SESSION_COOKIE],
      },
      async (context, proofs, source, signIns, sessions) => {
        // Before the challenge is used up.
        readOneCookie(context);
        const { response, remember = false } = context.body;
        const proof = await proofs.signIn(source, response, context);
        const { name, methods } = proof;
        const signIn = await signIns.complete({ userId: proof.user.id, name, methods, multiFactor: true, remember }, context);
        await runUninterrupted(async () => {
          // What ends sessions, when the passkey or the account goes, has either seen this one, or has been before.
          if (await proofs.isKept(source, proof)) return;
          await sessions.revoke(signIn.session.userId, signIn.session.id);
          clearSessionCookie(context);
          throw AUTH_ERRORS.PASSKEY_REFUSED();
        });
        return toSignInAnswer(signIn);
      },
      { deps: [PasskeyProofs, users, SignIns, Sessions] },
    ),
  };
}

function factorRoutes(prefix: string, users: Key<UserSource>) {
  const halfWay = guarded(sessionPendingOf({ users }));
  return {
    factorOptions: halfWay.post(
      `${prefix}/sign-in/passkey-factor/options`,
      {
        ...common,
        summary: 'Options for a passkey as the second factor',
        returns: requestOptions,
        errors: [AUTH_ERRORS.PASSKEY_NONE],
      },
      ({ user, session }, proofs) => proofs.options('factor', { userId: user.id, session }),
      { deps: [PasskeyProofs] },
    ),
    factor: halfWay.post(
      `${prefix}/sign-in/passkey-factor`,
      {
        ...common,
        summary: 'Complete a sign-in with a passkey as the second factor',
        body: answer,
        returns: signInAnswer,
        errors: [AUTH_ERRORS.PASSKEY_CHALLENGE, AUTH_ERRORS.PASSKEY_REFUSED],
      },
      async (context, proofs, signIns) => {
        const { user, session, body } = context;
        const { methods } = await proofs.verify('factor', { userId: user.id, session }, body.response);
        return toSignInAnswer(await signIns.completeSecondFactor(methods, context));
      },
      { deps: [PasskeyProofs, SignIns] },
    ),
  };
}

function verifyRoutes(prefix: string, users: Key<UserSource>) {
  const signedIn = guarded(sessionOf({ users }));
  return {
    verifyOptions: signedIn.post(
      `${prefix}/passkeys/verify/options`,
      {
        ...common,
        summary: 'Options to prove again who one is',
        returns: requestOptions,
        errors: [AUTH_ERRORS.PASSKEY_NONE],
      },
      ({ user, session }, proofs) => proofs.options('verify', { userId: user.id, session }),
      { deps: [PasskeyProofs] },
    ),
    verify: signedIn.post(
      `${prefix}/passkeys/verify`,
      {
        ...common,
        summary: 'Prove again who one is, by a passkey',
        body: answer,
        returns: { 204: null },
        errors: [AUTH_ERRORS.PASSKEY_CHALLENGE, AUTH_ERRORS.PASSKEY_REFUSED],
      },
      async (context, proofs, sessions) => {
        const { user, session, body } = context;
        const { methods } = await proofs.verify('verify', { userId: user.id, session }, body.response);
        const confirmed = await sessions.confirm(readSessionCookie(context) ?? '', { methods });
        if (!confirmed) throw AUTH_ERRORS.SESSION_ENDED();
        setSessionCookie(context, confirmed);
      },
      { deps: [PasskeyProofs, Sessions] },
    ),
  };
}

function idOf(params: { readonly [name: string]: string | undefined }): string {
  return params['id'] ?? '';
}

function toJson({ createdAt, usedAt, transports, ...rest }: Passkey) {
  return { ...rest, createdAt: createdAt.toISOString(), usedAt: usedAt?.toISOString() ?? null, transports: [...transports] };
}
