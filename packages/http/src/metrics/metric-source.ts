import { token } from '@plinth/core';
import type { Metrics } from './registry.js';

/** Declares instruments when the metrics are made; those with `read` are asked whenever somebody reads the metrics. */
export type MetricSource = (metrics: Metrics) => void;

/** Contributes instruments of a library: `provideFactory(METRIC_SOURCE, { deps, create, many: true })`. A source cannot depend on `METRICS`. */
export const METRIC_SOURCE = token<MetricSource>('METRIC_SOURCE');
