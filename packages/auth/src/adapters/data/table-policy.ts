import { tableSchema, type AnyTable, type Id, type Row } from '@plinth/data';
import { Policy, type PolicyOptions, type PolicyRules } from '../../access/define-policy.js';
import type { FieldKind, PolicyFilter } from '../../access/policy-filter.js';

/** A table that a policy is about. */
export interface TableResource<T extends AnyTable> {
  /** What one row is called: `article`. */
  readonly name: string;
  readonly table: T;
}

/**
 * A policy on the rows of a table: `definePolicy` with the types of its columns. The actions `read`, `create`, `update` and `delete` are
 * those of a scoped repository.
 *
 * @example
 * const articlePolicy = tablePolicy({ name: 'article', table: articles })({
 *   read: (user: User) => ({ or: [{ status: 'published' }, { authorId: user.id }] }),
 *   update: (user: User) => ({ authorId: user.id }),
 * }, { fields: { update: () => ['title', 'body'] } });
 */
export function tablePolicy<T extends AnyTable>(resource: TableResource<T>): TablePolicyOf<T> {
  return (rules, options = {}) => new TablePolicy(resource, rules, options);
}

/** Takes the rules of a table. */
export type TablePolicyOf<T extends AnyTable> = <Actor, const Action extends string>(
  rules: PolicyRules<Actor, Row<T>, Action>,
  options?: PolicyOptions<NoInfer<Actor>, Row<T>, NoInfer<Action>>,
) => TablePolicy<T, Actor, Action>;

/** The rules of one table; made by `tablePolicy`. */
export class TablePolicy<T extends AnyTable, Actor, Action extends string = string> extends Policy<Row<T>, Actor, Action> {
  readonly table: T;
  readonly #key: readonly (readonly [property: string, kind: FieldKind])[];

  /** @internal */
  constructor({ name, table }: TableResource<T>, rules: PolicyRules<Actor, Row<T>, Action>, options: PolicyOptions<Actor, Row<T>, Action>) {
    const kinds = kindsOf(table);
    super({ name, kinds }, rules, options);
    this.table = table;
    const changeable = tableSchema(table, { for: 'patch' }).properties;
    this.#key = [...kinds].filter(([property]) => !Object.hasOwn(changeable, property));
  }

  /** The id that a text of a path stands for; undefined where no row can have it. @internal */
  readId(text: string): Id<T> | undefined {
    const [first, ...others] = this.#key;
    if (first === undefined || others.length > 0) return undefined;
    const id = valueOf(first[1], text);
    return id as Id<T> | undefined;
  }

  /** Whether rows are found by one value. @internal */
  get hasOneKey(): boolean {
    return this.#key.length === 1;
  }
}

/** A filter of a policy as a filter of `@plinth/data`, of whose grammar it is a part. @internal */
export function toWhere<Where>(filter: PolicyFilter<never> | object): Where {
  return filter as Where;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function valueOf(kind: FieldKind, text: string): string | number | bigint | undefined {
  switch (kind) {
    case 'integer':
      return /^(?:0|-?[1-9]\d{0,9})$/.test(text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : undefined;
    case 'exact':
      return /^(?:0|-?[1-9]\d{0,17})$/.test(text) ? BigInt(text) : undefined;
    case 'uuid':
      return uuid.test(text) ? text : undefined;
    case 'text':
      return text.length <= 1_000 && !text.includes('\0') && text.isWellFormed() ? text : undefined;
    default:
      return undefined;
  }
}

function kindsOf(table: AnyTable): ReadonlyMap<string, FieldKind> {
  return new Map(Object.entries(tableSchema(table).properties).map(([property, schema]) => [property, kindOf(schema)]));
}

/** Decimals and bigints, and no other columns, have a pattern that begins with a sign. */
const SIGNED = '^-?';

function kindOf(schema: Readonly<Record<string, unknown>>): FieldKind {
  const { type, format, pattern } = schema;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const is = (name: string): boolean => types.includes(name);
  if (is('integer')) return 'integer';
  if (is('number')) return 'number';
  if (is('boolean')) return 'boolean';
  if (!is('string')) return 'json';
  if (format === 'uuid' || format === 'date') return format;
  if (format === 'date-time') return 'timestamp';
  if (schema['contentEncoding'] !== undefined) return 'bytes';
  if (schema['enum'] !== undefined) return 'enum';
  if (typeof pattern !== 'string') return 'text';
  return pattern.startsWith(SIGNED) ? 'exact' : 'time';
}
