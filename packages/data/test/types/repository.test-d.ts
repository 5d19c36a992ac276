import { bigint, type Database, decimal, id, integer, json, one, table, text, timestamp } from '@plinth/data';
import { expectTypeOf } from 'vitest';

const owners = table('owners', { id: id(), label: text() });
const sales = table('sales', {
  id: id(),
  ownerId: integer(),
  region: text().nullable(),
  total: decimal(12, 2),
  units: bigint(),
  meta: json<{ dark: boolean }>(),
  at: timestamp(),
  version: integer().version(),
  deletedAt: timestamp().softDelete(),
});
declare const db: Database;

export async function check(): Promise<void> {
  const repository = db.repository(sales);
  expectTypeOf(await repository.findMany({ select: ['id', 'total'] })).toEqualTypeOf<{ id: number; total: string }[]>();
  const [joined] = await repository.findMany({ select: ['id'], with: { owner: one(owners, 'ownerId') } });
  expectTypeOf(joined!).toEqualTypeOf<{ id: number; owner: { id: number; label: string } }>();
  expectTypeOf((await repository.get(1)).deletedAt).toEqualTypeOf<Date | null>();
  expectTypeOf((await repository.get(1, { select: ['units'] })).units).toEqualTypeOf<bigint>();
  for await (const row of repository.iterate({ select: ['region'] })) expectTypeOf(row).toEqualTypeOf<{ region: string | null }>();

  const all = await repository.aggregate({ sum: ['units', 'total'], max: ['at'] });
  expectTypeOf(all.sum).toEqualTypeOf<{ readonly units: bigint | null; readonly total: string | null }>();
  expectTypeOf(all.max.at).toEqualTypeOf<Date | null>();
  const [group] = await repository.groupBy({ by: ['region'], avg: ['units'], orderBy: { count: 'desc' } });
  expectTypeOf(group!.by).toEqualTypeOf<{ readonly region: string | null }>();
  expectTypeOf(group!.avg.units).toEqualTypeOf<number | null>();

  await repository.update(1, { ownerId: { increment: 1 }, units: { increment: 1n }, version: 3 });
  await repository.findMany({ where: { meta: { path: ['dark'], eq: true } } });

  // @ts-expect-error a column that the table does not have
  await repository.findMany({ select: ['nope'] });
  // @ts-expect-error it was not selected
  void (await repository.get(1, { select: ['id'] })).total;
  // @ts-expect-error text has no increment
  await repository.update(1, { region: { increment: 1 } });
  // @ts-expect-error a bigint is incremented by a bigint
  await repository.update(1, { units: { increment: 1 } });
  // @ts-expect-error only columns of by, and count
  await repository.groupBy({ by: ['region'], orderBy: { total: 'asc' } });
  // @ts-expect-error json has no sum
  await repository.aggregate({ sum: ['meta'] });
  // @ts-expect-error a path is needed
  await repository.findMany({ where: { meta: { eq: true } } });
  // @ts-expect-error a lock is for update or share
  await repository.findMany({ lock: 'exclusive' });
}
