import { allOf, configured, Module, PINO, provideFactory, provideValue, type ConfiguredModule, type Provider } from '@plinth/core';
import { ADMIN_ROUTE } from '../admin/admin-options.js';
import { HTTP_ERRORS } from '../errors.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { SERVER_IDENTITY } from '../server/server-identity.js';
import { METRIC_SOURCE } from './metric-source.js';
import { metricsRoute } from './metrics-routes.js';
import { METRICS } from './metrics-token.js';
import { measureProcess } from './process-metrics.js';
import { createMetrics, type Metrics } from './registry.js';
import { measureRequests } from './request-metrics.js';

/** Who may read the metrics at the application's own port: guards, everybody, or nobody. One of them must be said. */
export interface MetricsOptions {
  readonly guards?: readonly [AnyGuard, ...AnyGuard[]];
  readonly open?: true;
  /** Only the admin listener serves them. */
  readonly admin?: true;
  /** Default `/metrics`; the application's prefix stands before it. */
  readonly path?: string;
  /** Sets of label values of one instrument. What comes after counts as `other`. Default 2,000. */
  readonly series?: number;
}

/**
 * `METRICS`, measurements of requests and process, and `/metrics` for Prometheus on the admin listener; `MetricsModule.with` serves it
 * on the application's own port too. Import it once, in the root module, beside `HttpModule`.
 *
 * @example
 * @Module({ imports: [HttpModule.with({ admin: { port: 9464 } }), MetricsModule] })
 * class AppModule {}
 */
@Module({ global: true, providers: providersOf(2000), exports: [METRICS] })
export class MetricsModule {
  /** The module with options. Throws `HTTP_METRICS_CLOSED` where they don't say who may read. */
  static with({ guards, open, admin, path = '/metrics', series = 2000 }: MetricsOptions): ConfiguredModule {
    if (guards === undefined && open !== true && admin !== true) throw HTTP_ERRORS.METRICS_CLOSED();
    const routes = guards === undefined && open !== true ? [] : [metricsRoute(path, guards ?? [])];
    return configured(MetricsModule, { global: true, providers: providersOf(series), exports: [METRICS], routes }, { replace: true });
  }
}

function providersOf(series: number): readonly Provider[] {
  const endings = new WeakMap<Metrics, () => void>();
  return [
    provideFactory(METRICS, {
      deps: [PINO, SERVER_IDENTITY, allOf(METRIC_SOURCE)],
      create(log, identity, sources) {
        const metrics = createMetrics(series, (metric) =>
          log.warn({ metric }, 'a metric has too many label values; the rest counts as "other"'),
        );
        const ends = [measureRequests(metrics, identity), measureProcess(metrics)];
        for (const declare of sources) declare(metrics);
        endings.set(metrics, () => ends.forEach((end) => end()));
        return metrics;
      },
      dispose: (metrics) => endings.get(metrics)?.(),
    }),
    provideValue(ADMIN_ROUTE, metricsRoute('/metrics', []), { many: true }),
  ];
}
