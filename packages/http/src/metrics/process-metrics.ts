import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Metrics } from './registry.js';

/** Declares what is measured of the process; the function that is returned ends the measuring. */
export function measureProcess(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const gc = metrics.histogram('nodejs_gc_duration_seconds', {
    help: 'Time spent in garbage collections.',
    buckets: [0.001, 0.01, 0.1, 1],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) gc.observe({}, entry.duration / 1000);
  });
  observer.observe({ entryTypes: ['gc'] });
  const startedAt = Date.now() / 1000 - process.uptime();
  const gauge = (name: string, help: string, read: () => number) => metrics.gauge(name, { help, read });
  gauge('nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop, 99th percentile since the last reading.', () => {
    const value = delay.count === 0 ? 0 : delay.percentile(99) / 1e9;
    delay.reset();
    return value;
  });
  gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_used_bytes', 'Used part of the heap.', () => process.memoryUsage().heapUsed);
  gauge('nodejs_heap_total_bytes', 'Size of the heap.', () => process.memoryUsage().heapTotal);
  gauge('process_start_time_seconds', 'Start of the process, seconds since 1970.', () => startedAt);
  gauge('process_cpu_seconds', 'CPU time of the process, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  return () => {
    delay.disable();
    observer.disconnect();
  };
}
