import { DATA_ERRORS } from '../errors.js';
import { readRow, readValue } from '../table/row-codec.js';
import { columnOf, infoOf, type TableColumn, type TableInfo } from '../table/table.js';
import { addWhere } from './compile-where.js';
import { hasBigints } from './insert-rows.js';
import { addOrder, readOrder } from './order.js';
import { endsOf, keyOf, type Relation } from './relations.js';
import { type Session, toStatement } from './session.js';

type AnyRow = Record<string, unknown>;

// Never a column's name: those are letters, digits and underscores.
const parentKey = 'plinth:parent';

/** Adds relations to rows, in place: one query per relation and level, whatever the number of rows. */
export async function loadRelations(
  session: Session,
  info: TableInfo,
  rows: readonly AnyRow[],
  relations: Readonly<Record<string, Relation<unknown>>>,
): Promise<void> {
  for (const [name, relation] of Object.entries(relations)) {
    const { local, foreign } = endsOf(info, name, relation);
    const keys = new Map(
      rows.flatMap((row) => (row[local.property] === null ? [] : [[keyText(row[local.property]), row[local.property]] as const])),
    );
    const found = keys.size === 0 ? [] : await findRelated(session, name, info, relation, foreign, [...keys.values()]);
    await loadNested(session, relation, found);
    attach(info, name, relation, rows, local, found);
  }
}

interface Related {
  readonly parent: string;
  readonly row: AnyRow;
}

async function findRelated(
  session: Session,
  name: string,
  of: TableInfo,
  relation: Relation<unknown>,
  foreign: TableColumn,
  keys: readonly unknown[],
): Promise<Related[]> {
  const info = infoOf(relation.target);
  const { knex, dialect } = session;
  const context = { info, dialect: dialect.name, knex, alias: info.name };
  const query = knex(info.name).select(info.columns.map((column) => `${info.name}.${column.name}`));
  let parentOf: TableInfo = info;
  if (relation.through !== undefined) {
    parentOf = infoOf(relation.through.table);
    const to = columnOf(parentOf, relation.through.to);
    // The joining table may be the target itself (friends of friends), so it gets a name of its own.
    query.join({ plinth_through: parentOf.name }, `plinth_through.${to.name}`, `${info.name}.${keyOf(info, name, of).name}`);
    query.select({ [parentKey]: `plinth_through.${foreign.name}` });
    addWhere(query, { [foreign.property]: { in: keys } }, { ...context, info: parentOf, alias: 'plinth_through' });
  } else {
    query.select({ [parentKey]: `${info.name}.${foreign.name}` });
    addWhere(query, { [foreign.property]: { in: keys } }, context);
  }
  if (relation.options.where !== undefined) addWhere(query, relation.options.where, context);
  addOrder(query, readOrder(info, relation.options.orderBy), context);
  const bigints = hasBigints(info) || foreign.codec.bigints === true;
  const { rows } = await session.run(toStatement(query, bigints));
  return rows.map((raw) => ({
    parent: keyText(readValue(parentOf, foreign, raw[parentKey], dialect.name)),
    row: readRow(info, raw, dialect.name),
  }));
}

async function loadNested(session: Session, relation: Relation<unknown>, found: readonly Related[]): Promise<void> {
  if (relation.options.with === undefined || found.length === 0) return;
  await loadRelations(
    session,
    infoOf(relation.target),
    found.map(({ row }) => row),
    relation.options.with,
  );
}

function attach(
  info: TableInfo,
  name: string,
  relation: Relation<unknown>,
  rows: readonly AnyRow[],
  local: TableColumn,
  found: readonly Related[],
): void {
  const byParent = new Map<string, AnyRow[]>();
  for (const { parent, row } of found) {
    const siblings = byParent.get(parent);
    if (siblings === undefined) byParent.set(parent, [row]);
    else siblings.push(row);
  }
  for (const row of rows) {
    const related = byParent.get(keyText(row[local.property])) ?? [];
    if (relation.kind === 'many' || relation.kind === 'many-to-many') row[name] = [...related];
    else if (related[0] !== undefined) row[name] = related[0];
    else if (relation.kind === 'maybe') row[name] = null;
    else throw DATA_ERRORS.RELATION({ relation: name, table: info.name, reason: 'a row refers to none; use maybe() where that may be so' });
  }
}

function keyText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}
