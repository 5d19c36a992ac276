import type { Knex } from 'knex';
import { DATA_ERRORS } from '../errors.js';
import type { Result } from '../dialect/dialect.js';
import { checkValue, describeType, readRow, toDriver } from '../table/row-codec.js';
import { type AnyTable, columnOf, infoOf, type TableColumn, type TableInfo } from '../table/table.js';
import type { ColumnsOf, Id, Insert, Patch, PrimaryKey, Row } from '../table/types.js';
import { addWhere, type WhereContext } from './compile-where.js';
import { readCursor, toCursor } from './cursor.js';
import { hasBigints, insertRows } from './insert-rows.js';
import { loadRelations } from './load-relations.js';
import { matchesEveryRow } from './matches-every-row.js';
import { addOrder, readOrder, withTieBreaker } from './order.js';
import {
  addAfter,
  checkLimit,
  defaultPageSize,
  largestPage,
  type OffsetPage,
  type OffsetPageOptions,
  type Page,
  type PageOptions,
  reverse,
} from './page.js';
import type { RowWith, With } from './relations.js';
import { type Session, toStatement } from './session.js';
import { upsertRow } from './upsert-row.js';
import type { All, OrderBy, Where } from './where.js';
import { completePatch, completeRow } from './write-rows.js';

/** What `findMany` takes; without anything it gives every row. */
export interface FindOptions<T extends AnyTable, W extends With<T> = With<T>> {
  readonly where?: Where<T>;
  readonly orderBy?: OrderBy<T>;
  readonly limit?: number;
  readonly offset?: number;
  /** Relations to load: one query each, whatever the number of rows. */
  readonly with?: W;
}

/** How an upsert finds the row and what it changes there. */
export interface UpsertOptions<T extends AnyTable> {
  /** The columns of a unique key; default: the primary key. */
  readonly on?: readonly (keyof ColumnsOf<T> & string)[];
  /** What is changed when the row exists; default: every column that the given row has, but keys. */
  readonly update?: readonly Exclude<keyof ColumnsOf<T> & string, PrimaryKey<T>>[];
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
type None = {};
const mostRows = 2 ** 31 - 1;

/** Reads and writes the rows of one table; made by `db.repository(table)`. Joins the ambient transaction. */
export class Repository<T extends AnyTable> {
  readonly #session: Session;
  readonly #info: TableInfo;
  readonly #context: WhereContext;

  /** @internal */
  constructor(session: Session, table: T) {
    this.#session = session;
    this.#info = infoOf(table);
    this.#context = { info: this.#info, dialect: session.dialect.name, knex: session.knex };
  }

