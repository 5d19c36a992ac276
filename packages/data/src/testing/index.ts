export { describeDialect, testedDialects, type DialectSuite, type TestRunner } from './describe-dialect.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { queryCounter, type QueryCounter } from './query-counter.js';
export { sandbox } from './sandbox.js';
export { isThere, testServer, type TestServer } from './server.js';
