import type { RouteContext } from '../request/http-context.js';
import type { RoutePlan } from '../route/route-plan.js';
import { createLoadRefuser } from './refuse-load.js';

/** Whether there is room for a request and the process keeps up; where not, it has been answered with 503 (`HTTP_OVERLOADED`). */
export function admit(context: RouteContext, plan: RoutePlan): boolean {
  const { server } = context;
  if (hasRoom(context, plan) && (server.load === null || server.load.admits(context, plan))) return true;
  server.loadRefuser ??= createLoadRefuser(server);
  server.loadRefuser(context);
  return false;
}

/** Whether a request is within its share of `limits.inFlight`: four fifths for `low`, all of it for `normal`, a quarter more for `high`. */
function hasRoom({ server }: RouteContext, { share }: RoutePlan): boolean {
  return server.openRequests.count < server.limits.inFlight * (share < 1 ? 0.8 : share > 1 ? 1.25 : 1);
}
