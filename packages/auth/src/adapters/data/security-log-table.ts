import { bigint, table, text, timestamp } from '@plinth/data';

/**
 * The table of the security log. It only grows: give the application's database user no right to change or delete its rows. Details are
 * text, so that they stay to the letter what was sealed.
 */
export const authSecurityLog = table(
  'auth_security_log',
  {
    sequence: bigint().primary(),
    at: timestamp(),
    type: text({ max: 64 }),
    outcome: text({ max: 16 }),
    actor: text({ max: 255 }).nullable(),
    subject: text({ max: 255 }).nullable(),
    client: text({ max: 255 }).nullable(),
    requestId: text({ max: 255 }).nullable(),
    details: text(),
    keyId: text({ max: 16 }),
    hash: text({ max: 43 }),
  },
  { index: [['subject', 'sequence']] },
);
