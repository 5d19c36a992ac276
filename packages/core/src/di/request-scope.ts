import { isPromiseLike } from '../internal/is-promise-like.js';
import type { AppError } from '../errors/app-error.js';
import { DI_ERRORS } from './errors.js';

/** The instances of one request. Make one per request, hand it to compiled plans, and dispose it when the request ends. */
export class RequestScope implements AsyncDisposable {
  // Indexed by the slot that boot gave each request-scoped provider: no container and no map per request.
  readonly #instances: unknown[] = [];
  #disposers: (() => unknown)[] | undefined;
  #ended = false;

  /** The instance in a slot, or `undefined`. @internal */
  held(slot: number): unknown {
    return this.#instances[slot];
  }

  /** Keeps an instance for the rest of the request. Throws `CORE_DI_SCOPE_ENDED` after `dispose`. @internal */
  hold(slot: number, instance: unknown, dispose: (() => unknown) | undefined): void {
    if (this.#ended) {
      // Nobody else will ever release what was made too late.
      if (dispose !== undefined)
        void Promise.resolve()
          .then(dispose)
          .catch(() => {});
      throw DI_ERRORS.SCOPE_ENDED();
    }
    this.#instances[slot] = instance;
    if (dispose !== undefined) (this.#disposers ??= []).push(dispose);
  }

  /**
   * Releases what was made for this request, last made first, once. A promise only if something is released asynchronously.
   * All are released even if some fail; then `CORE_DI_RELEASE_FAILED` is thrown, whose cause is an `AggregateError` of all failures.
   */
  dispose(): Promise<void> | void {
    this.#ended = true;
    const disposers = this.#disposers;
    if (disposers === undefined) return;
    this.#disposers = undefined;
    return releaseFrom(disposers, []);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.dispose());
  }
}

function releaseFrom(disposers: (() => unknown)[], failures: unknown[]): Promise<void> | void {
  for (let dispose = disposers.pop(); dispose !== undefined; dispose = disposers.pop()) {
    try {
      const released = dispose();
      if (isPromiseLike(released)) return continueAfter(released, disposers, failures);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw releaseError(failures);
}

function releaseError(failures: readonly unknown[]): AppError {
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('; ');
  return DI_ERRORS.RELEASE_FAILED({ count: failures.length, reasons }, { cause: new AggregateError(failures, reasons) });
}

async function continueAfter(released: PromiseLike<unknown>, disposers: (() => unknown)[], failures: unknown[]): Promise<void> {
  try {
    await released;
  } catch (error) {
    failures.push(error);
  }
  await releaseFrom(disposers, failures);
}
