import { SecurityLog, session } from '@plinth/auth';
import { guarded } from '@plinth/http';

const text = { type: 'string' } as const;
const Activity = {
  $id: 'Activity',
  type: 'array',
  items: {
    type: 'object',
    required: ['type', 'outcome', 'at'],
    properties: {
      type: { ...text, description: 'What was done, such as sign-in.password.' },
      outcome: { ...text, description: 'success, failure or refused.' },
      at: { type: 'string', format: 'date-time' },
    },
  },
} as const;

/** What the security log holds about whoever asks, the newest first: so that a user sees what somebody else has tried. */
export const activity = guarded(session).get(
  '/api/activity',
  { summary: 'What has happened to your account', tags: ['Account'], returns: Activity },
  async ({ user }, log) =>
    (await log.recent(user.id, { limit: 50 })).map(({ type, outcome, at }) => ({ type, outcome, at: new Date(at).toISOString() })),
  { deps: [SecurityLog] },
);
