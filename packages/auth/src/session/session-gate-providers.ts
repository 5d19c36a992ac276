import { provideFactory, token, type Provider } from '@plinth/core';
import type { SessionGate } from './session-gate.js';
import { SESSION_STORE } from './session-store.js';
import { Sessions } from './sessions.js';

/**
 * `Sessions` as guards have them. Sessions note security events, which needs the request context, but for a guard once in a blue moon: it
 * enters the context itself then, so that routes behind it need not enter it with every request. @internal
 */
export const SESSION_GATE = token<SessionGate>('SESSION_GATE', { from: 'AuthModule of @plinth/auth' });

const SELDOM_IN_CONTEXT = token<SessionGate>('SESSION_GATE, seldom in context');

/** @internal */
export function sessionGateProviders(): readonly Provider[] {
  return [
    provideFactory(SELDOM_IN_CONTEXT, { deps: [Sessions], create: (sessions) => sessions.gate(), context: false, whenNeeded: true }),
    // A store that needs the context, such as one over a database, needs it with every request.
    provideFactory(SESSION_GATE, { deps: [SELDOM_IN_CONTEXT, SESSION_STORE], create: (gate) => gate, whenNeeded: true }),
  ];
}
