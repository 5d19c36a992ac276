import { token } from '@plinth/core';
import type { Metrics } from './registry.js';

/** Counters, gauges and histograms of the application. */
export const METRICS = token<Metrics>('METRICS', { from: 'MetricsModule of @plinth/http/metrics' });
