import {
  DATA_ERRORS,
  type All,
  type AnyTable,
  type Change,
  type Database,
  type DeletedOptions,
  type FindOneOptions,
  type FindOptions,
  type Found,
  type Id,
  type Insert,
  type IterateOptions,
  type OffsetPage,
  type OffsetPageOptions,
  type Page,
  type PageOptions,
  type Property,
  type Repository,
  type Row,
  type Where,
  type WriteOptions,
} from '@plinth/data';
import { AUTH_ERRORS } from '../../errors.js';
import { toWhere, type TablePolicy } from './table-policy.js';

/** What the reads of a scoped repository take: relations are not among it, as they have policies of their own. */
export type Scoped<Options> = Omit<Options, 'with'>;

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
type None = {};

/**
 * The rows of a table as one actor may see and change them. What the policy's `read` leaves out is not there: not in lists, counts and
 * pages, and `get` is `DATA_NOT_FOUND` (404), as for rows that never were (ASVS 5.0, 8.2.2).
 *
 * @example
 * const mine = scoped(db, articlePolicy, user);
 * const page = await mine.page({ orderBy: { createdAt: 'desc' } });
 */
export function scoped<T extends AnyTable, Actor, Action extends string>(
  db: Database,
  policy: TablePolicy<T, Actor, Action>,
  actor: NoInfer<Actor>,
): ScopedRepository<T> {
  return new ScopedRepository(db, policy as TablePolicy<T, unknown>, actor);
}

/** Made by `scoped`. Actions: `read`, `create`, `update`, `delete`; one without a rule is allowed to nobody. */
export class ScopedRepository<T extends AnyTable> {
  readonly #db: Database;
  readonly #rows: Repository<T>;
  readonly #policy: TablePolicy<T, unknown>;
  readonly #actor: unknown;

  /** @internal */
  constructor(db: Database, policy: TablePolicy<T, unknown>, actor: unknown) {
    this.#db = db;
    this.#rows = db.repository(policy.table);
    this.#policy = policy;
    this.#actor = actor;
  }

