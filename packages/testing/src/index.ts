export { testApp, TestApp, TestAppBuilder, type TestAppOptions } from './test-app.js';
export { TestClient, type ClientDefaults, type TestRequest } from './test-client.js';
export { CookieJar, type JarCookie } from './cookie-jar.js';
export { fakeClock, FakeClock } from './fake-clock.js';
export { RecordedLogs, type LogLine } from './recorded-logs.js';
export { expectProblem, type ExpectedProblem, type ProblemResponse } from './expect-problem.js';
export { TESTING_ERRORS } from './errors.js';
