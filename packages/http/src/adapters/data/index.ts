export { createHttpRateLimits, httpRateLimits } from './rate-limit-table.js';
export { SqlRateLimitStore, sqlRateLimitStore } from './sql-rate-limit-store.js';
export { createHttpIdempotencyKeys, httpIdempotencyKeys } from './idempotency-table.js';
export { SqlIdempotencyStore, sqlIdempotencyStore } from './sql-idempotency-store.js';
export { databaseMetrics } from './database-metrics.js';
