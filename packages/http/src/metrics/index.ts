export { METRICS } from './metrics-token.js';
export { METRIC_SOURCE, type MetricSource } from './metric-source.js';
export { MetricsModule, type MetricsOptions } from './metrics-module.js';
export type {
  Counter,
  CounterSeries,
  Gauge,
  GaugeReading,
  Histogram,
  HistogramOptions,
  HistogramSeries,
  InstrumentOptions,
  LabelValues,
  Metrics,
} from './registry.js';
