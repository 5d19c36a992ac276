import { currentContext } from '@plinth/core';
import type { Result } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { checkValue, describeType, toDriver } from '../table/row-codec.js';
import type { TableColumn } from '../table/table.js';
import { mayJoin, type OpenBatch, openBatch } from './call-batch.js';
import type { TableContext } from './table-context.js';

type AnyRow = Record<string, unknown>;

/** The columns of the primary key. Throws `DATA_PRIMARY_KEY` where there is none. */
export function keyFor({ info }: TableContext, operation: string): readonly TableColumn[] {
  if (info.primary.length === 0) throw DATA_ERRORS.PRIMARY_KEY({ operation, table: info.name, reason: 'it has none' });
  return info.primary;
}

/** The values of a primary key as the driver binds them. Throws `DATA_PRIMARY_KEY`, `DATA_FILTER_UNDEFINED`, `DATA_VALUE`. */
export function bindKey(context: TableContext, operation: string, id: unknown): unknown[] {
  const { info, dialectName } = context;
  const key = keyFor(context, operation);
  if (key.length === 1) {
    if (id === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: info.name, path: `id.${key[0]!.property}` });
    return [toDriver(key[0]!, checkValue(info, key[0]!, id), dialectName)];
  }
  if (typeof id !== 'object' || id === null) {
    const names = key.map((column) => column.property).join(', ');
    throw DATA_ERRORS.PRIMARY_KEY({ operation, table: info.name, reason: `an object with ${names} is expected, not ${describeType(id)}` });
  }
  return key.map((column) => {
    const value = (id as AnyRow)[column.property];
    if (value === undefined) throw DATA_ERRORS.FILTER_UNDEFINED({ table: info.name, path: `id.${column.property}` });
    return toDriver(column, checkValue(info, column, value), dialectName);
  });
}

/** ` where "id" = $n`, and that the row is not deleted. `first`: the number of its first placeholder. */
export function keyCondition(context: TableContext, first: number, deleted: 'without' | 'with' | 'only' = 'without'): string {
  const { info, grammar } = context;
  const parts = info.primary.map((column, index) => `${context.name(column)} = ${grammar.place(first + index)}`);
  if (info.softDelete !== undefined && deleted !== 'with')
    parts.push(`${context.name(info.softDelete)} is ${deleted === 'only' ? 'not ' : ''}null`);
  return ` where ${parts.join(' and ')}`;
}

/** The row with this primary key. On PostgreSQL and MariaDB the calls of one tick, in one request and transaction, become one query. */
export function findByKey(context: TableContext, bound: readonly unknown[]): Promise<AnyRow | undefined> {
  if (!isBatched(context)) return findAlone(context, bound);
  let batch = batches.get(context);
  if (batch === undefined || batch.size >= mostKeys || !mayJoin(context.session, batch)) {
    batch = openBatch(context.session, new KeyBatch(context));
    batches.set(context, batch);
  }
  return batch.add(bound[0]);
}

/** Servers only; and keys that compare in JavaScript as they do in the database, whatever its collation. */
function isBatched({ dialectName, info: { primary } }: TableContext): boolean {
  if (dialectName !== 'postgres' && dialectName !== 'mysql') return false;
  return primary.length === 1 && exactTypes.has(primary[0]!.codec.type);
}

const exactTypes = new Set(['uuid', 'integer', 'smallint', 'bigint']);

// Of more keys the answer would be long to wait for.
const mostKeys = 1_000;
const batches = new WeakMap<TableContext, KeyBatch>();

function findAlone(context: TableContext, bindings: readonly unknown[]): Promise<AnyRow | undefined> {
  return context.send(findStatement(context, bindings), context.readFirst);
}

function findStatement(context: TableContext, bindings: readonly unknown[]) {
  const sql = context.text('find', () => context.select + keyCondition(context, 1));
  return { sql, bindings, bigints: context.bigints, prepare: true };
}

interface Caller {
  readonly resolve: (row: AnyRow | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Finds by key of one tick. */
class KeyBatch implements OpenBatch {
  readonly request: unknown = currentContext();
  readonly scope: object | undefined;
  readonly #keys: unknown[] = [];
  readonly #callers: Caller[] = [];

  constructor(private readonly context: TableContext) {
    this.scope = context.session.scope();
  }

  get size(): number {
    return this.#keys.length;
  }

  add(key: unknown): Promise<AnyRow | undefined> {
    this.#keys.push(key);
    return new Promise((resolve, reject) => void this.#callers.push({ resolve, reject }));
  }

  flush(): void {
    const { context } = this;
    if (batches.get(context) === this) batches.delete(context);
    // Straight to the session: sending through the context would flush the others first.
    const statement = this.size === 1 ? findStatement(context, this.#keys) : this.#findAll();
    context.session.run(statement).then(
      (result) => this.#answer(result),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    for (const caller of this.#callers) caller.reject(error);
  }

  #findAll() {
    const { context } = this;
    const writer = context.writer(`${context.select} where `);
    const [key] = context.info.primary;
    context.grammar.writeList(writer, key!, context.name(key!), [...new Set(this.#keys)], false);
    if (context.info.softDelete !== undefined) writer.text += ` and ${context.name(context.info.softDelete)} is null`;
    return writer.toStatement(context.bigints);
  }

  #answer({ rows }: Result): void {
    try {
      if (this.size === 1) this.#callers[0]!.resolve(rows.length === 0 ? undefined : this.context.read(rows[0]!));
      else this.#share(rows as readonly AnyRow[]);
    } catch (error) {
      this.#fail(error);
    }
  }

  #share(rows: readonly AnyRow[]): void {
    const { context } = this;
    const key = context.info.primary[0]!;
    const found = new Map(rows.map((raw) => [boundKey(key, raw[key.property], context), { raw, taken: false }]));
    this.#callers.forEach((caller, index) => {
      const entry = found.get(this.#keys[index]);
      if (entry === undefined) return caller.resolve(undefined);
      try {
        // A value that cannot be read concerns its own caller; and nobody sees what another one does to a row.
        const row = entry.taken ? entry.raw : context.read(entry.raw);
        caller.resolve(entry.taken ? structuredClone(row) : row);
        entry.taken = true;
      } catch (error) {
        caller.reject(error);
      }
    });
  }
}

function boundKey(column: TableColumn, raw: unknown, { info, dialectName }: TableContext): unknown {
  const value = column.codec.fromDriver(raw, dialectName);
  if (value === undefined) throw DATA_ERRORS.STORED_VALUE({ table: info.name, column: column.name, expected: `a ${column.codec.type}` });
  return toDriver(column, value, dialectName);
}
