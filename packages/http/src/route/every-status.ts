import { HTTP_ERRORS } from '../errors.js';
import { withStatus, type ReplyPlan } from './reply-plan.js';
import type { RoutePlan } from './route-plan.js';

/** The plan of a route whose handler may give any status and any media type, which it says in its headers. */
export function everyStatus(plan: RoutePlan): RoutePlan {
  const model = plan.replies.get(200);
  return model === undefined ? plan : { ...plan, replies: new EveryStatus(model), undeclared: null, bare: null };
}

/** Plans by status, each made when it is first needed. There are at most 400 of them. */
class EveryStatus extends Map<number, ReplyPlan> {
  constructor(private readonly model: ReplyPlan) {
    super();
  }

  override get(status: number): ReplyPlan {
    let plan = super.get(status);
    if (plan === undefined) this.set(status, (plan = this.make(status)));
    return plan;
  }

  private make(status: number): ReplyPlan {
    if (!Number.isInteger(status) || status < 200 || status > 599) throw HTTP_ERRORS.STATUS({ route: 'a mounted handler', status });
    const empty = status === 204 || status === 205 || status === 304;
    const head = withStatus(this.model.head, status, empty ? lengths : undefined);
    return { ...this.model, status, kind: empty ? 'empty' : 'media', contentType: undefined, byType: null, encode: null, head };
  }
}

const lengths: ReadonlySet<string> = new Set(['content-length']);
