import { describe, expect, test } from 'vitest';
import { id, integer, text, timestamp, uuid } from '../table/columns.js';
import { table } from '../table/table.js';
import type { Dialect, Statement } from '../dialect/dialect.js';
import { Repository } from './repository.js';
import type { Session } from './session.js';

const items = table('items', {
  id: id(),
  name: text({ max: 20 }),
  stock: integer(),
  version: integer().version(),
  deletedAt: timestamp().softDelete(),
});
const keyed = table('keyed', { id: uuid().primary(), label: text() });

// No SQL Server is at hand in tests: what is sent to one is compared as text.
function recorder() {
  const sent: Statement[] = [];
  const session = {
    dialect: { name: 'mssql', variant: 'mssql', maxBindings: 2_100, keyIncrement: 1 } as unknown as Dialect,
    run: async (statement: Statement) => {
      sent.push(statement);
      const row = { id: 1, name: 'a', stock: 1, version: 1, deletedAt: null, label: 'l', rows: 1 };
      return { rows: [row], affected: 1, raw: undefined };
    },
    scope: () => ({}),
    transaction: (fn: () => Promise<unknown>) => fn(),
    now: () => new Date(0),
  } as unknown as Session;
  return { sent, repository: new Repository(session, items), keyed: new Repository(session, keyed), last: () => sent.at(-1)!.sql };
}

describe('statements for SQL Server', () => {
  test('reads page by OFFSET FETCH, lock by hints, and long lists are one value', async () => {
    const { repository, last } = recorder();
    await repository.findMany({ where: { name: { contains: '[%' } }, orderBy: { id: 'asc' }, limit: 2, offset: 4 });
    expect(last()).toBe(
      "select [id], [name], [stock], [version], [deleted_at] as [deletedAt] from [items] where [name] like @p1 escape '!' and [deleted_at] is null order by [items].[id] asc offset @p2 rows fetch next @p3 rows only",
    );
    await repository.findOne({ id: 1 }, { lock: 'update', skipLocked: true });
    expect(last()).toContain('from [items] with (updlock, rowlock, readpast) where [id] = @p1');
    expect(last()).toContain('order by (select null) offset @p2 rows fetch next @p3 rows only');
    await repository.count({ id: Array.from({ length: 5_000 }, (_, index) => index) });
    expect(last()).toMatch(/where \[id\] in \(select value from openjson\(@p1\) with \(value int\w* '\$'\)\)/);
  });

  test('writes give rows back by OUTPUT, and an upsert is a MERGE', async () => {
    const { repository, keyed, last } = recorder();
    await repository.insert({ name: 'a', stock: 1 });
    expect(last()).toBe('insert into [items] ([name], [stock], [version], [deleted_at]) output inserted.[id] values (@p1, @p2, @p3, @p4)');
    await repository.update(1, { stock: { increment: 1 } }, { version: 1 });
    expect(last()).toMatch(
      /^update \[items\] set \[stock\] = \[stock\] \+ @p1, \[version\] = \[version\] \+ 1 output inserted\.\[id\], .* where \[id\] = @p2 and \[deleted_at\] is null and \[version\] = @p3$/,
    );
    await keyed.upsert({ id: '0190a0a0-0000-7000-8000-000000000001', label: 'x' }).catch(() => undefined);
    expect(last()).toMatch(
      /^merge into \[keyed\] with \(holdlock\) as t using \(values \(@p1, @p2\)\) as s \(\[id\], \[label\]\) on t\.\[id\] = s\.\[id\] when matched then update set \[label\] = s\.\[label\] when not matched then insert .*;$/,
    );
  });
});
