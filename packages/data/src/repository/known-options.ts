import { DATA_ERRORS } from '../errors.js';
import type { TableInfo } from '../table/table.js';

const reads = ['where', 'orderBy', 'select', 'with', 'withDeleted', 'onlyDeleted'];
const locks = ['lock', 'skipLocked', 'noWait'];
const sums = ['where', 'withDeleted', 'onlyDeleted', 'count', 'sum', 'avg', 'min', 'max'];

const known = {
  'find()': setOf('with', 'select', 'withDeleted', 'onlyDeleted', ...locks),
  'findOne()': setOf('orderBy', 'with', 'select', 'withDeleted', 'onlyDeleted', ...locks),
  'findMany()': setOf(...reads, ...locks, 'limit', 'offset'),
  'iterate()': setOf('where', 'orderBy', 'select', 'withDeleted', 'onlyDeleted', 'batch'),
  'exists()': setOf('withDeleted', 'onlyDeleted'),
  'count()': setOf('withDeleted', 'onlyDeleted'),
  'aggregate()': setOf(...sums),
  'groupBy()': setOf(...sums, 'by', 'having', 'orderBy', 'limit'),
  'page()': setOf(...reads, 'limit', 'after', 'before'),
  'offsetPage()': setOf(...reads, 'limit', 'offset'),
  'upsert()': setOf('on', 'update'),
  'upsertMany()': setOf('on', 'update'),
  'update()': setOf('version'),
  'delete()': setOf('version'),
};

/**
 * Throws `DATA_OPTION` for an option that the method does not know: `findMany({ wher: … })` would give every row. What is undefined was
 * not given.
 */
export function checkOptions(info: TableInfo, operation: keyof typeof known, options: object): void {
  const names = known[operation];
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || names.has(option)) continue;
    throw DATA_ERRORS.OPTION({ operation, table: info.name, option: option.slice(0, 64), known: [...names].join(', ') });
  }
}

function setOf(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names);
}
