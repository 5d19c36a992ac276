// What the secured workload needs beside the framework, the same for every contender: sessions in memory, headers, ids and the log.
import { pino } from 'pino';

export const TOKEN = 'kq3v9Zb1nT7xWc5LdR8sHf2JmYp4UgAoE6iDzQwXyVtN';
const sessions = new Map([[TOKEN, { user: { id: 7, name: 'Ada Lovelace', roles: ['staff', 'admin'] }, expires: Date.now() + 86_400_000 }]]);

/** The user of a session's token; `undefined` when there is none. */
export function userOf(token) {
  const session = token === undefined ? undefined : sessions.get(token);
  return session !== undefined && session.expires > Date.now() ? session.user : undefined;
}

/** The headers that Plinth sends by default, and those of an answer to somebody who has signed in. */
export const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

let count = 0;
const start = Date.now().toString(36);

/** An id for a request: unique in this process. */
export const nextId = () => `${start}-${(++count).toString(36)}`;

// As in production: lines are written in blocks.
const log = pino({ base: { pid: process.pid } }, pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 }));

/** Writes the one line of a request. */
export function logRequest(requestId, method, route, status, begun, bytes) {
  log.info({ requestId, method, route, status, ms: Math.round((performance.now() - begun) * 1000) / 1000, bytes }, 'request');
}
