import { channel } from 'node:diagnostics_channel';
import { describeKey } from '../di/describe-key.js';
import type { Config } from '../config/define-config.js';
import type { ConcreteClass } from '../di/key.js';
import { isPromiseLike } from '../internal/is-promise-like.js';
import type { Edge, ProviderNode } from './graph.js';
import { Releases } from './releases.js';

/** A provider whose creation failed, and why. */
export interface BuildFailure {
  readonly node: ProviderNode;
  readonly error: unknown;
}

// { module, key, ms }: one message per instance, from the start of its creation to its end.
const buildChannel = channel('plinth:di.build');

/** The app-scoped instances of one application. */
export class Instances {
  readonly releases = new Releases();
  readonly failures: BuildFailure[] = [];
  #size = 0;
  readonly #pending = new Map<ProviderNode, Promise<void>>();
  readonly #failed = new Set<ProviderNode>();
  readonly #configValue: (config: Config<unknown>) => unknown;
  #abandoned = false;

  constructor(configValue: (config: Config<unknown>) => unknown) {
    this.#configValue = configValue;
  }

  /**
   * Creates everything that is needed, in order. What is ready is created at once; asynchronous factories that do not depend on each
   * other run at the same time, and each is awaited once. What depends on a failure is not created. A promise only when there is
   * something to await.
   */
  build(order: readonly ProviderNode[]): Promise<unknown> | undefined {
    order.forEach((node) => {
      if (node.needed && node.scope === 'app') this.#begin(node);
    });
    // A pending node may only appear here: nothing adds to the map after the loop.
    return this.#pending.size === 0 ? undefined : Promise.all(this.#pending.values());
  }

  /** Creates one more, and what it needs, without waiting. Gives the first provider that would have to be awaited, or that failed. */
  buildNow(node: ProviderNode): ProviderNode | undefined {
    if (node.made || node.scope === 'request') return undefined;
    for (const target of node.targets) {
      const stuck = this.buildNow(target);
      if (stuck !== undefined) return stuck;
    }
    this.#begin(node);
    return node.made ? undefined : node;
  }

  /** What is still being created. */
  get pending(): readonly ProviderNode[] {
    return [...this.#pending.keys()];
  }

  /** How many instances there are. */
  get size(): number {
    return this.#size;
  }

  has(node: ProviderNode): boolean {
    return node.made;
  }

  /** The instance of a node that was created. */
  get(node: ProviderNode): unknown {
    return instanceOf(node);
  }

  /** What one dependency gives. */
  valueOf(edge: Edge): unknown {
    if (edge.mode === 'all') return Object.freeze(edge.targets.map(instanceOf));
    const target = edge.targets[0];
    return target === undefined ? undefined : instanceOf(target);
  }

  /** From now on, what asynchronous factories still give is released at once. */
  abandon(): void {
    this.#abandoned = true;
  }

  #begin(node: ProviderNode): void {
    const created = this.#pending.size === 0 ? this.#create(node) : this.#createAfter(node);
    if (created !== undefined) this.#await(node, created);
  }

  #createAfter(node: ProviderNode): Promise<void> | undefined {
    const waits = node.targets.flatMap((target) => this.#pending.get(target) ?? []);
    return waits.length === 0 ? this.#create(node) : Promise.all(waits).then(() => this.#create(node));
  }

  #await(node: ProviderNode, created: Promise<void>): void {
    this.#pending.set(
      node,
      created.finally(() => this.#pending.delete(node)),
    );
  }

  // A promise only when there is something to await; never rejects.
  #create(node: ProviderNode): Promise<void> | undefined {
    if (this.#abandoned || (this.#failed.size > 0 && this.#lacks(node))) {
      this.#failed.add(node);
      return undefined;
    }
    const start = buildChannel.hasSubscribers ? performance.now() : 0;
    try {
      const made = this.#make(node);
      return node.record.kind === 'factory' && isPromiseLike(made) ? this.#keepLater(node, made, start) : this.#keep(node, made, start);
    } catch (error) {
      return this.#fail(node, error);
    }
  }

  #keepLater(node: ProviderNode, made: PromiseLike<unknown>, start: number): Promise<void> {
    return Promise.resolve(made).then(
      (value) => this.#keep(node, value, start),
      (error: unknown) => this.#fail(node, error),
    );
  }

  #lacks(node: ProviderNode): boolean {
    return node.targets.some((target) => this.#failed.has(target));
  }

  #make(node: ProviderNode): unknown {
    const { record } = node;
    switch (record.kind) {
      case 'value':
        return undefined;
      case 'alias':
        return this.valueOf(node.edges[0]!);
      case 'config':
        return this.#configValue(record.key);
      case 'factory':
        return record.create(...this.#valuesOf(node.edges));
      case 'class':
        return this.#construct(record.type, node.edges);
    }
  }

  // Most classes take one or two dependencies: those need no list of values.
  #construct(type: ConcreteClass, edges: readonly Edge[]): unknown {
    const Type = type as new (...values: unknown[]) => unknown;
    switch (edges.length) {
      case 0:
        return new Type();
      case 1:
        return new Type(this.valueOf(edges[0]!));
      case 2:
        return new Type(this.valueOf(edges[0]!), this.valueOf(edges[1]!));
      default:
        return new Type(...this.#valuesOf(edges));
    }
  }

  #valuesOf(edges: readonly Edge[]): unknown[] {
    return edges.map((edge) => this.valueOf(edge));
  }

  #keep(node: ProviderNode, value: unknown, start: number): undefined {
    node.made = true;
    node.instance = value;
    this.#size++;
    this.releases.add(node, value);
    if (this.#abandoned) releaseLate(this.releases);
    if (start > 0) {
      buildChannel.publish({ module: node.module.id, key: describeKey(node.key), ms: performance.now() - start });
    }
  }

  #fail(node: ProviderNode, error: unknown): undefined {
    this.#failed.add(node);
    this.failures.push({ node, error });
  }
}

// A value is read from its record, and only by who depends on it: it may be made at its first use.
function instanceOf({ record, instance }: ProviderNode): unknown {
  return record.kind === 'value' ? record.value : instance;
}

// Nobody waits any more; the failure of a release has nowhere to go but the failed boot that was already reported.
function releaseLate(releases: Releases): void {
  for (const { release } of releases.drain())
    void Promise.resolve()
      .then(release)
      .catch(() => {});
}
