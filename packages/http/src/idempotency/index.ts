export { idempotent, type IdempotentOptions } from './idempotent.js';
export { IdempotencyModule, type IdempotencyModuleOptions } from './idempotency-module.js';
export { IDEMPOTENCY_STORE, type Claimed, type IdempotencyClaim, type IdempotencyStore } from './idempotency-store.js';
export { MemoryIdempotencyStore, type MemoryIdempotencyOptions } from './memory-idempotency-store.js';
