export { createAuthSessions } from './session-migration.js';
export { authSessions } from './session-table.js';
export { SqlSessionStore, sqlSessionStore } from './sql-session-store.js';
