import type { Key } from '@plinth/core';
import { guarded, type RouteDefinition } from '@plinth/http';
import { impersonationOf } from '../access/impersonation-state.js';
import { sessionOf } from '../access/session.js';
import { AUTH_ERRORS } from '../errors.js';
import { clearSite, readSessionCookie, setSessionCookie } from '../session/session-cookie.js';
import { Sessions } from '../session/sessions.js';
import { USERS, type UserSource } from '../user/users.js';

/** Where the routes of sessions are, and whose they are. */
export interface SessionRouteOptions {
  /** What their paths begin with; `/account`. */
  readonly prefix?: string;
  /** The provider of users. Default: `USERS`. */
  readonly users?: Key<UserSource<unknown>>;
}

/** The routes of `sessionRoutes`, by name. */
export interface SessionRoutes {
  /** GET /account/sessions: where the user is signed in. */
  readonly list: RouteDefinition;
  /** DELETE /account/sessions/:id: signs out there. */
  readonly revoke: RouteDefinition;
  /** DELETE /account/sessions: signs out everywhere else. */
  readonly revokeOthers: RouteDefinition;
}

const text = { type: 'string' } as const;

const openSession = {
  type: 'object',
  required: ['id', 'current', 'device', 'createdAt', 'seenAt', 'methods'],
  properties: {
    id: text,
    current: { type: 'boolean', description: 'It is the session of this request.' },
    device: {
      type: ['object', 'null'],
      required: ['agent', 'network'],
      properties: { agent: text, network: text },
      description: 'Where it was started, such as Firefox on Windows from 203.0.113.0/24.',
    },
    createdAt: { type: 'string', format: 'date-time' },
    seenAt: { type: 'string', format: 'date-time', description: 'The last request, to the minute.' },
    methods: { type: 'array', items: text, description: 'How its user has proved who they are (RFC 8176).' },
  },
} as const;

const tags = ['Sessions'];
const rateLimit = { name: 'sessions', limit: 20, per: '1m', whenDown: 'closed' } as const;

/**
 * Routes by which users see where they are signed in, and sign out there (ASVS 5.0, 7.4.3 and 7.5.2). List them in the `routes` of a
 * module.
 *
 * @example
 * @Module({ imports: [AuthModule], routes: Object.values(sessionRoutes()) })
 * class AccountModule {}
 */
export function sessionRoutes({ prefix = '/account', users = USERS }: SessionRouteOptions = {}): SessionRoutes {
  const signedIn = guarded(sessionOf({ users }));
  const path = `${prefix}/sessions`;
  return {
    list: signedIn.get(
      path,
      { summary: 'Where you are signed in, the session used last first', tags, returns: { type: 'array', items: openSession } as const },
      async (context, sessions) => {
        const open = await sessions.list(impersonationOf(context)?.userId ?? context.session.userId);
        return open.map(({ id, device, createdAt, seenAt, auth }) => ({
          id,
          current: id === context.session.id,
          device: device ?? null,
          createdAt: createdAt.toISOString(),
          seenAt: seenAt.toISOString(),
          methods: [...auth.methods],
        }));
      },
      { deps: [Sessions] },
    ),
    revoke: signedIn.del(
      `${path}/:id`,
      { summary: 'End one of your sessions', tags, returns: { 204: null }, rateLimit, errors: [AUTH_ERRORS.SESSION_UNKNOWN] },
      async (context, sessions) => {
        const { session, params } = context;
        if (!(await sessions.revoke(session.userId, params.id))) throw AUTH_ERRORS.SESSION_UNKNOWN();
        if (params.id === session.id) clearSite(context);
      },
      { deps: [Sessions] },
    ),
    revokeOthers: signedIn.del(
      path,
      {
        summary: 'End every session but this one',
        tags,
        returns: { type: 'object', required: ['ended'], properties: { ended: { type: 'integer' } } } as const,
        rateLimit,
      },
      async (context, sessions) => {
        const { userId, id } = context.session;
        // With a new token for this one: a copy of its cookie is signed out as well.
        const kept = await sessions.endOthers(readSessionCookie(context) ?? '');
        if (kept) setSessionCookie(context, kept);
        return { ended: kept?.ended ?? (await sessions.revokeAll(userId, id)) };
      },
      { deps: [Sessions] },
    ),
  };
}
