import { secondFactorRoutes, sessionRoutes } from '@plinth/auth';
import { accountRoutes } from '@plinth/auth/accounts';
import { oidcRoutes } from '@plinth/auth/oidc';
import { passkeyRoutes } from '@plinth/auth/passkeys';
import type { RouteDefinition } from '@plinth/http';
import { ACCOUNT_PATH } from './accounts.config.js';
import { activity } from './activity.js';
import { sessionState } from './session-state.js';
import { enrolTotp } from './totp-enrolment.js';

const at = { prefix: ACCOUNT_PATH };

/** Everything that one does with one's own account: the route sets of the framework, one route of them replaced, and two added. */
export const routes: readonly RouteDefinition[] = [
  ...Object.values(accountRoutes(at)),
  ...Object.values({ ...secondFactorRoutes(at), enrolTotp }),
  ...Object.values(sessionRoutes(at)),
  ...Object.values(passkeyRoutes(at)),
  ...Object.values(oidcRoutes(at)),
  sessionState,
  activity,
];
