import { DATA_ERRORS } from '../errors.js';
import { longestCursor } from '../repository/cursor.js';
import type { OrderTerm, Where } from '../repository/where.js';
import { checkValue } from '../table/row-codec.js';
import type { TableSchema } from '../table/table-schema.js';
import { type AnyTable, columnOf, infoOf, type TableColumn, type TableInfo } from '../table/table.js';
import type { Plain } from '../table/types.js';
import type { FilterDeclaration, FilterOperator, FilterParameters, FilterQuery } from './filter-types.js';

/** What a checked query asks for: options of `findMany`, and of `page` where the filter has a cursor. */
export interface FilterOptions<T extends AnyTable> {
  readonly where: Where<T>;
  readonly orderBy: readonly OrderTerm<T>[];
  readonly limit: number;
  readonly after?: string;
  readonly before?: string;
}

/** A filter that clients fill in: the JSON Schema of a contract's query, and what a query of it asks of the repository. */
export interface TableFilter<T extends AnyTable, Q> {
  readonly schema: TableSchema<Q>;
  /** Throws `DATA_VALUE`, `DATA_OUT_OF_RANGE` or `DATA_TOO_LONG` for a value that its column does not take, `DATA_ORDER` for a column named twice. */
  read(query: Q): FilterOptions<T>;
}

/** One parameter of the query that stands for a condition. */
interface Parameter {
  readonly name: string;
  readonly column: TableColumn;
  readonly operator: FilterOperator;
}

const longestList = 100;
const longestText = 1_000;
const defaultLimit = 20;
const largestLimit = 1_000;
const ownParameters: ReadonlySet<string> = new Set<keyof FilterParameters<string>>(['sort', 'limit', 'cursor']);
const operators: ReadonlySet<string> = new Set<FilterOperator>([
  ...(['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte'] as const),
  ...(['contains', 'startsWith', 'endsWith', 'isNull'] as const),
]);

/**
 * Declares what clients may filter, sort and limit by; nothing else reaches the database, and every value is checked against its column.
 * `eq` is the column's own name in the query, the others follow it after a dot: `?status=open&createdAt.gte=2026-01-01T00:00:00Z`.
 * Throws `DATA_FILTER` for a declaration that cannot work.
 *
 * @example
 * const orderFilter = filterOf(orders, { status: ['eq', 'in'], createdAt: ['gte', 'lt'], sort: ['createdAt'], limit: 100 });
 */
export function filterOf<T extends AnyTable, const F extends FilterDeclaration<T>>(
  table: T,
  declaration: F,
): TableFilter<T, Plain<FilterQuery<T, F>>> {
  const info = infoOf(table);
  const own: FilterParameters<string> = declaration;
  const parameters = readParameters(info, declaration);
  const sorts = readSorts(info, own.sort ?? []);
  const limits = readLimits(info, own.limit);
  const schema = {
    type: 'object',
    properties: {
      ...Object.fromEntries(parameters.map((parameter) => [parameter.name, schemaOf(parameter)])),
      ...(own.sort !== undefined && { sort: sortSchema(sorts) }),
      ...(own.limit !== undefined && { limit: { type: 'integer', minimum: 1, maximum: limits.max, default: limits.default } }),
      ...(own.cursor === true && { after: cursorSchema, before: cursorSchema }),
    },
    required: [],
    additionalProperties: false,
  };
  return Object.freeze({
    schema: schema as never,
    read: (query: object) => readOptions(info, parameters, sorts, limits, own, query as Readonly<Record<string, unknown>>) as never,
  });
}

function readParameters(info: TableInfo, declaration: object): Parameter[] {
  return Object.entries(declaration as Readonly<Record<string, unknown>>)
    .filter(([property]) => !ownParameters.has(property))
    .flatMap(([property, given]) => {
      const column = columnOf(info, property);
      if (!Array.isArray(given) || given.length === 0) throw refuse(info, `${property} names no operators`);
      return given.map((operator: unknown) => {
        const unfit = faultOf(column, operator);
        if (unfit !== undefined) throw refuse(info, `${property} cannot be asked for ${String(operator)}: ${unfit}`);
        return { name: operator === 'eq' ? property : `${property}.${String(operator)}`, column, operator: operator as FilterOperator };
      });
    });
}

function faultOf(column: TableColumn, operator: unknown): string | undefined {
  if (typeof operator !== 'string' || !operators.has(operator)) return `known are ${[...operators].join(', ')}`;
  if (ownParameters.has(column.property) || column.property === 'after' || column.property === 'before')
    return 'its name is that of a parameter';
  if (operator === 'isNull') return column.nullable ? undefined : 'the column is never null';
  if (!column.codec.ordered) return `a ${column.codec.type} column can only be asked for isNull`;
  if (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') {
    return column.codec.textual === true ? undefined : 'the column is not text()';
  }
  return undefined;
}

