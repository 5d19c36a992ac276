/** The two functions of your test runner: those of vitest, node:test, jest and mocha fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
}

/** Runs each test of a suite with a store of its own, which is closed whatever the test does. */
export function withOwnStore<Made extends { close?(): unknown }>(
  { test }: TestRunner,
  make: () => Promise<Made>,
): (sentence: string, body: (made: Made) => Promise<void>) => unknown {
  return (sentence, body) =>
    test(sentence, async () => {
      const made = await make();
      try {
        await body(made);
      } finally {
        await made.close?.();
      }
    });
}
