import { DATA_ERRORS } from '../errors.js';
import { type AnyTable, infoOf } from '../table/table.js';
import type { Id, Insert, Row } from '../table/types.js';
import { aggregateRows } from './aggregate.js';
import type { Aggregated, AggregateOptions, Group, GroupOptions } from './aggregate-types.js';
import { checkList, readColumns } from './column-list.js';
import { deleteByKey, deleteRows, purgeByKey, purgeRows, restoreByKey } from './delete-rows.js';
import { deletedOf, type DeletedOptions } from './deleted.js';
import { bindKey, findByKey, keyFor } from './find-by-key.js';
import { countRows, existsRow, findFirst, findRows, iterateRows, projectionOf, readRows, type ReadOptions } from './find-rows.js';
import { insertRows } from './insert-rows.js';
import { checkOptions } from './known-options.js';
import { loadTogether } from './load-batch.js';
import { lockOf } from './lock.js';
import type {
  Change,
  FindByIdOptions,
  FindOneOptions,
  FindOptions,
  Found,
  IterateOptions,
  Property,
  UpsertOptions,
  WriteOptions,
} from './options.js';
import type { OffsetPage, OffsetPageOptions, Page, PageColumns, PageOptions } from './page.js';
import { readOffsetPage, readPage } from './read-page.js';
import type { RowWith, With } from './relations.js';
import type { Session } from './session.js';
import { contextOf, type TableContext } from './table-context.js';
import { updateByKey, updateRows, writeKey } from './update-rows.js';
import { readConflict, upsertGiven } from './upsert-rows.js';
import type { All, Where } from './where.js';
import { type Changes, completePatch, completeRow } from './write-rows.js';

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
type None = {};
type AnyRow = Record<string, unknown>;

/** Reads and writes the rows of one table; made by `db.repository(table)`. Joins the ambient transaction. */
export class Repository<T extends AnyTable> {
  readonly #context: TableContext;

  /** @internal */
  constructor(session: Session, table: T) {
    const info = typeof table === 'object' && table !== null ? infoOf(table) : undefined;
    if (info === undefined) throw DATA_ERRORS.TABLE({ table: '(of a repository)', reason: 'what was given is not made by table()' });
    this.#context = contextOf(session, info);
  }

