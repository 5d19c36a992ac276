import { isAppError } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { PolicyFilter, PolicyRule, Resource } from './policy-filter.js';
import { FilterFault, readFilter, type Matcher } from './policy-matcher.js';

/** For each action the rule that says on which rows an actor may do it. An action without a rule is allowed to nobody. */
export type PolicyRules<Actor, Row, Action extends string> = { readonly [A in Action]: (actor: Actor) => PolicyRule<Row> };

/** For each action the fields that an actor may read or write with it. `row` is absent where there is none yet. */
export type PolicyFields<Actor, Row, Action extends string> = {
  readonly [A in Action]?: (actor: Actor, row: Row | undefined) => readonly (keyof Row & string)[] | true;
};

/** What a policy may say besides its rules. */
export interface PolicyOptions<Actor, Row, Action extends string> {
  /** Fields by action. All, where an action has no entry. */
  readonly fields?: PolicyFields<Actor, Row, Action>;
}

/**
 * Who may do what with the objects of one resource (ASVS 5.0, 8.2.2, 8.2.3): rules by action, each a filter of rows. One rule serves
 * rows in memory, lists in the database and fields. Nothing is allowed but by a rule; a rule that throws lets nobody in
 * (`AUTH_POLICY_FAILED`, `AUTH_POLICY_FILTER`: 500, logged).
 *
 * @example
 * const invoicePolicy = definePolicy(resource<Invoice>('invoice'))({
 *   read: (user: User) => ({ customerId: user.id }),
 *   cancel: (user: User) => ({ customerId: user.id, status: { ne: 'paid' } }),
 * });
 */
export function definePolicy<Row extends object>(resource: Resource<Row>): PolicyOf<Row> {
  return (rules, options = {}) => new Policy(resource, rules, options);
}

// The second call knows the rows already: so that a rule's own texts are checked as values of a field, and not as any text.
/** Takes the rules of a resource. */
export type PolicyOf<Row extends object> = <Actor, const Action extends string>(
  rules: PolicyRules<Actor, Row, Action>,
  options?: PolicyOptions<NoInfer<Actor>, Row, NoInfer<Action>>,
) => Policy<Row, Actor, Action>;

/** The rules of one resource; made by `definePolicy` or `tablePolicy`. */
export class Policy<Row extends object, Actor, Action extends string = string> {
  readonly #resource: Resource<Row>;
  readonly #rules: PolicyRules<Actor, Row, Action>;
  readonly #fields: PolicyFields<Actor, Row, Action>;

  /** @internal */
  constructor(resource: Resource<Row>, rules: PolicyRules<Actor, Row, Action>, { fields }: PolicyOptions<Actor, Row, Action>) {
    this.#resource = resource;
    this.#rules = rules;
    this.#fields = fields ?? {};
  }

  /** The name of the resource, for messages and `plinth routes --access`. */
  get name(): string {
    return this.#resource.name;
  }

  /** Whether the actor may do this to this row. Throws `AUTH_POLICY_FAILED`, `AUTH_POLICY_FILTER` when that cannot be judged. */
  allows(actor: Actor, action: Action, row: Row): boolean {
    const rule = this.#ruleFor(actor, action);
    return typeof rule === 'boolean' ? rule : this.#holds(action, rule, row);
  }

  /** `allows`, or `AUTH_POLICY_DENIED` (403). */
  authorize(actor: Actor, action: Action, row: Row): void {
    if (!this.allows(actor, action, row)) throw this.#denied(action);
  }

  /** The rows that the actor may do this to, as a filter for `findMany({ where: { and: [...] } })`; of nobody's action, one that no row meets. */
  where(actor: Actor, action: Action): PolicyFilter<Row> {
    const rule = this.#ruleFor(actor, action);
    return (typeof rule !== 'boolean' ? rule.filter : rule ? { and: [] } : { or: [] }) as PolicyFilter<Row>;
  }

