import type { ProviderNode } from './graph.js';

/** How an instance that a provider made is released; `undefined` if there is nothing to release, or it was made elsewhere. */
export function releaseOf(node: ProviderNode, instance: unknown): (() => unknown) | undefined {
  const { record } = node;
  if (record.kind === 'factory' && record.dispose !== undefined) return () => record.dispose!(instance);
  if (record.kind !== 'class' && record.kind !== 'factory') return undefined;
  if ((typeof instance !== 'object' && typeof instance !== 'function') || instance === null) return undefined;
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = instance as Partial<AsyncDisposable & Disposable>;
  const release = typeof later === 'function' ? later : now;
  return typeof release === 'function' ? () => release.call(instance) : undefined;
}

// Nearly nothing is released. Asked of every instance of the application: see `hasLifecycleHook`.
function mayRelease({ record }: ProviderNode, instance: unknown): boolean {
  if (record.kind !== 'class' && record.kind !== 'factory') return false;
  if (record.kind === 'factory' && record.dispose !== undefined) return true;
  if ((typeof instance !== 'object' && typeof instance !== 'function') || instance === null) return false;
  return Reflect.get(instance, Symbol.asyncDispose) !== undefined || Reflect.get(instance, Symbol.dispose) !== undefined;
}

/** What an application made and must release, in the order it was made. */
export class Releases {
  readonly #entries: { readonly node: ProviderNode; readonly release: () => unknown }[] = [];
  readonly #instances = new Set<unknown>();

  /** Notes an instance. One that several providers gave is released once. */
  add(node: ProviderNode, instance: unknown): void {
    if (!mayRelease(node, instance)) return;
    const release = releaseOf(node, instance);
    if (release === undefined || this.#instances.has(instance)) return;
    this.#instances.add(instance);
    this.#entries.push({ node, release });
  }

  /** Hands out what is to be released, last made first, each once. */
  *drain(): Generator<{ readonly node: ProviderNode; readonly release: () => unknown }> {
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) yield entry;
  }
}
