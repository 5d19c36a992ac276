/** The two functions of your test runner: those of vitest, node:test, jest and mocha fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
}