  /** The row with this primary key, or undefined. */
  async find<const W extends With<T> = None>(id: Id<T>, options: { readonly with?: W } = {}): Promise<RowWith<T, W> | undefined> {
    const query = this.#select().where(this.#idOf('find()', id));
    return (await this.#read(query, options.with))[0] as RowWith<T, W> | undefined;
  }

  /** The row with this primary key. Throws `DATA_NOT_FOUND` (404). */
  async get<const W extends With<T> = None>(id: Id<T>, options: { readonly with?: W } = {}): Promise<RowWith<T, W>> {
    const row = await this.find(id, options);
    if (row === undefined) throw DATA_ERRORS.NOT_FOUND({ table: this.#info.name });
    return row;
  }

  /** The first row that matches, or undefined. The first of all rows only with `{ all: true }`, else `DATA_UNFILTERED`. */
  async findOne<const W extends With<T> = None>(
    where: Where<T> | All,
    options: Pick<FindOptions<T, W>, 'orderBy' | 'with'> = {},
  ): Promise<RowWith<T, W> | undefined> {
    const query = this.#restricted('findOne()', this.#select(), where);
    addOrder(query, readOrder(this.#info, options.orderBy), this.#context);
    return (await this.#read(query.limit(1), options.with))[0] as RowWith<T, W> | undefined;
  }

  /** The rows that match, in order. */
  async findMany<const W extends With<T> = None>(options: FindOptions<T, W> = {}): Promise<RowWith<T, W>[]> {
    const query = this.#filtered(options.where);
    addOrder(query, readOrder(this.#info, options.orderBy), this.#context);
    if (options.limit !== undefined) query.limit(checkLimit('limit', options.limit, 0, mostRows));
    if (options.offset !== undefined) query.offset(checkLimit('offset', options.offset, 0, mostRows));
    return (await this.#read(query, options.with)) as RowWith<T, W>[];
  }

  /** Whether a row matches. Whether there is any row at all only with `{ all: true }`, else `DATA_UNFILTERED`. */
  async exists(where: Where<T> | All): Promise<boolean> {
    const query = this.#session.knex(this.#info.name).select(this.#session.knex.raw('1 as found')).limit(1);
    return (await this.#run(this.#restricted('exists()', query, where))).rows.length > 0;
  }

  /** How many rows match; all of them without a filter. */
  async count(where: Where<T> = {} as Where<T>): Promise<number> {
    const query = this.#session.knex(this.#info.name).count({ rows: '*' });
    addWhere(query, where, this.#context);
    return Number((await this.#run(query)).rows[0]?.['rows'] ?? 0);
  }

  /** Inserts a row and gives it back with its defaults. */
  async insert(row: Insert<T>): Promise<Row<T>> {
    return (await this.insertMany([row]))[0]!;
  }

  /** Inserts rows, all or none, in as few statements as possible; gives them back in the same order. */
  async insertMany(rows: readonly Insert<T>[]): Promise<Row<T>[]> {
    const now = this.#session.now();
    const complete = rows.map((row) => completeRow(this.#info, row, now));
    return (await insertRows(this.#session, this.#info, complete)) as Row<T>[];
  }

  /** Inserts a row, or updates the one that has the same key; gives it back as it stands then. */
  async upsert(row: Insert<T>, options: UpsertOptions<T> = {}): Promise<Row<T>> {
    const info = this.#info;
    const on = options.on === undefined ? this.#keyFor('upsert()') : options.on.map((property) => columnOf(info, property));
    const given = row as Readonly<Record<string, unknown>>;
    const isKey = (column: TableColumn): boolean => on.includes(column) || info.primary.includes(column);
    const update =
      options.update?.map((property) => columnOf(info, property)) ??
      info.columns.filter((column) => given[column.property] !== undefined && !isKey(column));
    const touched = update.length === 0 ? [] : info.columns.filter((column) => column.updateNow && !update.includes(column));
    return (await upsertRow(this.#session, info, completeRow(info, row, this.#session.now()), {
      on,
      update: [...update, ...touched],
    })) as Row<T>;
  }

  /** Changes the row with this primary key and gives it back; undefined when there is none. Properties that are undefined stay as they are. */
  async update(id: Id<T>, patch: Patch<T>): Promise<Row<T> | undefined> {
    const changes = this.#toDatabase(completePatch(this.#info, patch, this.#session.now()));
    if (Object.keys(changes).length === 0) return this.find(id) as Promise<Row<T> | undefined>;
    const query = this.#session.knex(this.#info.name).where(this.#idOf('update()', id)).update(changes);
    if (this.#session.dialect.name === 'mysql') {
      // It has no UPDATE … RETURNING.
      return (await this.#run(query)).affected === 0 ? undefined : (this.find(id) as Promise<Row<T> | undefined>);
    }
    const { rows } = await this.#run(query.returning(this.#info.columns.map((column) => column.name)));
    return rows[0] && (readRow(this.#info, rows[0], this.#session.dialect.name) as Row<T>);
  }

  /** Changes the rows that match; gives their number. Every row only with `{ all: true }`, else `DATA_UNFILTERED`. */
  async updateMany(where: Where<T> | All, patch: Patch<T>): Promise<number> {
    const changes = this.#toDatabase(completePatch(this.#info, patch, this.#session.now()));
    const query = this.#restricted('updateMany()', this.#session.knex(this.#info.name), where);
    if (Object.keys(changes).length === 0) return 0;
    return (await this.#run(query.update(changes))).affected;
  }

  /** Deletes the row with this primary key; false when there is none. */
  async delete(id: Id<T>): Promise<boolean> {
    return (await this.#run(this.#session.knex(this.#info.name).where(this.#idOf('delete()', id)).delete())).affected > 0;
  }

  /** Deletes the rows that match; gives their number. Every row only with `{ all: true }`, else `DATA_UNFILTERED`. */
  async deleteMany(where: Where<T> | All): Promise<number> {
    return (await this.#run(this.#restricted('deleteMany()', this.#session.knex(this.#info.name), where).delete())).affected;
  }

  /** A page by cursor (keyset pagination): ties are decided by the primary key. Throws `DATA_CURSOR` for a cursor from elsewhere. */
  async page<const W extends With<T> = None>(options: PageOptions<T> & { readonly with?: W } = {}): Promise<Page<RowWith<T, W>>> {
    const { after, before } = options;
    if (after !== undefined && before !== undefined) throw DATA_ERRORS.CURSOR({ reason: 'give after or before, not both' });
    const limit = checkLimit('limit', options.limit ?? defaultPageSize, 1, largestPage);
    const order = withTieBreaker(this.#info, readOrder(this.#info, options.orderBy));
    const steps = before === undefined ? order : reverse(order);
    const query = this.#filtered(options.where);
    const cursor = after ?? before;
    if (cursor !== undefined) addAfter(query, steps, readCursor(this.#info, order, cursor), this.#context);
    addOrder(query, steps, this.#context);
    // One more than asked for tells whether the list goes on.
    const found = await this.#read(query.limit(limit + 1), options.with);
    const more = found.length > limit;
    const rows = found.slice(0, limit);
    if (before !== undefined) rows.reverse();
    const [first, last] = [rows[0], rows.at(-1)];
    const hasAfter = before === undefined ? more : true;
    const hasBefore = before === undefined ? after !== undefined : more;
    return {
      rows: rows as RowWith<T, W>[],
      ...(hasAfter && last !== undefined && { after: toCursor(this.#info, order, last) }),
      ...(hasBefore && first !== undefined && { before: toCursor(this.#info, order, first) }),
    };
  }

  /** A page by offset, with the number of all rows that match. */
  async offsetPage<const W extends With<T> = None>(
    options: OffsetPageOptions<T> & { readonly with?: W } = {},
  ): Promise<OffsetPage<RowWith<T, W>>> {
    const { where, orderBy, offset = 0, with: relations } = options;
    const limit = checkLimit('limit', options.limit ?? defaultPageSize, 0, largestPage);
    const total = await this.count(where);
    const rows =
      limit === 0 || total <= offset
        ? []
        : await this.findMany<W>({
            ...(where && { where }),
            ...(orderBy && { orderBy }),
            limit,
            offset,
            ...(relations && { with: relations }),
          });
    return { rows, total };
  }

  /** Adds relations to rows that are there already; one query each. */
  async load<const W extends With<T>>(rows: readonly Row<T>[], relations: W): Promise<RowWith<T, W>[]> {
    const copies = rows.map((row) => ({ ...row }) as Record<string, unknown>);
    await loadRelations(this.#session, this.#info, copies, relations);
    return copies as RowWith<T, W>[];
  }

  #select(): Knex.QueryBuilder {
    return this.#session.knex(this.#info.name).select(this.#info.columns.map((column) => column.name));
  }

  #filtered(where: object | undefined): Knex.QueryBuilder {
    const query = this.#select();
    if (where !== undefined) addWhere(query, where, this.#context);
    return query;
  }

  /** Adds a filter that has to say something, or `{ all: true }`. */
  #restricted(operation: string, query: Knex.QueryBuilder, where: object): Knex.QueryBuilder {
    if (where === undefined || where === null) throw DATA_ERRORS.FILTER_UNDEFINED({ table: this.#info.name, path: 'where' });
    if (isAll(where)) return query;
    addWhere(query, where, this.#context);
    if (matchesEveryRow(this.#info, where)) throw DATA_ERRORS.UNFILTERED({ operation, table: this.#info.name });
    return query;
  }

  #run(query: Knex.QueryBuilder): Promise<Result> {
    return this.#session.run(toStatement(query, hasBigints(this.#info)));
  }

  async #read(query: Knex.QueryBuilder, relations: With<T> | undefined): Promise<Record<string, unknown>[]> {
    const result = await this.#run(query);
    const rows = result.rows.map((raw) => readRow(this.#info, raw, this.#session.dialect.name));
    if (relations !== undefined && rows.length > 0) await loadRelations(this.#session, this.#info, rows, relations);
    return rows;
  }

  #keyFor(operation: string): readonly TableColumn[] {
    if (this.#info.primary.length === 0) throw DATA_ERRORS.PRIMARY_KEY({ operation, table: this.#info.name, reason: 'it has none' });
    return this.#info.primary;
  }

  #idOf(operation: string, id: unknown): Record<string, unknown> {
    const key = this.#keyFor(operation);
    const parts = key.length === 1 ? { [key[0]!.property]: id } : (id as Readonly<Record<string, unknown>>);
    if (typeof parts !== 'object' || parts === null) {
      throw DATA_ERRORS.PRIMARY_KEY({
        operation,
        table: this.#info.name,
        reason: `an object with ${key.map((column) => column.property).join(', ')} is expected, not ${describeType(id)}`,
      });
    }
    return Object.fromEntries(
      key.map((column) => {
        const value = parts[column.property];
        if (value === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: this.#info.name, path: `id.${column.property}` });
        return [column.name, toDriver(column, checkValue(this.#info, column, value), this.#session.dialect.name)];
      }),
    );
  }

  #toDatabase(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(changes).map(([property, value]) => {
        const column = columnOf(this.#info, property);
        return [column.name, toDriver(column, value, this.#session.dialect.name)];
      }),
    );
  }
}

function isAll(where: object): where is All {
  return Object.keys(where).length === 1 && (where as Partial<All>).all === true;
}
