// The only file that imports tsyringe, and reflect-metadata before it: tsyringe throws at import without it.
import 'reflect-metadata';
import { container, type DependencyContainer } from 'tsyringe';
import type { Class } from './key.js';

/**
 * The container of one application. Every instance is registered under an id of its own, with the plan that boot made for it: nothing
 * is looked up by class, so nothing can be constructed that boot has not checked.
 */
export class InstanceContainer {
  readonly #container: DependencyContainer = container.createChildContainer();

  /** Constructs an instance, now. The id is known to nobody else, so the container is asked for it once. */
  construct(id: symbol, create: () => unknown): unknown {
    return this.#container.register(id, { useFactory: create }).resolve(id);
  }

  /** Refuses all further use. Releasing the instances is the application's work: tsyringe knows neither their order nor symbols. */
  async close(): Promise<void> {
    await this.#container.dispose();
  }
}

/** The parameter types that a compiler emitted for exactly this class, if it did. */
export function recordedTypes(target: Class): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata('design:paramtypes', target) as readonly unknown[] | undefined;
}
