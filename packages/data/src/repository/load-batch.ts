import { currentContext } from '@plinth/core';
import { compileSql, Sql } from '../sql/sql.js';
import { infoOf, type TableInfo } from '../table/table.js';
import { mayJoin, type OpenBatch, openBatch } from './call-batch.js';
import { attach, findFor, keyText, loadRelations } from './load-relations.js';
import { checkRelations, endsOf, type Relation, relationsOf } from './relations.js';
import type { TableContext } from './table-context.js';

type AnyRow = Record<string, unknown>;
type Relations = Readonly<Record<string, Relation<unknown> | undefined>>;

/**
 * Adds relations to rows, in place. Calls of one tick, in one request and transaction, that ask for the same relations of the same
 * table share their queries; each gets related rows of its own, and its own error.
 */
export function loadTogether(context: TableContext, rows: readonly AnyRow[], relations: Relations): Promise<void> {
  checkRelations(context.info, relations);
  const signature = signatureOf(relations);
  let table = batches.get(context);
  if (table === undefined) batches.set(context, (table = new Map()));
  let batch = table.get(signature);
  if (batch === undefined || !mayJoin(context.session, batch)) {
    batch = openBatch(context.session, new LoadBatch(context, relations, () => void table.delete(signature)));
    table.set(signature, batch);
  }
  return batch.add(rows);
}

const batches = new WeakMap<TableContext, Map<string, LoadBatch>>();

interface Call {
  readonly rows: readonly AnyRow[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class LoadBatch implements OpenBatch {
  readonly request: unknown = currentContext();
  readonly scope: object | undefined;
  readonly #calls: Call[] = [];

  constructor(
    private readonly context: TableContext,
    private readonly relations: Relations,
    private readonly done: () => void,
  ) {
    this.scope = context.session.scope();
  }

  add(rows: readonly AnyRow[]): Promise<void> {
    return new Promise((resolve, reject) => void this.#calls.push({ rows, resolve, reject }));
  }

  flush(): void {
    this.done();
    this.#run().catch((error: unknown) => {
      for (const call of this.#calls) call.reject(error);
    });
  }

  async #run(): Promise<void> {
    const { session, info } = this.context;
    const [only, second] = this.#calls;
    if (second === undefined) {
      await loadRelations(session, info, only!.rows, this.relations);
      return only!.resolve();
    }
    const all = this.#calls.flatMap((call) => call.rows);
    const found: [string, Relation<unknown>, ReadonlyMap<string, AnyRow[]>][] = [];
    for (const [name, relation] of relationsOf(this.relations))
      found.push([name, relation, await findFor(session, info, name, relation, all)]);
    this.#calls.forEach((call, index) => {
      try {
        for (const [name, relation, related] of found)
          attach(info, name, relation, call.rows, index === 0 ? related : copyFor(info, name, relation, call, related));
        call.resolve();
      } catch (error) {
        call.reject(error);
      }
    });
  }
}

/** Nobody sees what another caller does to a row: the related rows of a call, copied. */
function copyFor(info: TableInfo, name: string, relation: Relation<unknown>, { rows }: Call, related: ReadonlyMap<string, AnyRow[]>) {
  const { local } = endsOf(info, name, relation);
  const keys = new Set(rows.map((row) => keyText(row[local.property])));
  return new Map([...related].filter(([key]) => keys.has(key)).map(([key, list]) => [key, structuredClone(list)]));
}

/** A text that two `with` share when they ask for the same. */
function signatureOf(relations: Relations): string {
  const parts = relationsOf(relations).map(([name, { kind, target, local, foreign, through, options }]) => {
    const { with: nested, ...rest } = options;
    const join = through === undefined ? '' : [numberOf(infoOf(through.table)), through.from, through.to];
    return [name, kind, numberOf(infoOf(target)), local, foreign, join, rest, nested === undefined ? '' : signatureOf(nested as Relations)];
  });
  return JSON.stringify(parts, tell);
}

// Values that JSON would confuse with texts or leave out.
function tell(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  // Tables and columns in it look alike as JSON.
  if (given instanceof Sql) return { sql: compileSql(given, 'sqlite') };
  if (given instanceof Date) return { date: given.getTime() };
  if (typeof given === 'bigint') return { bigint: given.toString() };
  if (given instanceof Uint8Array) return { bytes: Buffer.from(given).toString('base64') };
  return given === undefined && !Array.isArray(this) ? { undefined: true } : value;
}

const numbers = new WeakMap<TableInfo, number>();
let tables = 0;

/** Tables of one name may differ; a number tells them apart. */
function numberOf(info: TableInfo): number {
  let number = numbers.get(info);
  if (number === undefined) numbers.set(info, (number = ++tables));
  return number;
}