  /** The row with this primary key, if the actor may read it. */
  async find(id: Id<T>, options: DeletedOptions = {}): Promise<Row<T> | undefined> {
    const row = (await this.#rows.find(id, deletedOptions(options))) as Row<T> | undefined;
    return row !== undefined && this.#policy.allows(this.#actor, 'read', row) ? row : undefined;
  }

  /** The same. Throws `DATA_NOT_FOUND` (404). */
  async get(id: Id<T>, options: DeletedOptions = {}): Promise<Row<T>> {
    const row = await this.find(id, options);
    if (row === undefined) throw DATA_ERRORS.NOT_FOUND({ table: this.#policy.name });
    return row;
  }

  /** The first row that matches, of those that the actor may read. */
  async findOne<const S extends Property<T> = never>(
    where: Where<T> | All,
    options: Scoped<FindOneOptions<T, None, S>> = {},
  ): Promise<Found<T, None, S> | undefined> {
    return this.#rows.findOne(this.#narrow('findOne()', 'read', where), withoutRelations(options));
  }

  /** The rows that match, of those that the actor may read. */
  async findMany<const S extends Property<T> = never>(options: Scoped<FindOptions<T, None, S>> = {}): Promise<Found<T, None, S>[]> {
    return this.#rows.findMany({ ...withoutRelations(options), where: this.#both('read', options.where) });
  }

  /** The same one after the other, in constant memory. */
  iterate<const S extends Property<T> = never>(options: IterateOptions<T, S> = {}): AsyncIterable<Found<T, None, S>> {
    return this.#rows.iterate({ ...options, where: this.#both('read', options.where) });
  }

  /** A page by cursor, of the rows that the actor may read. */
  async page(options: PageOptions<T> = {}): Promise<Page<Row<T>>> {
    return (await this.#rows.page({ ...withoutRelations(options), where: this.#both('read', options.where) })) as Page<Row<T>>;
  }

  /** A page by offset; `total` counts the rows that the actor may read. */
  async offsetPage(options: OffsetPageOptions<T> = {}): Promise<OffsetPage<Row<T>>> {
    return (await this.#rows.offsetPage({ ...withoutRelations(options), where: this.#both('read', options.where) })) as OffsetPage<Row<T>>;
  }

  /** How many rows match, of those that the actor may read. */
  async count(where?: Where<T>, options: DeletedOptions = {}): Promise<number> {
    return this.#rows.count(this.#both('read', where), options);
  }

  /** Whether a row matches that the actor may read. */
  async exists(where: Where<T> | All, options: DeletedOptions = {}): Promise<boolean> {
    return this.#rows.exists(this.#narrow('exists()', 'read', where), options);
  }

  /**
   * Inserts a row that the rule of `create` allows: it is asked about the row as it is stored, with its defaults, and what it refuses is
   * taken back. Throws `AUTH_POLICY_DENIED`, `AUTH_FIELD_DENIED`.
   */
  async insert(row: Insert<T>): Promise<Row<T>> {
    this.#policy.check(this.#actor, 'create', row);
    return this.#db.transaction(async () => {
      const inserted = await this.#rows.insert(row);
      this.#policy.authorize(this.#actor, 'create', inserted);
      return inserted;
    });
  }

  /**
   * Changes a row that the rule of `update` allows, both as it was and as it becomes; undefined where the actor sees no such row. Throws
   * `AUTH_POLICY_DENIED`, `AUTH_FIELD_DENIED`, `DATA_STALE`.
   */
  async update(id: Id<T>, patch: Change<T>, options: WriteOptions = {}): Promise<Row<T> | undefined> {
    return this.#db.transaction(async () => {
      const row = await this.#reach(id, 'update');
      if (row === undefined) return undefined;
      this.#policy.check(this.#actor, 'update', patch, row);
      const updated = await this.#rows.update(id, patch, options);
      if (updated !== undefined) this.#policy.authorize(this.#actor, 'update', updated);
      return updated;
    });
  }

  /**
   * Changes the rows that match, of those that the rule of `update` allows; gives their number. Fields which that rule asks about cannot
   * be changed here: `AUTH_FIELD_DENIED`.
   */
  async updateMany(where: Where<T> | All, patch: Change<T>): Promise<number> {
    this.#policy.check(this.#actor, 'update', patch);
    const asked = this.#policy.fieldsAsked(this.#actor, 'update');
    const moved = Object.keys(patch).filter((field) => asked.has(field));
    if (moved.length > 0) throw AUTH_ERRORS.FIELD_DENIED({ action: 'update many', resource: this.#policy.name, fields: moved.join(', ') });
    return this.#rows.updateMany(this.#narrow('updateMany()', 'update', where), patch);
  }

  /** Deletes a row that the rule of `delete` allows; false where the actor sees no such row. Throws `AUTH_POLICY_DENIED`, `DATA_STALE`. */
  async delete(id: Id<T>, options: WriteOptions = {}): Promise<boolean> {
    return this.#db.transaction(async () => {
      const row = await this.#reach(id, 'delete');
      return row !== undefined && (await this.#rows.delete(id, options));
    });
  }

  /** Deletes the rows that match, of those that the rule of `delete` allows; gives their number. */
  async deleteMany(where: Where<T> | All): Promise<number> {
    return this.#rows.deleteMany(this.#narrow('deleteMany()', 'delete', where));
  }

  // Locked, so that nobody gives the row away between the question and the write.
  async #reach(id: Id<T>, action: string): Promise<Row<T> | undefined> {
    const row = (await this.#rows.find(id, { lock: 'update' })) as Row<T> | undefined;
    return row !== undefined && reaches(this.#policy, this.#actor, action, row) ? row : undefined;
  }

  #both(action: string, where: Where<T> | undefined): Where<T> {
    const filter = toWhere<Where<T>>(this.#policy.where(this.#actor, action));
    return where === undefined ? filter : toWhere<Where<T>>({ and: [filter, where] });
  }

  // The repository cannot tell any more whether a filter was forgotten.
  #narrow(operation: string, action: string, where: Where<T> | All): Where<T> | All {
    if (Object.keys(where).length === 0) throw DATA_ERRORS.UNFILTERED({ operation, table: this.#policy.name });
    const every = Object.hasOwn(where, 'all') && (where as All).all;
    if (!every) return this.#both(action, where as Where<T>);
    const filter = this.#policy.where(this.#actor, action);
    return isEverything(filter) ? { all: true } : toWhere<Where<T>>(filter);
  }
}

/**
 * Whether an actor may do this to a row. Where not, and where it may at least be read: `AUTH_POLICY_DENIED` (403); what may not be read
 * is not there. @internal
 */
export function reaches<T extends AnyTable>(policy: TablePolicy<T, unknown>, actor: unknown, action: string, row: Row<T>): boolean {
  if (policy.allows(actor, action, row)) return true;
  if (action !== 'read' && policy.allows(actor, 'read', row)) policy.authorize(actor, action, row);
  return false;
}

function isEverything(filter: object): boolean {
  const { and } = filter as { readonly and?: readonly unknown[] };
  return Object.keys(filter).length === 1 && and?.length === 0;
}

function deletedOptions({ withDeleted, onlyDeleted }: DeletedOptions): DeletedOptions {
  return { ...(withDeleted !== undefined && { withDeleted }), ...(onlyDeleted !== undefined && { onlyDeleted }) };
}

function withoutRelations<O extends object>(options: O): O {
  if (!('with' in options)) return options;
  const { with: _relations, ...rest } = options;
  return rest as O;
}
