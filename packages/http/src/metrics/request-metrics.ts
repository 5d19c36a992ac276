import type { RouteContext } from '../request/http-context.js';
import type { RoutePlan } from '../route/route-plan.js';
import { handlerTime } from '../server/request-events.js';
import type { RequestMeter, ServerIdentity } from '../server/server-identity.js';
import type { Counter, CounterSeries, Histogram, HistogramSeries, Metrics } from './registry.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];
const OTHER = '_OTHER';

/**
 * Counts the requests of a server by method, pattern of the route and status; the function that is returned ends it. Senders
 * choose none of them freely: unknown methods count as `_OTHER`, requests without a route have the route `""`.
 */
export function measureRequests(metrics: Metrics, identity: ServerIdentity): () => void {
  const labels = ['method', 'route', 'status'] as const;
  const duration = metrics.histogram('http_server_request_duration_seconds', {
    help: 'Time from the head of a request to the end of its answer.',
    labels,
  });
  const handler = metrics.histogram('http_server_handler_duration_seconds', { help: 'Time of the handler alone.', labels });
  const bytes = metrics.counter('http_server_response_body_bytes_total', { help: 'Bytes of the bodies of answers.', labels });
  metrics.gauge('http_server_active_requests', {
    help: 'Requests that wait for their handler, their body or their client.',
    read: () => identity.inFlight,
  });
  identity.meter = new SeriesMeter(duration, handler, bytes);
  identity.timed = true;
  return () => void (identity.meter = null);
}

/** The series of one method, route and status. */
interface RequestSeries {
  readonly duration: HistogramSeries;
  readonly bytes: CounterSeries;
  /** Made when a handler is measured: refusals have none. */
  handler: HistogramSeries | null;
}

type Label = 'method' | 'route' | 'status';

/** Finds the series of a request by two numbers and the route's plan: no label is put together but for the first of its kind. */
class SeriesMeter implements RequestMeter {
  readonly #byPlan = new Map<RoutePlan | null, Map<number, RequestSeries>>();
  readonly #duration: Histogram<Label>;
  readonly #handler: Histogram<Label>;
  readonly #bytes: Counter<Label>;

  constructor(duration: Histogram<Label>, handler: Histogram<Label>, bytes: Counter<Label>) {
    this.#duration = duration;
    this.#handler = handler;
    this.#bytes = bytes;
  }

  record(context: RouteContext, duration: number): void {
    const { plan, status, method, bytes } = context;
    const key = status * 16 + METHODS.indexOf(method) + 1;
    const series = this.#byPlan.get(plan)?.get(key) ?? this.#make(context, key);
    series.duration.observe(duration / 1000);
    if (bytes > 0) series.bytes.add(bytes);
    const time = handlerTime(context);
    if (time !== undefined) (series.handler ??= this.#handler.with(labelsOf(context))).observe(time / 1000);
  }

  #make(context: RouteContext, key: number): RequestSeries {
    const labels = labelsOf(context);
    const made: RequestSeries = { duration: this.#duration.with(labels), bytes: this.#bytes.with(labels), handler: null };
    let ofPlan = this.#byPlan.get(context.plan);
    if (ofPlan === undefined) this.#byPlan.set(context.plan, (ofPlan = new Map()));
    ofPlan.set(key, made);
    return made;
  }
}

function labelsOf({ method, route, status }: RouteContext): Readonly<Record<Label, string>> {
  return { method: METHODS.includes(method) ? method : OTHER, route, status: String(status) };
}
