import mysql from 'mysql2/promise';
import { attachRelated, keysOf } from './attach-related.mjs';

const ARTICLE = 'id, author_id as authorId, title, body, published, views, created_at as createdAt';
const COMMENT = 'id, article_id as articleId, writer, body';
const marks = (list) => list.map(() => '?').join(', ');

const toArticle = (row) => {
  row.published = row.published === 1;
  return row;
};

export async function open({ url, connections }) {
  const pool = mysql.createPool({ uri: url, connectionLimit: connections, timezone: 'Z' });
  // execute() prepares each statement once per connection.
  const run = async (sql, values) => (await pool.execute(sql, values))[0];

  async function inTransaction(fn) {
    const connection = await pool.getConnection();
    try {
      await connection.beginTransaction();
      const result = await fn(connection);
      await connection.commit();
      return result;
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      connection.release();
    }
  }

  const update = (connection, id, balance) => connection.execute('update accounts set balance = ? where id = ?', [balance, id]);
  const account = async (connection, id) => (await connection.execute('select id, owner, balance from accounts where id = ?', [id]))[0][0];

  return {
    findById: async (id) => toArticle((await run(`select ${ARTICLE} from articles where id = ?`, [id]))[0]),
    find20: async (authorId) =>
      (await run(`select ${ARTICLE} from articles where author_id = ? order by id limit 20`, [authorId])).map(toArticle),
    async insert(note) {
      const values = [note.authorId, note.body, note.pinned, note.createdAt];
      const { insertId } = await run('insert into notes (author_id, body, pinned, created_at) values (?, ?, ?, ?)', values);
      return { id: insertId, ...note };
    },
    updateInTransaction: (id, balance) => inTransaction(async (connection) => (await update(connection, id, balance))[0].affectedRows),
    transactionOfThree: (id) =>
      inTransaction(async (connection) => {
        const { balance } = await account(connection, id);
        await update(connection, id, balance + 1);
        return account(connection, id);
      }),
    async pageWithRelations(from, limit) {
      const articles = (await run(`select ${ARTICLE} from articles where id >= ? order by id limit ?`, [from, String(limit)])).map(
        toArticle,
      );
      const { ids, authorIds } = keysOf(articles);
      const related = await Promise.all([
        run(`select id, email, name from authors where id in (${marks(authorIds)})`, authorIds),
        run(
          `select at.article_id as articleId, t.id, t.label from tags t join article_tags at on at.tag_id = t.id where at.article_id in (${marks(ids)})`,
          ids,
        ),
        run(`select ${COMMENT} from comments where article_id in (${marks(ids)})`, ids),
      ]);
      return attachRelated(articles, ...related);
    },
    async bulkInsert(rows) {
      const values = [];
      for (const row of rows) values.push([row.id, row.device, row.metric, row.value, row.ok, row.takenAt]);
      await pool.query('insert into readings (id, device, metric, value, ok, taken_at) values ?', [values]);
    },
    close: () => pool.end(),
  };
}
