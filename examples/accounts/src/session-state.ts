import { readSessionCookie, SecondFactors, Sessions } from '@plinth/auth';
import { AccountUsers } from '@plinth/auth/accounts';
import { Oidc } from '@plinth/auth/oidc';
import { get } from '@plinth/http';

const text = { type: 'string' } as const;
const SessionState = {
  $id: 'SessionState',
  type: 'object',
  required: ['state', 'factors', 'providers'],
  properties: {
    state: { enum: ['nobody', 'second-factor', 'signed-in'] },
    factors: { type: 'array', items: text, description: 'By which kinds the second step can be taken, while it waits.' },
    providers: {
      type: 'array',
      items: { type: 'object', required: ['id', 'name'], properties: { id: text, name: text } },
      description: 'Where one can sign in besides.',
    },
  },
} as const;

/**
 * What the page asks first: how far the sign-in of this browser is. It is open, since being nobody is no error; and it says of the user
 * nothing that the browser was not told with the sign-in.
 */
export const sessionState = get(
  '/api/session',
  { open: true, summary: 'How far the sign-in of this browser is', tags: ['Sessions'], returns: SessionState },
  async (context, sessions, users, factors, oidc) => {
    const providers = oidc.providers().map(({ id, name }) => ({ id, name }));
    const found = await sessions.read(readSessionCookie(context) ?? '');
    const user = found && (await users.findById(found.userId));
    if (!found || !user) return { state: 'nobody' as const, factors: [], providers };
    if (!found.pending) return { state: 'signed-in' as const, factors: [], providers };
    return { state: 'second-factor' as const, factors: [...(await factors.of(user.id))], providers };
  },
  { deps: [Sessions, AccountUsers, SecondFactors, Oidc] },
);
