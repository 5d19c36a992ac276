import { DI_ERRORS } from '../di/errors.js';
import { describeKey } from '../di/describe-key.js';
import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import type { Graph, ProviderNode } from './graph.js';
import { eachNode, markNeeded } from './graph.js';
import { parameterOf, whereIs } from './link.js';
import { lifecycleHooks } from './lifecycle-hooks.js';

/** A graph whose dependencies can be created one after the other. */
export interface CheckedGraph {
  /** Dependencies first, imported modules first. */
  readonly order: readonly ProviderNode[];
  readonly problems: readonly Problem[];
}

/**
 * Puts the providers in order, and finds circles and what outlives its dependencies. Fills in which scope an alias has, what needs the
 * request context, and what is needed at all.
 */
export function checkGraph(graph: Graph): CheckedGraph {
  const problems: Problem[] = [];
  const order: ProviderNode[] = [];
  eachNode(graph, (node) => {
    if (node.visit === 'unseen') follow(node, order, problems);
  });
  order.forEach((node) => {
    if (settle(node)) problems.push(...(node.scope === 'request' ? checkHooks(node) : checkScope(node)));
  });
  return { order, problems };
}

// Depth first with a stack of its own: a chain of a thousand dependencies is no deep recursion.
function follow(start: ProviderNode, order: ProviderNode[], problems: Problem[]): void {
  // Modules are in order, and so are most lists of providers: there is nothing to follow then.
  if (isReady(start)) {
    start.visit = 'done';
    order.push(start);
    return;
  }
  const path = [start];
  // For each node of the path, the index of the dependency to follow next.
  const next = [0];
  start.visit = 'open';
  while (path.length > 0) {
    const top = path.length - 1;
    const node = path[top]!;
    const target = node.targets[next[top]!++];
    if (target === undefined) {
      node.visit = 'done';
      order.push(node);
      path.pop();
      next.pop();
    } else if (target.visit === 'open') problems.push(circleAt(target, path));
    else if (target.visit === 'unseen') {
      target.visit = 'open';
      path.push(target);
      next.push(0);
    }
  }
}

// A plain loop, like that of `settle`: both look at every dependency of the application.
function isReady({ targets }: ProviderNode): boolean {
  for (let index = 0; index < targets.length; index++) if (targets[index]!.visit !== 'done') return false;
  return true;
}

function circleAt(node: ProviderNode, path: readonly ProviderNode[]): Problem {
  const circle = path.slice(path.indexOf(node));
  const last = circle.at(-1)!;
  const index = last.edges.findIndex((edge) => edge.targets.includes(node));
  if (circle.length === 1) {
    const names = { consumer: describeKey(node.key), parameter: parameterOf(node, index), key: describeKey(node.key) };
    return toProblem(DI_ERRORS.SELF(names), whereIs(node));
  }
  return toProblem(DI_ERRORS.CYCLE({ path: [...circle, node].map(whereIs).join(' → ') }), whereIs(node));
}

// Called in order, so what a node depends on is settled. Gives whether request scope has a part in it.
function settle(node: ProviderNode): boolean {
  const { record, targets } = node;
  if (record.kind === 'alias') node.scope = targets[0]?.scope ?? 'app';
  let scoped = node.scope === 'request';
  let usesContext = scoped || record.context === true;
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index]!;
    scoped ||= target.scope === 'request';
    usesContext ||= target.usesContext;
    if (node.needed && !target.needed) markNeeded(target);
  }
  // One that enters the context itself keeps it from those that depend on it.
  node.usesContext = record.context === false ? scoped : usesContext;
  return scoped;
}

const isRequestScoped = (node: ProviderNode): boolean => node.scope === 'request';

function checkScope(node: ProviderNode): readonly Problem[] {
  return node.edges.flatMap((edge, index) =>
    edge.targets.filter(isRequestScoped).map((target) => {
      const names = {
        consumer: describeKey(node.key),
        key: describeKey(target.key),
        parameter: parameterOf(node, index),
        path: [`${whereIs(node)} [app]`, ...requestPath(target)].join(' → '),
      };
      return toProblem(DI_ERRORS.SCOPE(names), `${whereIs(node)}, ${names.parameter}`);
    }),
  );
}

// Through aliases to what is request-scoped itself.
function requestPath(node: ProviderNode): readonly string[] {
  const next = node.record.kind === 'alias' ? node.targets[0] : undefined;
  return next === undefined ? [`${whereIs(node)} [request]`] : [`${whereIs(node)} [alias]`, ...requestPath(next)];
}

function checkHooks(node: ProviderNode): readonly Problem[] {
  if (node.record.kind !== 'class') return [];
  const prototype = node.record.type.prototype as object;
  return lifecycleHooks(prototype).map((hook) =>
    toProblem(DI_ERRORS.REQUEST_HOOK({ key: describeKey(node.key), module: node.module.id, hook }), whereIs(node)),
  );
}
