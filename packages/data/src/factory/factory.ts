import { randomBytes } from 'node:crypto';
import type { Database } from '../database/database.js';
import { DATA_ERRORS } from '../errors.js';
import { type AnyTable, infoOf } from '../table/table.js';
import type { Insert, Row } from '../table/types.js';
import { createRandom, type Random } from './random.js';

declare const made: unique symbol;

/** A value that a row takes from another row, which its factory creates first. */
export class FromParent<V> {
  declare readonly [made]: V;

  /** @internal */
  constructor(
    /** @internal */
    readonly table: string,
    /** @internal */
    readonly read: (db: Database) => Promise<unknown>,
  ) {}
}

/** What a factory says of a row: values, or values of rows that are created first. Columns that a row must have must be given. */
export type Definition<T extends AnyTable> = { [K in keyof Insert<T>]: Insert<T>[K] | FromParent<NonNullable<Insert<T>[K]>> };

/** What a factory makes its values from. */
export interface FactoryContext {
  /** The number of the row, from 1 on, of this factory and those derived from it. */
  readonly n: number;
  /** Values that look random, and are the same for the same number and seed. */
  readonly random: Random;
  /** The prefix, a few letters that no other run has, and the number: unique also in a database that other runs have filled. */
  unique(prefix: string): string;
}

/** Values of a row instead of those of the definition: given, or made for each row. */
export type Overrides<T extends AnyTable> = Partial<Definition<T>> | ((context: FactoryContext) => Partial<Definition<T>>);

/** How a factory begins. */
export interface FactoryOptions {
  /** Another seed gives other random values; default 1. */
  readonly seed?: number;
}

/** Makes rows of one table. */
export interface Factory<T extends AnyTable> {
  /** A row to insert, without a database. Throws `DATA_FACTORY` where the row needs one of another table. */
  make(overrides?: Overrides<T>): Insert<T>;
  /** Inserts a row, its parents first; gives it as it is stored. */
  create(db: Database, overrides?: Overrides<T>): Promise<Row<T>>;
  /** Inserts rows in as few statements as possible; gives them in order. */
  createMany(db: Database, count: number, overrides?: Overrides<T>): Promise<Row<T>[]>;
  /** A factory whose rows differ by this: a state, such as `const admins = userFactory.with({ role: 'admin' })`. Counts on with this one. */
  with(overrides: Overrides<T>): Factory<T>;
  /** A factory that runs `after` for each row it created, such as to create its children. */
  afterCreate(after: (row: Row<T>, db: Database) => unknown): Factory<T>;
  /** The same factory with a count of its own from 1 on and another seed. */
  seeded(seed: number): Factory<T>;
  /** For a definition: a value of a row that this factory creates, unless the caller gives the value. */
  ref<K extends keyof Row<T> & string>(column: K): FromParent<Row<T>[K]>;
}

/**
 * A factory of rows for tests and development. `define` says what a row is like; a column that the table requires and it leaves out, or
 * one that the table does not have, does not compile.
 *
 * @example
 * const userFactory = factory(users, ({ n }) => ({ email: `user${n}@example.org` }));
 * const postFactory = factory(posts, ({ n }) => ({ title: `Post ${n}`, authorId: userFactory.ref('id') }));
 * const post = await postFactory.create(db, { title: 'Hello' });
 */
export function factory<T extends AnyTable, D extends Definition<T>>(
  table: T,
  define: (context: FactoryContext) => D & { [K in Exclude<keyof D, keyof Insert<T>>]: never },
  options: FactoryOptions = {},
): Factory<T> {
  const { name } = infoOf(table);
  return new TableFactory<T>({ table, name, layers: [define as Layer], after: [], seed: options.seed ?? 1 }, { n: 0 });
}

type Values = Readonly<Record<string, unknown>>;
type Layer = Values | ((context: FactoryContext) => Values);

interface Plan<T extends AnyTable> {
  readonly table: T;
  readonly name: string;
  /** The definition, and what goes over it. */
  readonly layers: readonly Layer[];
  readonly after: readonly ((row: Row<T>, db: Database) => unknown)[];
  readonly seed: number;
}

// Letters that sort and read well in names and addresses.
const thisRun = randomBytes(5).toString('hex');

class TableFactory<T extends AnyTable> implements Factory<T> {
  constructor(
    private readonly plan: Plan<T>,
    private readonly count: { n: number },
  ) {}

  make(overrides: Overrides<T> = {}): Insert<T> {
    const values = this.#values(overrides);
    const [column, parent] = Object.entries(values).find(([, value]) => value instanceof FromParent) ?? [];
    if (parent !== undefined)
      throw DATA_ERRORS.FACTORY({
        table: this.plan.name,
        reason: `${column} comes from a row of ${(parent as FromParent<unknown>).table}, which only create() can insert`,
        cure: `Give a value: make({ ${column}: ... }), or use create(db).`,
      });
    return values as unknown as Insert<T>;
  }

  async create(db: Database, overrides: Overrides<T> = {}): Promise<Row<T>> {
    const [row] = await this.createMany(db, 1, overrides);
    return row!;
  }

  async createMany(db: Database, count: number, overrides: Overrides<T> = {}): Promise<Row<T>[]> {
    if (!Number.isInteger(count) || count < 0)
      throw DATA_ERRORS.FACTORY({ table: this.plan.name, reason: `the count is ${count}`, cure: 'Give a whole number from 0 on.' });
    if (count === 0) return [];
    return db.transaction(async () => {
      const rows: Values[] = [];
      for (let index = 0; index < count; index++) rows.push(await withParents(db, this.#values(overrides)));
      const created = await db.repository(this.plan.table).insertMany(rows as unknown as Insert<T>[]);
      for (const row of created) for (const after of this.plan.after) await after(row, db);
      return created;
    });
  }

  with(overrides: Overrides<T>): Factory<T> {
    return new TableFactory({ ...this.plan, layers: [...this.plan.layers, overrides as Layer] }, this.count);
  }

  afterCreate(after: (row: Row<T>, db: Database) => unknown): Factory<T> {
    return new TableFactory({ ...this.plan, after: [...this.plan.after, after] }, this.count);
  }

  seeded(seed: number): Factory<T> {
    return new TableFactory({ ...this.plan, seed }, { n: 0 });
  }

  ref<K extends keyof Row<T> & string>(column: K): FromParent<Row<T>[K]> {
    return new FromParent(this.plan.name, async (db) => (await this.create(db))[column]);
  }

  #values(overrides: Overrides<T>): Values {
    const n = ++this.count.n;
    const { seed, name } = this.plan;
    const context: FactoryContext = { n, random: createRandom(seed, `${name}/${n}`), unique: (prefix) => `${prefix}${thisRun}${n}` };
    const layers = [...this.plan.layers, overrides as Layer].map((layer) => (typeof layer === 'function' ? layer(context) : layer));
    // undefined in an override means the definition's value: `{ email: options.email }` is often written so.
    const given = layers.flatMap((layer) => Object.entries(layer).filter(([, value]) => value !== undefined));
    return Object.fromEntries(given);
  }
}

// A parent is asked for only if nothing was given instead of it.
async function withParents(db: Database, values: Values): Promise<Values> {
  const row: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(values)) row[column] = value instanceof FromParent ? await value.read(db) : value;
  return row;
}
