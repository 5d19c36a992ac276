import { defineMigration } from '@plinth/data';
import { authSessions } from './session-table.js';

const later = ['familyHash', 'pending', 'remember', 'auth', 'device', 'rotation'] as const;

/** Creates the table of sessions: list it in the migrations of your `DataModule`, with `addAuthSessionFacts` after it. */
export const createAuthSessions = defineMigration('2026_11_auth_sessions', {
  up: ({ createTable }) => createTable(authSessions, { without: later }),
  down: ({ dropTable }) => dropTable(authSessions),
});

/**
 * Adds what is known of the sign-in, the device and the token's history. Sessions that are open stay so: as ones whose user proved at
 * an unknown time who they are, so that `stepUp` asks, and without "remember me", so that they end when idle.
 */
export const addAuthSessionFacts = defineMigration('2026_11_auth_sessions_facts', {
  steps: [
    { up: ({ addColumn }) => addColumn(authSessions, 'familyHash'), down: ({ dropColumn }) => dropColumn(authSessions, 'familyHash') },
    {
      up: ({ addColumn }) => addColumn(authSessions, 'pending', { fill: false }),
      down: ({ dropColumn }) => dropColumn(authSessions, 'pending'),
    },
    {
      up: ({ addColumn }) => addColumn(authSessions, 'remember', { fill: false }),
      down: ({ dropColumn }) => dropColumn(authSessions, 'remember'),
    },
    {
      up: ({ addColumn }) => addColumn(authSessions, 'auth', { fill: { at: 0, methods: {} } }),
      down: ({ dropColumn }) => dropColumn(authSessions, 'auth'),
    },
    { up: ({ addColumn }) => addColumn(authSessions, 'device'), down: ({ dropColumn }) => dropColumn(authSessions, 'device') },
    { up: ({ addColumn }) => addColumn(authSessions, 'rotation'), down: ({ dropColumn }) => dropColumn(authSessions, 'rotation') },
  ],
});
