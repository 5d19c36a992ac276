import type { SqlWriter } from '../sql/sql-writer.js';
import { readValue } from '../table/row-codec.js';
import { columnOf, infoOf, type TableColumn, type TableInfo } from '../table/table.js';
import { bindValue, writeWhere } from './compile-where.js';
import { writeDeleted } from './deleted.js';
import { readOrder, writeOrder } from './order.js';
import { checkLimit } from './page.js';
import { keyOf, type Relation } from './relations.js';
import type { Session } from './session.js';
import { contextOf, type Names, type TableContext } from './table-context.js';

type AnyRow = Record<string, unknown>;

/** A related row, and the key of the row that it belongs to. */
export interface Related {
  readonly parent: unknown;
  readonly row: AnyRow;
}

// Never columns' names: those are letters, digits and underscores.
const parentKey = 'plinth:parent';
const rank = 'plinth:rank';
// A list of more keys is a long text on MySQL, and too many values elsewhere; one bound value on PostgreSQL.
const mostKeys = 10_000;

/** The related rows of parents with these keys, in order: one query, and one more for each further 10,000 keys. */
export async function fetchRelated(
  session: Session,
  name: string,
  of: TableInfo,
  relation: Relation<unknown>,
  foreign: TableColumn,
  keys: readonly unknown[],
): Promise<Related[]> {
  const query = new RelatedQuery(session, name, of, relation, foreign);
  const size = session.dialect.name === 'postgres' ? keys.length : mostKeys;
  const found: Related[] = [];
  for (let start = 0; start < keys.length; start += size) {
    // One by one: a spread of a long list is a call with too many arguments.
    for (const related of await query.run(keys.slice(start, start + size))) found.push(related);
  }
  return found;
}

class RelatedQuery {
  readonly #context: TableContext;
  readonly #parentContext: TableContext;
  readonly #parentNames: Names;

  constructor(
    session: Session,
    private readonly name: string,
    private readonly of: TableInfo,
    private readonly relation: Relation<unknown>,
    private readonly foreign: TableColumn,
  ) {
    const { through, target } = relation;
    this.#context = contextOf(session, infoOf(target));
    // The joining table may be the target itself (friends of friends), so it gets a name of its own.
    this.#parentContext = through === undefined ? this.#context : contextOf(session, infoOf(through.table));
    this.#parentNames =
      through === undefined ? this.#context.qualified : this.#parentContext.named(this.#context.grammar.quote('plinth_through'));
  }

  run(keys: readonly unknown[]): Promise<Related[]> {
    const writer = this.#write(keys);
    const parent = this.#parentContext;
    const context = this.#context;
    const { foreign, relation } = this;
    const statement = writer.toStatement(context.bigints || foreign.codec.bigints === true);
    return context.session.run(statement, ({ rows }) =>
      rows.map((raw) => {
        // A copy has the layout of objects made in JavaScript, which those of SQLite's drivers lack: they are slow to add relations to.
        const { [parentKey]: key, [rank]: _rank, ...own } = raw;
        const row = context.read(own);
        if (relation.through !== undefined) return { parent: readValue(parent.info, foreign, key, parent.dialectName), row };
        return { parent: row[foreign.property], row };
      }),
    );
  }

  #write(keys: readonly unknown[]): SqlWriter {
    const context = this.#context;
    const { limit, orderBy } = this.relation.options;
    const steps = readOrder(context.info, orderBy);
    const parent = `${this.#parentNames.get(this.foreign)} as ${context.grammar.quote(parentKey)}`;
    const own = context.selectionOf(context.info.columns, `${context.table}.`);
    // A row itself says whose it is, unless it is joined.
    const selection = this.relation.through === undefined ? own : `${own}, ${parent}`;
    if (limit === undefined) {
      const writer = context.writer(`select ${selection}`);
      this.#writeFrom(writer, keys);
      writeOrder(writer, context, steps);
      return writer;
    }
    checkLimit('limit', limit, 1, 2 ** 31 - 1);
    const writer = context.writer(
      `select * from (select ${selection}, row_number() over (partition by ${this.#parentNames.get(this.foreign)}`,
    );
    if (steps.length > 0) writeOrder(writer, context, steps);
    // Rows without an order have one all the same, so that the choice does not change from call to call.
    else writer.text += this.#keyOrder();
    writer.text += `) as ${context.grammar.quote(rank)}`;
    this.#writeFrom(writer, keys);
    const ranked = context.grammar.quote(rank);
    writer.text += `) ${context.grammar.quote('plinth_ranked')} where ${ranked} <= `;
    writer.bind(limit);
    writer.text += ` order by ${ranked}`;
    return writer;
  }

  #keyOrder(): string {
    const { info, qualified } = this.#context;
    const columns = info.primary.length > 0 ? info.primary : info.columns.slice(0, 1);
    return ` order by ${columns.map((column) => qualified.get(column)).join(', ')}`;
  }

  #writeFrom(writer: SqlWriter, keys: readonly unknown[]): void {
    const context = this.#context;
    const parent = this.#parentContext;
    const { through, options } = this.relation;
    writer.text += ` from ${context.table}`;
    if (through !== undefined) {
      const to = this.#parentNames.get(columnOf(parent.info, through.to));
      const own = context.qualified.get(keyOf(context.info, this.name, this.of));
      writer.text += ` join ${parent.table} as ${context.grammar.quote('plinth_through')} on ${to} = ${own}`;
    }
    writer.text += ' where ';
    const bound = keys.map((key) => bindValue(parent, this.foreign, key));
    context.grammar.writeList(writer, this.foreign, this.#parentNames.get(this.foreign)!, bound, false);
    if (through !== undefined) writeDeleted(writer, parent, 'without', ' and ', this.#parentNames);
    if (options.where !== undefined && Object.keys(options.where).length > 0) {
      writer.text += ' and ';
      writeWhere({ writer, context, names: context.qualified }, options.where);
    }
    writeDeleted(writer, context, 'without', ' and ', context.qualified);
  }
}
