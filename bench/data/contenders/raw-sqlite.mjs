import Sqlite from 'better-sqlite3';
import { attachRelated, keysOf } from './attach-related.mjs';
import { prepareSqlite } from './prepare-sqlite.mjs';

const ARTICLE = 'id, author_id as authorId, title, body, published, views, created_at as createdAt';
const COMMENT = 'id, article_id as articleId, writer, body';

const toArticle = (row) => {
  row.published = row.published === 1;
  row.createdAt = new Date(row.createdAt);
  return row;
};

export async function open({ url }) {
  const db = prepareSqlite(new Sqlite(url));
  const find = db.prepare(`select ${ARTICLE} from articles where id = ?`);
  const list = db.prepare(`select ${ARTICLE} from articles where author_id = ? order by id limit 20`);
  const insert = db.prepare('insert into notes (author_id, body, pinned, created_at) values (?, ?, ?, ?)');
  const account = db.prepare('select id, owner, balance from accounts where id = ?');
  const update = db.prepare('update accounts set balance = ? where id = ?');
  const page = db.prepare(`select ${ARTICLE} from articles where id >= ? order by id limit ?`);
  const authors = db.prepare('select id, email, name from authors where id in (select value from json_each(?))');
  const tags = db.prepare(
    `select at.article_id as articleId, t.id, t.label from tags t join article_tags at on at.tag_id = t.id
     where at.article_id in (select value from json_each(?))`,
  );
  const comments = db.prepare(`select ${COMMENT} from comments where article_id in (select value from json_each(?))`);
  const bulk = db.prepare('insert into readings (id, device, metric, value, ok, taken_at) values (?, ?, ?, ?, ?, ?)');

  const updateOne = db.transaction((id, balance) => update.run(balance, id).changes);
  const three = db.transaction((id) => {
    update.run(account.get(id).balance + 1, id);
    return account.get(id);
  });
  const insertAll = db.transaction((rows) => {
    for (const row of rows) bulk.run(row.id, row.device, row.metric, row.value, row.ok ? 1 : 0, row.takenAt.toISOString());
  });

  return {
    findById: (id) => toArticle(find.get(id)),
    find20: (authorId) => list.all(authorId).map(toArticle),
    insert(note) {
      const { lastInsertRowid } = insert.run(note.authorId, note.body, note.pinned ? 1 : 0, note.createdAt.toISOString());
      return { id: lastInsertRowid, ...note };
    },
    updateInTransaction: (id, balance) => updateOne.immediate(id, balance),
    transactionOfThree: (id) => three.immediate(id),
    pageWithRelations(from, limit) {
      const articles = page.all(from, limit).map(toArticle);
      const { ids, authorIds } = keysOf(articles);
      const keys = JSON.stringify(ids);
      return attachRelated(articles, authors.all(JSON.stringify(authorIds)), tags.all(keys), comments.all(keys));
    },
    bulkInsert: (rows) => insertAll.immediate(rows),
    close: () => db.close(),
  };
}
