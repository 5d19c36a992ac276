import { provideFactory, type Key, type Provider } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { METRIC_SOURCE } from '../../metrics/metric-source.js';
import type { GaugeReading, Metrics } from '../../metrics/registry.js';

/**
 * Measures the connection pools of databases, by the names of OpenTelemetry's conventions: `db_client_connection_count` by state,
 * `db_client_connection_max`, `db_client_connection_pending_requests`. List it once in `providers`, with every database.
 *
 * @example
 * @Module({ imports: [DataModule, MetricsModule], providers: [databaseMetrics()] })
 * class AppModule {}
 */
export function databaseMetrics(...databases: readonly Key<Database>[]): Provider {
  return provideFactory(METRIC_SOURCE, {
    deps: databases.length === 0 ? [DATABASE] : databases,
    create:
      (...found: readonly Database[]) =>
      (metrics) =>
        declare(metrics, found),
    many: true,
  });
}

function declare(metrics: Metrics, databases: readonly Database[]): void {
  const read = (value: (database: Database) => number) => (): readonly GaugeReading<'pool'>[] =>
    databases.map((database) => ({ labels: { pool: database.name }, value: value(database) }));
  metrics.gauge('db_client_connection_count', {
    help: 'Connections of the pool by state.',
    labels: ['pool', 'state'],
    read: () =>
      databases.flatMap(({ name, pool }) => [
        { labels: { pool: name, state: 'used' }, value: pool.used },
        { labels: { pool: name, state: 'idle' }, value: pool.open - pool.used },
      ]),
  });
  metrics.gauge('db_client_connection_max', {
    help: 'Most connections of the pool.',
    labels: ['pool'],
    read: read(({ pool }) => pool.max),
  });
  metrics.gauge('db_client_connection_pending_requests', {
    help: 'Queries that wait for a connection.',
    labels: ['pool'],
    read: read(({ pool }) => pool.waiting),
  });
}
