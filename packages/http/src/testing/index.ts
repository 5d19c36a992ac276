export { describeIdempotencyStore, type MadeIdempotencyStore } from './describe-idempotency-store.js';
export { describeRateLimitStore, type MadeRateLimitStore } from './describe-rate-limit-store.js';
export type { TestRunner } from './test-runner.js';
