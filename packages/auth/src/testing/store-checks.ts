/** The two functions of your test runner: those of vitest, node:test, jest and mocha fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
}

/** A fresh, empty store, and how to let go of it. */
export interface MadeStore<Store> {
  readonly store: Store;
  close?(): unknown;
}

/** A test of a contract suite: its sentence, and what it does with a store of its own. */
export type StoreCheck<Store> = (sentence: string, body: (store: Store) => Promise<void>) => unknown;

/** Makes the tests of a contract suite: each gets a fresh store, which is let go of afterwards however it ends. */
export function storeChecks<Store>(make: () => Promise<MadeStore<Store>>, runner: Pick<TestRunner, 'test'>): StoreCheck<Store> {
  return (sentence, body) =>
    runner.test(sentence, async () => {
      const made = await make();
      try {
        await body(made.store);
      } finally {
        await made.close?.();
      }
    });
}
