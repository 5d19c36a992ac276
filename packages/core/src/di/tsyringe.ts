// The only file that imports tsyringe, and reflect-metadata before it: tsyringe throws at import without it.
import 'reflect-metadata';
import { container, type DependencyContainer } from 'tsyringe';
import type { Class } from './key.js';

// What the plan that is being carried out makes.
const planned = Symbol('planned instance');

/**
 * The container of one application. It is only ever asked to carry out the plan that boot made for an instance: nothing is looked up by
 * class, so nothing can be constructed that boot has not checked. (A registration for each instance would cost more than all checks.)
 */
export class InstanceContainer {
  readonly #container: DependencyContainer = container.createChildContainer();
  #create: () => unknown = () => undefined;

  constructor() {
    this.#container.register(planned, { useFactory: () => this.#create() });
  }

  /** Constructs an instance, now. */
  construct(create: () => unknown): unknown {
    this.#create = create;
    return this.#container.resolve(planned);
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
