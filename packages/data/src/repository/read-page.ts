import { DATA_ERRORS } from '../errors.js';
import { type CursorList, readCursor, toCursor } from './cursor.js';
import { deletedOf } from './deleted.js';
import { countRows, findRows, type Projection, projectionOf, type ReadOptions, readRows, writeConditions } from './find-rows.js';
import { type OrderStep, readOrder, withTieBreaker, writeOrder } from './order.js';
import { checkLimit, defaultPageSize, largestPage, type OffsetPage, type Page, reverse, writeAfter } from './page.js';
import { loadRelations } from './load-relations.js';
import type { Relation } from './relations.js';
import type { TableContext } from './table-context.js';

type AnyRow = Record<string, unknown>;

/** A page by cursor. Throws `DATA_CURSOR` for a cursor of another list, and `DATA_LIMIT`. */
export async function readPage(
  context: TableContext,
  options: ReadOptions & { readonly after?: string | undefined; readonly before?: string | undefined },
): Promise<Page<AnyRow>> {
  const { after, before } = options;
  if (after !== undefined && before !== undefined) throw DATA_ERRORS.CURSOR({ reason: 'give after or before, not both' });
  const limit = checkLimit('limit', options.limit === undefined ? defaultPageSize : options.limit, 1, largestPage);
  const order = withTieBreaker(context.info, readOrder(context.info, options.orderBy));
  const steps = before === undefined ? order : reverse(order);
  const deleted = deletedOf(options);
  const list: CursorList = { info: context.info, steps: order, choice: [options.where ?? {}, deleted] };
  const { projection, surplus } = projectionFor(context, options, order);
  const head = `select ${projection.selection} from ${context.table}`;
  const writer = context.writer(head);
  writeConditions(writer, context, options.where, deleted);
  const cursor = after ?? before;
  if (cursor !== undefined) {
    writer.text += writer.text === head ? ' where ' : ' and ';
    writeAfter(writer, context, steps, readCursor(list, cursor));
  }
  writeOrder(writer, context, steps);
  // One more than asked for tells whether the list goes on.
  context.grammar.writeLimit(writer, limit + 1, undefined, true);
  const found = await readRows(context, writer.toStatement(context.bigints), projection, undefined);
  const more = found.length > limit;
  const rows = found.slice(0, limit);
  if (before !== undefined) rows.reverse();
  if (options.with !== undefined && rows.length > 0)
    await loadRelations(context.session, context.info, rows, options.with as Readonly<Record<string, Relation<unknown>>>);
  const [first, last] = [rows[0], rows.at(-1)];
  const hasAfter = before === undefined ? more : true;
  const hasBefore = before === undefined ? after !== undefined : more;
  const cursors = {
    ...(hasAfter && last !== undefined && { after: toCursor(list, last) }),
    ...(hasBefore && first !== undefined && { before: toCursor(list, first) }),
  };
  for (const row of rows) for (const property of surplus) delete row[property];
  return { rows, ...cursors };
}

/** The columns of a page: the selected ones, and for as long as it takes those that cursors and relations are made from. */
function projectionFor(
  context: TableContext,
  { select, with: relations }: ReadOptions,
  order: readonly OrderStep[],
): { readonly projection: Projection; readonly surplus: readonly string[] } {
  const asked = projectionOf(context, { select, with: relations });
  if (select === undefined) return { projection: asked, surplus: [] };
  const ordering = order.map(({ column }) => column.property);
  const surplus = [...asked.surplus, ...ordering].filter((property) => !select.includes(property));
  return { projection: projectionOf(context, { select: [...select, ...asked.surplus, ...ordering] }), surplus };
}

/** A page by offset, with the number of all rows that match. */
export async function readOffsetPage(context: TableContext, options: ReadOptions): Promise<OffsetPage<AnyRow>> {
  const limit = checkLimit('limit', options.limit === undefined ? defaultPageSize : options.limit, 0, largestPage);
  const offset = checkLimit('offset', options.offset === undefined ? 0 : options.offset, 0, Number.MAX_SAFE_INTEGER);
  const total = await countRows(context, options.where, options);
  const rows = limit === 0 || total <= offset ? [] : await findRows(context, { ...options, limit, offset });
  return { rows, total };
}
