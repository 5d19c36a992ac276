import { DATA_ERRORS } from '../errors.js';
import { type AnyTable, columnOf, infoOf, type TableInfo } from '../table/table.js';
import type { ColumnsOf, Plain, Row } from '../table/types.js';
import type { OrderBy, Where } from './where.js';

declare const gives: unique symbol;
declare const needs: unique symbol;

/** A relation as data: what to load beside rows that have the properties `Needs`. Each takes one query, whatever the number of rows. */
export interface Relation<Gives, Needs extends string = string> {
  readonly kind: 'one' | 'maybe' | 'many' | 'many-to-many';
  readonly target: AnyTable;
  /** The property of the rows themselves; undefined: their primary key. */
  readonly local?: string;
  /** The property of the target (or of `through`) that the value is looked up in; undefined: the target's primary key. */
  readonly foreign?: string;
  readonly through?: { readonly table: AnyTable; readonly from: string; readonly to: string };
  readonly options: RelationOptions<AnyTable>;
  readonly [gives]?: Gives;
  readonly [needs]?: Needs;
}

/** How related rows are chosen and sorted, and what is loaded beside them. Rows that are marked as deleted are left out. */
export interface RelationOptions<T extends AnyTable, W extends With<T> = With<T>> {
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<T>;
  /** Most rows beside each row: `many(comments, 'articleId', { orderBy: { id: 'desc' }, limit: 3 })`. */
  readonly limit?: number;
  readonly with?: W;
}

/** What to load beside the rows of a table: `{ author: one(users, 'authorId') }`. One that is undefined is not loaded. */
export type With<T extends AnyTable> = { readonly [name: string]: Relation<unknown, keyof ColumnsOf<T> & string> | undefined };

/** What a `with` adds to a row. */
export type Loaded<W> = {
  -readonly [K in keyof W]: W[K] extends Relation<infer G, infer _N>
    ? G
    : W[K] extends Relation<infer G, infer _N> | undefined
      ? G | undefined
      : never;
};

/** A row with its relations. */
export type RowWith<T extends AnyTable, W> = [keyof W] extends [never] ? Row<T> : Plain<Row<T> & Loaded<W>>;

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
type None = {};

/** The row that `local` refers to, which must exist: `author: one(users, 'authorId')`. A missing one is `DATA_RELATION`, and so is one that is marked as deleted. */
export function one<T extends AnyTable, const L extends string, const W extends With<T> = None>(
  target: T,
  local: L,
  options: RelationOptions<T, W> = {},
): Relation<RowWith<T, W>, L> {
  return { kind: 'one', target, local, options: options as RelationOptions<AnyTable> };
}

/** The row that `local` refers to, or null. */
export function maybe<T extends AnyTable, const L extends string, const W extends With<T> = None>(
  target: T,
  local: L,
  options: RelationOptions<T, W> = {},
): Relation<RowWith<T, W> | null, L> {
  return { kind: 'maybe', target, local, options: options as RelationOptions<AnyTable> };
}

/** The rows whose `foreign` refers to this one: `comments: many(comments, 'articleId', { orderBy: { createdAt: 'asc' } })`. */
export function many<T extends AnyTable, const W extends With<T> = None>(
  target: T,
  foreign: keyof ColumnsOf<T> & string,
  options: RelationOptions<T, W> = {},
): Relation<RowWith<T, W>[], never> {
  return { kind: 'many', target, foreign, options: options as RelationOptions<AnyTable> };
}

/** The rows on the other side of a joining table: `tags: manyToMany(tags, { through: articleTags, from: 'articleId', to: 'tagId' })`. */
export function manyToMany<T extends AnyTable, J extends AnyTable, const W extends With<T> = None>(
  target: T,
  join: { readonly through: J; readonly from: keyof ColumnsOf<J> & string; readonly to: keyof ColumnsOf<J> & string },
  options: RelationOptions<T, W> = {},
): Relation<RowWith<T, W>[], never> {
  const { through: table, from, to } = join;
  return { kind: 'many-to-many', target, through: { table, from, to }, options: options as RelationOptions<AnyTable> };
}

/** The relations of a `with` that are to be loaded, with their names. */
export function relationsOf(relations: object): [string, Relation<unknown>][] {
  return Object.entries(relations as Readonly<Record<string, Relation<unknown>>>).filter(([, relation]) => relation !== undefined);
}

/** The one column of a table's primary key. Throws `DATA_RELATION` when it has none or several. */
export function keyOf(info: TableInfo, relation: string, of: TableInfo): TableInfo['columns'][number] {
  const [key, second] = info.primary;
  if (key === undefined || second !== undefined) {
    throw DATA_ERRORS.RELATION({ relation, table: of.name, reason: `${info.name} has no primary key of one column` });
  }
  return key;
}

/** What was given as `with`. Throws `DATA_RELATION` for anything but an object of relations. */
export function checkRelations(info: TableInfo, relations: unknown): asserts relations is object {
  if (typeof relations !== 'object' || relations === null)
    throw DATA_ERRORS.RELATION({ relation: '(with)', table: info.name, reason: 'an object of relations is expected' });
  for (const [name, relation] of relationsOf(relations)) targetOf(info, name, relation);
}

function targetOf(info: TableInfo, name: string, relation: unknown): TableInfo {
  const target = (relation as Partial<Relation<unknown>> | null | undefined)?.target;
  const described = typeof target === 'object' && target !== null ? (infoOf(target) as TableInfo | undefined) : undefined;
  if (described !== undefined) return described;
  throw DATA_ERRORS.RELATION({ relation: name, table: info.name, reason: 'it is not made by one(), maybe(), many() or manyToMany()' });
}

/** The columns that a relation matches, of the rows and of the target. Throws `DATA_RELATION` and `DATA_COLUMN_UNKNOWN`. */
export function endsOf(
  info: TableInfo,
  name: string,
  relation: Relation<unknown>,
): { local: TableInfo['columns'][number]; foreign: TableInfo['columns'][number] } {
  const target = targetOf(info, name, relation);
  const local = relation.local === undefined ? keyOf(info, name, info) : columnOf(info, relation.local);
  if (info.byProperty.has(name)) throw DATA_ERRORS.RELATION({ relation: name, table: info.name, reason: 'a column has the same name' });
  if (relation.through !== undefined) return { local, foreign: columnOf(infoOf(relation.through.table), relation.through.from) };
  return { local, foreign: relation.foreign === undefined ? keyOf(target, name, info) : columnOf(target, relation.foreign) };
}