function readSorts(info: TableInfo, properties: readonly string[]): ReadonlyMap<string, object> {
  const sorts = new Map<string, object>();
  for (const property of properties) {
    const column = columnOf(info, property);
    if (!column.codec.ordered) throw refuse(info, `a ${column.codec.type} column such as ${property} has no order`);
    sorts.set(property, { [property]: 'asc' }).set(`-${property}`, { [property]: 'desc' });
  }
  return sorts;
}

function readLimits(info: TableInfo, given: FilterParameters<string>['limit']): { readonly max: number; readonly default: number } {
  const max = typeof given === 'object' ? given.max : (given ?? defaultLimit);
  const chosen = (typeof given === 'object' ? given.default : undefined) ?? Math.min(defaultLimit, max);
  const valid = (limit: number, most: number): boolean => Number.isInteger(limit) && limit >= 1 && limit <= most;
  if (!valid(max, largestLimit) || !valid(chosen, max))
    throw refuse(info, `limit is not from 1 to ${largestLimit}, or its default is above it`);
  return { max, default: chosen };
}

function schemaOf({ column, operator }: Parameter): object {
  const schema = column.codec.jsonSchema;
  if (operator === 'isNull') return { type: 'boolean' };
  if (operator === 'in' || operator === 'notIn') return { type: 'array', items: bounded(schema), minItems: 1, maxItems: longestList };
  return bounded(schema);
}

/** A text without a limit of its own gets one: nobody types more into a filter. */
function bounded(schema: Readonly<Record<string, unknown>>): object {
  const open = schema['type'] === 'string' && !['maxLength', 'pattern', 'format', 'enum'].some((keyword) => keyword in schema);
  return open ? { ...schema, maxLength: longestText } : schema;
}

function sortSchema(sorts: ReadonlyMap<string, object>): object {
  return { type: 'array', items: { type: 'string', enum: [...sorts.keys()] }, minItems: 1, maxItems: Math.max(1, sorts.size / 2) };
}

const cursorSchema = { type: 'string', minLength: 1, maxLength: longestCursor };

function readOptions(
  info: TableInfo,
  parameters: readonly Parameter[],
  sorts: ReadonlyMap<string, object>,
  limits: { readonly max: number; readonly default: number },
  own: FilterParameters<string>,
  query: Readonly<Record<string, unknown>>,
): object {
  const where: Record<string, Record<string, unknown>> = {};
  const nulls: object[] = [];
  for (const { name, column, operator } of parameters) {
    const given = Object.hasOwn(query, name) ? query[name] : undefined;
    if (given === undefined) continue;
    const value = operandOf(info, column, operator, given);
    if (operator === 'isNull') nulls.push({ [column.property]: value === true ? null : { ne: null } });
    else (where[column.property] ??= {})[operator] = value;
  }
  const limit = own.limit === undefined ? undefined : query['limit'];
  return {
    where: nulls.length === 0 ? where : { ...where, and: nulls },
    orderBy: own.sort === undefined ? [] : readOrder(info, sorts, query['sort']),
    limit: limit === undefined ? limits.default : checkLimit(limit, limits.max),
    ...(own.cursor === true && typeof query['after'] === 'string' && { after: query['after'] }),
    ...(own.cursor === true && typeof query['before'] === 'string' && { before: query['before'] }),
  };
}

function operandOf(info: TableInfo, column: TableColumn, operator: FilterOperator, given: unknown): unknown {
  if (operator === 'isNull') {
    if (typeof given === 'boolean') return given;
    throw DATA_ERRORS.FILTER_OPERATOR({ table: info.name, column: column.property, reason: 'isNull takes true or false' });
  }
  // A part of a text is text of any length; the column's own limit is for whole values.
  if (operator === 'contains' || operator === 'startsWith' || operator === 'endsWith') return given;
  const read = (value: unknown): unknown => checkValue(info, column, column.codec.fromJson?.(value) ?? value);
  if (operator !== 'in' && operator !== 'notIn') return read(given);
  if (!Array.isArray(given))
    throw DATA_ERRORS.FILTER_OPERATOR({ table: info.name, column: column.property, reason: `${operator} takes a list` });
  return given.map(read);
}

function readOrder(info: TableInfo, sorts: ReadonlyMap<string, object>, given: unknown): object[] {
  if (given === undefined) return [];
  const seen = new Set<string>();
  return (Array.isArray(given) ? given : [given]).map((term: unknown) => {
    const step = sorts.get(String(term));
    const property = String(term).replace(/^-/, '').slice(0, 64);
    const reason = step === undefined ? 'it is not offered' : seen.has(property) ? 'it is named twice' : undefined;
    if (reason !== undefined) throw DATA_ERRORS.ORDER({ table: info.name, order: JSON.stringify(property), reason });
    seen.add(property);
    return step!;
  });
}

function checkLimit(given: unknown, max: number): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= max) return given;
  throw DATA_ERRORS.LIMIT({ name: 'limit', given: typeof given === 'number' ? given : `a ${typeof given}`, min: 1, max });
}

function refuse(info: TableInfo, reason: string): Error {
  return DATA_ERRORS.FILTER({ table: info.name, reason });
}
