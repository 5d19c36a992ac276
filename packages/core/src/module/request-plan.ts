import { describeKey } from '../di/describe-key.js';
import { DI_ERRORS } from '../di/errors.js';
import type { FactoryProvider } from '../di/provider.js';
import type { RequestScope } from '../di/request-scope.js';
import { isPromiseLike } from '../internal/is-promise-like.js';
import type { Instances } from './build.js';
import type { Edge, ProviderNode } from './graph.js';
import { releaseOf } from './releases.js';

// What a factory that gave `undefined` is remembered by.
const nothing = Symbol('nothing');

/** Gives a value for one request. */
export type RequestPlan<T = unknown> = (scope: RequestScope) => T;

/** Compiles how request-scoped instances are made: boot resolves, a request only constructs. */
export class RequestPlans {
  readonly #instances: Instances;
  readonly #plans = new Map<ProviderNode, RequestPlan>();
  #slots = 0;

  constructor(instances: Instances) {
    this.#instances = instances;
  }

  /** How to get the instance of a request-scoped provider: the one this request has, else a new one. */
  planFor(node: ProviderNode): RequestPlan {
    let plan = this.#plans.get(node);
    if (plan === undefined) {
      plan = this.#compile(node);
      this.#plans.set(node, plan);
    }
    return plan;
  }

  /** How to get what a list of dependencies gives. */
  planForEdges(edges: readonly Edge[]): RequestPlan<readonly unknown[]> {
    const reads = edges.map((edge) => this.#read(edge));
    return (scope) => reads.map((read) => read(scope));
  }

  #compile(node: ProviderNode): RequestPlan {
    if (node.record.kind === 'alias') return this.#read(node.edges[0]!);
    const slot = this.#slots++;
    const make = this.#maker(node);
    return (scope) => {
      const held = scope.held(slot);
      if (held !== undefined) return held === nothing ? undefined : held;
      const instance = make(scope);
      scope.hold(slot, instance === undefined ? nothing : instance, releaseOf(node, instance));
      return instance;
    };
  }

  // Written out for the usual numbers of parameters: no array is made per instance.
  #maker(node: ProviderNode): RequestPlan {
    const reads = node.edges.map((edge) => this.#read(edge));
    const create = creatorOf(node);
    const [a, b, c, d] = reads as [RequestPlan, RequestPlan, RequestPlan, RequestPlan];
    switch (reads.length) {
      case 0:
        return () => create();
      case 1:
        return (scope) => create(a(scope));
      case 2:
        return (scope) => create(a(scope), b(scope));
      case 3:
        return (scope) => create(a(scope), b(scope), c(scope));
      case 4:
        return (scope) => create(a(scope), b(scope), c(scope), d(scope));
      default:
        return (scope) => create(...reads.map((read) => read(scope)));
    }
  }

  #read(edge: Edge): RequestPlan {
    if (edge.targets.every((target) => target.scope === 'app')) {
      const value = this.#instances.valueOf(edge);
      return () => value;
    }
    if (edge.mode !== 'all') return this.planFor(edge.targets[0]!);
    const parts = edge.targets.map((target) => (target.scope === 'app' ? () => this.#instances.get(target) : this.planFor(target)));
    return (scope) => parts.map((part) => part(scope));
  }
}

function creatorOf(node: ProviderNode): (...args: unknown[]) => unknown {
  const { record } = node;
  if (record.kind === 'class') {
    const type = record.type as new (...args: unknown[]) => unknown;
    return (...args) => new type(...args);
  }
  // Values have no scope, and aliases are compiled to what they name.
  const { create } = record as FactoryProvider;
  return (...args) => {
    const value = create(...args);
    if (isPromiseLike(value)) {
      // Nobody awaits it; its failure must not end the process.
      void Promise.resolve(value).catch(() => {});
      throw DI_ERRORS.REQUEST_ASYNC({ key: describeKey(node.key), module: node.module.id });
    }
    return value;
  };
}