  /** The fields of a row that the actor may read. Throws `AUTH_POLICY_DENIED` when the row itself may not be. */
  pick(actor: Actor, action: Action, row: Row): Partial<Row> {
    this.authorize(actor, action, row);
    const allowed = this.#fieldsFor(actor, action, row);
    if (allowed === true) return { ...row };
    return Object.fromEntries(Object.entries(row).filter(([field]) => allowed.has(field))) as Partial<Row>;
  }

  /**
   * Checks the fields that a client wants to write: all must be among those of the action, else `AUTH_FIELD_DENIED` (403). Whether the
   * row may be written is another question: `authorize`.
   */
  check(actor: Actor, action: Action, patch: object, row?: Row): void {
    const given = Object.keys(patch).filter((field) => (patch as Readonly<Record<string, unknown>>)[field] !== undefined);
    const rule = this.#ruleFor(actor, action);
    if (rule === false) throw this.#denied(action);
    const allowed = this.#fieldsFor(actor, action, row);
    if (allowed === true) return;
    const surplus = given.filter((field) => !allowed.has(field));
    if (surplus.length === 0) return;
    const fields = surplus.slice(0, 10).map((field) => JSON.stringify(field.slice(0, 64)));
    throw AUTH_ERRORS.FIELD_DENIED({ action, resource: this.name, fields: fields.join(', ') });
  }

  /** The fields that the rule of an action asks about, for this actor. @internal */
  fieldsAsked(actor: Actor, action: Action): ReadonlySet<string> {
    const rule = this.#ruleFor(actor, action);
    return typeof rule === 'boolean' ? new Set() : rule.matcher.fields;
  }

  /** Whether there is a rule for this action at all. @internal */
  has(action: string): action is Action {
    return Object.hasOwn(this.#rules, action);
  }

  #ruleFor(actor: Actor, action: Action): boolean | { readonly filter: object; readonly matcher: Matcher } {
    if (!this.has(action)) return false;
    const given = this.#call(action, () => this.#rules[action](actor));
    if (given === true) return true;
    if (given === false || given === null || given === undefined) return false;
    // A promise is true to JavaScript, and has no conditions of its own.
    if (typeof (given as { then?: unknown }).then === 'function') {
      // Whatever becomes of it, it must not end the process.
      void Promise.resolve(given).catch(() => undefined);
      throw AUTH_ERRORS.POLICY_FAILED({ action, resource: this.name, reason: 'it gave a promise' });
    }
    return { filter: given, matcher: this.#judge(action, () => readFilter(given, this.#resource)) };
  }

  #holds(action: Action, { matcher }: { readonly matcher: Matcher }, row: Row): boolean {
    const missing = [...matcher.fields].find(
      (field) => !Object.hasOwn(row, field) || (row as Record<string, unknown>)[field] === undefined,
    );
    // "Not equal" would hold for what was only not read.
    if (missing !== undefined)
      throw AUTH_ERRORS.POLICY_FILTER({ action, resource: this.name, path: missing, reason: 'the row does not have this field' });
    return this.#judge(action, () => matcher.holds(row as Readonly<Record<string, unknown>>)) === true;
  }

  #fieldsFor(actor: Actor, action: Action, row: Row | undefined): ReadonlySet<string> | true {
    if (!Object.hasOwn(this.#fields, action)) return true;
    const fields = this.#call(action, () => this.#fields[action]!(actor, row));
    if (fields === true) return true;
    if (Array.isArray(fields)) return new Set<string>(fields);
    throw AUTH_ERRORS.POLICY_FAILED({ action, resource: this.name, reason: '`fields` gave neither a list nor true' });
  }

  #call<T>(action: Action, run: () => T): T {
    try {
      return run();
    } catch (cause) {
      // A rule that refuses with an error of its own has said what is to be answered.
      if (isAppError(cause)) throw cause;
      throw AUTH_ERRORS.POLICY_FAILED({ action, resource: this.name, reason: 'it threw' }, { cause });
    }
  }

  #judge<T>(action: Action, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof FilterFault)) throw error;
      throw AUTH_ERRORS.POLICY_FILTER({ action, resource: this.name, path: error.path, reason: error.reason });
    }
  }

  #denied(action: Action): Error {
    return AUTH_ERRORS.POLICY_DENIED({ action, resource: this.name });
  }
}
