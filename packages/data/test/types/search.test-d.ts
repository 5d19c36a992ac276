import { type Database, id, integer, table, text } from '@plinth/data';
import { expectTypeOf } from 'vitest';

const posts = table('posts', { id: id(), title: text(), body: text(), views: integer() }, { fullText: [['title', 'body']] });
declare const db: Database;

export async function check(): Promise<void> {
  const repository = db.repository(posts);
  await repository.findMany({ where: { $search: 'words', views: { gt: 1 } }, orderBy: 'rank' });
  await repository.count({ or: [{ $search: { for: 'words', in: ['title', 'body'], prefix: true } }, { views: 0 }] });
  const page = await repository.page({ where: { $search: 'words' }, select: ['title'], orderBy: { id: 'desc' } });
  expectTypeOf(page.rows).toEqualTypeOf<{ title: string }[]>();
  const numbered = await repository.offsetPage({ where: { $search: 'words' }, orderBy: 'rank', select: ['id', 'views'] });
  expectTypeOf(numbered.rows).toEqualTypeOf<{ id: number; views: number }[]>();
  await repository.groupBy({ by: ['title'], having: { count: { gte: 2 }, sum: { views: { lt: 10 } }, max: { body: { ne: 'x' } } } });
  // @ts-expect-error: no column of the table
  await repository.findMany({ where: { $search: { for: 'words', in: ['titel'] } } });
  // @ts-expect-error: a search is text
  await repository.findMany({ where: { $search: 1 } });
  // @ts-expect-error: a rank makes no cursor
  await repository.page({ where: { $search: 'words' }, orderBy: 'rank' });
  // @ts-expect-error: counts are numbers
  await repository.groupBy({ by: ['title'], having: { count: { gte: '2' } } });
  // @ts-expect-error: no column of the table
  table('x', { id: id(), a: text() }, { fullText: [['b']] });
}
