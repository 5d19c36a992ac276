export { describeDialect, testedDialects, type DialectSuite, type TestedDialect, type TestRunner } from './describe-dialect.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { expectQueries } from './expect-queries.js';
export { ownDatabase, type OwnDatabase, type OwnDatabaseOptions } from './own-database.js';
export { queryCounter, type QueryCounter } from './query-counter.js';
export { openSandbox, sandbox, type Sandbox } from './sandbox.js';
export { isThere, testServer, type TestServer } from './server.js';
