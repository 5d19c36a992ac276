import type { Statement } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { type TableInfo, type TableColumn, infoOf } from '../table/table.js';
import { fetchRelated, type Related } from './fetch-related.js';
import { endsOf, type Relation, relationsOf } from './relations.js';
import type { Session } from './session.js';

type AnyRow = Record<string, unknown>;
type Relations = Readonly<Record<string, Relation<unknown> | undefined>>;

const anyRead: Statement = { sql: 'select 1', bindings: [], prepare: true };

/** Adds relations to rows, in place: one query per relation and level, whatever the number of rows. */
export async function loadRelations(session: Session, info: TableInfo, rows: readonly AnyRow[], relations: Relations): Promise<void> {
  // Reads that share a connection go out together; else each would take one of its own.
  if (session.dialect.pipelines?.(anyRead) === true && session.scope() === undefined) {
    const wanted = relationsOf(relations);
    const found = await Promise.all(wanted.map(([name, relation]) => findFor(session, info, name, relation, rows)));
    wanted.forEach(([name, relation], index) => attach(info, name, relation, rows, found[index]!));
    return;
  }
  for (const [name, relation] of relationsOf(relations))
    attach(info, name, relation, rows, await findFor(session, info, name, relation, rows));
}

/** The related rows of some rows, with what is nested in them, by the text of the parent's key. */
export async function findFor(
  session: Session,
  info: TableInfo,
  name: string,
  relation: Relation<unknown>,
  rows: readonly AnyRow[],
): Promise<ReadonlyMap<string, AnyRow[]>> {
  const { local, foreign } = endsOf(info, name, relation);
  const keys = new Map<string, unknown>();
  for (const row of rows) {
    const key = row[local.property];
    if (key === undefined)
      throw DATA_ERRORS.RELATION({ relation: name, table: info.name, reason: `the rows come without ${local.property}` });
    if (key !== null) keys.set(keyText(key), key);
  }
  const found: Related[] = keys.size === 0 ? [] : await fetchRelated(session, name, info, relation, foreign, [...keys.values()]);
  if (relation.options.with !== undefined && found.length > 0) {
    const children = found.map(({ row }) => row);
    await loadRelations(session, infoOf(relation.target), children, relation.options.with as Relations);
  }
  const byParent = new Map<string, AnyRow[]>();
  for (const { parent, row } of found) {
    const text = keyText(parent);
    const siblings = byParent.get(text);
    if (siblings === undefined) byParent.set(text, [row]);
    else siblings.push(row);
  }
  return byParent;
}

/** Puts related rows into rows. Throws `DATA_RELATION` where one() finds none. */
export function attach(
  info: TableInfo,
  name: string,
  relation: Relation<unknown>,
  rows: readonly AnyRow[],
  byParent: ReadonlyMap<string, AnyRow[]>,
): void {
  const local: TableColumn = endsOf(info, name, relation).local;
  const many = relation.kind === 'many' || relation.kind === 'many-to-many';
  for (const row of rows) {
    const related = byParent.get(keyText(row[local.property])) ?? none;
    if (many) row[name] = related.slice();
    else if (related[0] !== undefined) row[name] = related[0];
    else if (relation.kind === 'maybe') row[name] = null;
    else throw DATA_ERRORS.RELATION({ relation: name, table: info.name, reason: 'a row refers to none; use maybe() where that may be so' });
  }
}

const none: readonly AnyRow[] = [];

/** A key as a text that is the same for the same value. */
export function keyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}