  /** The row with this primary key, or undefined. Calls of one tick become one query on PostgreSQL and MariaDB. */
  find<const W extends With<T> = None, const S extends Property<T> = never>(
    id: Id<T>,
    options?: FindByIdOptions<W, S>,
  ): Promise<Found<T, W, S> | undefined> {
    // Not async: the most called of all methods pays for no promise of its own.
    try {
      const key = bindKey(this.#context, 'find()', id);
      const row = options === undefined ? findByKey(this.#context, key) : this.#findWith(key, options);
      return row as Promise<Found<T, W, S> | undefined>;
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** The row with this primary key. Throws `DATA_NOT_FOUND` (404). */
  async get<const W extends With<T> = None, const S extends Property<T> = never>(
    id: Id<T>,
    options?: FindByIdOptions<W, S>,
  ): Promise<Found<T, W, S>> {
    const row = await this.find(id, options);
    if (row === undefined) throw DATA_ERRORS.NOT_FOUND({ table: this.#context.info.name });
    return row;
  }

  /** The first row that matches, or undefined. The first of all rows only with `{ all: true }`, else `DATA_UNFILTERED`. */
  findOne<const W extends With<T> = None, const S extends Property<T> = never>(
    where: Where<T> | All,
    options: FindOneOptions<T, W, S> = {},
  ): Promise<Found<T, W, S> | undefined> {
    return findFirst(this.#context, where, options) as Promise<Found<T, W, S> | undefined>;
  }

  /** The rows that match, in order. */
  findMany<const W extends With<T> = None, const S extends Property<T> = never>(
    options: FindOptions<T, W, S> = {},
  ): Promise<Found<T, W, S>[]> {
    return findRows(this.#context, options) as Promise<Found<T, W, S>[]>;
  }

  /**
   * The rows that match one after the other, in constant memory: they are fetched as the loop goes on, and no further when it is left.
   * The loop holds a connection (SQLite: the only one) until it ends: inside it, do not wait for other queries of the same transaction.
   */
  iterate<const S extends Property<T> = never>(options: IterateOptions<T, S> = {}): AsyncIterable<Found<T, None, S>> {
    return iterateRows(this.#context, options) as AsyncIterable<AnyRow> as AsyncIterable<Found<T, None, S>>;
  }

  /** Whether a row matches. Whether there is any row at all only with `{ all: true }`, else `DATA_UNFILTERED`. */
  async exists(where: Where<T> | All, options: DeletedOptions = {}): Promise<boolean> {
    checkOptions(this.#context.info, 'exists()', options);
    return existsRow(this.#context, where, options);
  }

  /** How many rows match; all of them without a filter. */
  async count(where: Where<T> = {} as Where<T>, options: DeletedOptions = {}): Promise<number> {
    checkOptions(this.#context.info, 'count()', options);
    return countRows(this.#context, where, options);
  }

  /** Number, sums, averages, smallest and largest values of the rows that match. Throws `DATA_AGGREGATE`. */
  async aggregate<
    const Sum extends string = never,
    const Avg extends string = never,
    const Min extends string = never,
    const Max extends string = never,
  >(options: AggregateOptions<T, Sum, Avg, Min, Max>): Promise<Aggregated<T, Sum, Avg, Min, Max>> {
    checkOptions(this.#context.info, 'aggregate()', options);
    return (await aggregateRows(this.#context, options))[0] as unknown as Aggregated<T, Sum, Avg, Min, Max>;
  }

  /** The same for each group of rows that share the values of some columns. Throws `DATA_AGGREGATE`. */
  async groupBy<
    const By extends Property<T>,
    const Sum extends string = never,
    const Avg extends string = never,
    const Min extends string = never,
    const Max extends string = never,
  >(options: GroupOptions<T, By, Sum, Avg, Min, Max>): Promise<Group<T, By, Sum, Avg, Min, Max>[]> {
    checkOptions(this.#context.info, 'groupBy()', options);
    checkList(this.#context.info, 'by', options.by);
    return (await aggregateRows(this.#context, options)) as unknown as Group<T, By, Sum, Avg, Min, Max>[];
  }

  /** Inserts a row and gives it back with its defaults. */
  async insert(row: Insert<T>): Promise<Row<T>> {
    const { info, session } = this.#context;
    return (await insertRows(this.#context, [completeRow(info, row, session.now())]))[0] as Row<T>;
  }

  /** Inserts rows, all or none, in as few statements as possible; gives them back in the same order. */
  async insertMany(rows: readonly Insert<T>[]): Promise<Row<T>[]> {
    if (checkList(this.#context.info, 'rows', rows).length === 0) return [];
    const { info, session } = this.#context;
    const now = session.now();
    return (await insertRows(
      this.#context,
      rows.map((row) => completeRow(info, row, now)),
    )) as Row<T>[];
  }

  /** Inserts a row, or updates the one that has the same key, also one that is marked as deleted, which is there again then; gives it back as it stands then. */
  async upsert(row: Insert<T>, options: UpsertOptions<T> = {}): Promise<Row<T>> {
    return (await this.#upsert('upsert()', [row], options))[0] as Row<T>;
  }

  /** The same with many rows, all or none; gives them back in the same order. Of rows with the same key the last one stands. */
  async upsertMany(rows: readonly Insert<T>[], options: UpsertOptions<T> = {}): Promise<Row<T>[]> {
    return (await this.#upsert('upsertMany()', checkList(this.#context.info, 'rows', rows) as readonly object[], options)) as Row<T>[];
  }

  /**
   * Changes the row with this primary key and gives it back; undefined when there is none. Properties that are undefined stay as they
   * are. With a version, in the patch or as an option, a row that has another one by now is `DATA_STALE` (409).
   */
  async update(id: Id<T>, patch: Change<T>, options: WriteOptions = {}): Promise<Row<T> | undefined> {
    checkOptions(this.#context.info, 'update()', options);
    const changes = this.#changes('update()', patch, options);
    return (await updateByKey(this.#context, bindKey(this.#context, 'update()', id), changes)) as Row<T> | undefined;
  }

  /** Changes the rows that match; gives their number. Every row only with `{ all: true }`, else `DATA_UNFILTERED`. */
  updateMany(where: Where<T> | All, patch: Change<T>): Promise<number> {
    try {
      return updateRows(this.#context, where, this.#changes('updateMany()', patch, {}));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** Deletes the row with this primary key (marks it, in a table with `softDelete()`); false when there is none. Throws `DATA_STALE`. */
  async delete(id: Id<T>, options: WriteOptions = {}): Promise<boolean> {
    checkOptions(this.#context.info, 'delete()', options);
    const { version } = this.#changes('delete()', {}, options);
    return deleteByKey(this.#context, bindKey(this.#context, 'delete()', id), version);
  }

  /** Deletes (or marks) the rows that match; gives their number. Every row only with `{ all: true }`, else `DATA_UNFILTERED`. */
  async deleteMany(where: Where<T> | All): Promise<number> {
    return deleteRows(this.#context, where);
  }

  /** Takes the mark of a deleted row away and gives the row back; undefined when no such row is marked. Throws `DATA_TABLE_FEATURE`. */
  async restore(id: Id<T>): Promise<Row<T> | undefined> {
    return (await restoreByKey(this.#context, bindKey(this.#context, 'restore()', id))) as Row<T> | undefined;
  }

  /** Takes a row out of the table for good, marked as deleted or not; false when there is none. */
  async purge(id: Id<T>): Promise<boolean> {
    return purgeByKey(this.#context, bindKey(this.#context, 'purge()', id));
  }

  /** Takes the rows that match, of those that are marked as deleted, out of the table for good; gives their number. */
  async purgeMany(where: Where<T> | All): Promise<number> {
    return purgeRows(this.#context, where);
  }

  /** A page by cursor (keyset pagination): ties are decided by the primary key. Throws `DATA_CURSOR` for a cursor from elsewhere. */
  async page<const W extends With<T> = None, const S extends Property<T> = never>(
    options: PageOptions<T> & PageColumns<W, S> = {},
  ): Promise<Page<Found<T, W, S>>> {
    checkOptions(this.#context.info, 'page()', options);
    return (await readPage(this.#context, options)) as unknown as Page<Found<T, W, S>>;
  }

  /** A page by offset, with the number of all rows that match. */
  async offsetPage<const W extends With<T> = None, const S extends Property<T> = never>(
    options: OffsetPageOptions<T> & PageColumns<W, S> = {},
  ): Promise<OffsetPage<Found<T, W, S>>> {
    checkOptions(this.#context.info, 'offsetPage()', options);
    return (await readOffsetPage(this.#context, options)) as unknown as OffsetPage<Found<T, W, S>>;
  }

  /** Adds relations to rows that are there already; one query each, also for all the calls of one tick together. */
  async load<const W extends With<T>>(rows: readonly Row<T>[], relations: W): Promise<RowWith<T, W>[]> {
    checkList(this.#context.info, 'rows', rows);
    const copies = rows.map((row) => ({ ...row }) as AnyRow);
    if (copies.length > 0) await loadTogether(this.#context, copies, relations);
    return copies as RowWith<T, W>[];
  }

  async #findWith(key: readonly unknown[], options: FindByIdOptions<object, string>): Promise<AnyRow | undefined> {
    const context = this.#context;
    checkOptions(context.info, 'find()', options);
    const deleted = deletedOf(options);
    const relations = options.with as Parameters<typeof readRows>[3];
    if (options.select === undefined && options.lock === undefined && deleted === 'without') {
      lockOf(context, options);
      const row = await findByKey(context, key);
      if (row !== undefined && relations !== undefined) await loadTogether(context, [row], relations);
      return row;
    }
    const lock = lockOf(context, options);
    const projection = projectionOf(context, options as ReadOptions);
    const writer = context.writer(`select ${projection.selection} from ${context.table}${lock.hint}`);
    writeKey(writer, context, key, deleted);
    writer.text += lock.suffix;
    return (await readRows(context, writer.toStatement(context.bigints), projection, relations))[0];
  }

  #upsert(operation: 'upsert()' | 'upsertMany()', rows: readonly object[], options: UpsertOptions<T>): Promise<AnyRow[]> {
    const { info } = this.#context;
    checkOptions(info, operation, options);
    const { on, update } = options;
    return upsertGiven(this.#context, rows, {
      on: on === undefined ? keyFor(this.#context, operation) : readConflict(info, operation, on),
      update: update === undefined ? undefined : readColumns(info, 'update', update),
    });
  }

  #changes(operation: string, patch: object, { version }: WriteOptions): Changes {
    const { info, session } = this.#context;
    if (version === undefined) return completePatch(info, patch, session.now());
    if (info.version === undefined) throw DATA_ERRORS.TABLE_FEATURE({ operation, table: info.name, builder: 'integer().version()' });
    return completePatch(info, { ...patch, [info.version.property]: version }, session.now());
  }
}
