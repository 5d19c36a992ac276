import pg from 'pg';
import { attachRelated, keysOf } from './attach-related.mjs';

const ARTICLE = 'id, author_id as "authorId", title, body, published, views, created_at as "createdAt"';
const COMMENT = 'id, article_id as "articleId", writer, body';

// A name makes pg prepare the statement once per connection.
const find = { name: 'find', text: `select ${ARTICLE} from articles where id = $1` };
const list = { name: 'list', text: `select ${ARTICLE} from articles where author_id = $1 order by id limit 20` };
const insert = { name: 'insert', text: 'insert into notes (author_id, body, pinned, created_at) values ($1, $2, $3, $4) returning id' };
const account = { name: 'account', text: 'select id, owner, balance from accounts where id = $1' };
const update = { name: 'update', text: 'update accounts set balance = $2 where id = $1' };
const page = { name: 'page', text: `select ${ARTICLE} from articles where id >= $1 order by id limit $2` };
const authors = { name: 'authors', text: 'select id, email, name from authors where id = any($1)' };
const tags = {
  name: 'tags',
  text: 'select at.article_id as "articleId", t.id, t.label from tags t join article_tags at on at.tag_id = t.id where at.article_id = any($1)',
};
const comments = { name: 'comments', text: `select ${COMMENT} from comments where article_id = any($1)` };
const bulk = {
  name: 'bulk',
  text: `insert into readings (id, device, metric, value, ok, taken_at)
    select * from unnest($1::int[], $2::text[], $3::text[], $4::float8[], $5::bool[], $6::timestamptz[])`,
};
const world = { name: 'world', text: 'select id, random_number as "randomNumber" from worlds where id = $1' };
const updateWorld = { name: 'updateWorld', text: 'update worlds set random_number = $2 where id = $1' };
const fortunes = { name: 'fortunes', text: 'select id, message from fortunes' };

export async function open({ url, connections }) {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const run = async (statement, ...values) => (await pool.query({ ...statement, values })).rows;

  async function inTransaction(fn) {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const result = await fn(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  return {
    findById: async (id) => (await run(find, id))[0],
    find20: (authorId) => run(list, authorId),
    async insert(note) {
      const [row] = await run(insert, note.authorId, note.body, note.pinned, note.createdAt);
      return { id: row.id, ...note };
    },
    updateInTransaction: (id, balance) =>
      inTransaction(async (client) => (await client.query({ ...update, values: [id, balance] })).rowCount),
    transactionOfThree: (id) =>
      inTransaction(async (client) => {
        const { rows } = await client.query({ ...account, values: [id] });
        await client.query({ ...update, values: [id, rows[0].balance + 1] });
        return (await client.query({ ...account, values: [id] })).rows[0];
      }),
    async pageWithRelations(from, limit) {
      const articles = await run(page, from, limit);
      const { ids, authorIds } = keysOf(articles);
      return attachRelated(articles, ...(await Promise.all([run(authors, authorIds), run(tags, ids), run(comments, ids)])));
    },
    async bulkInsert(rows) {
      const columns = [[], [], [], [], [], []];
      for (const row of rows) {
        columns[0].push(row.id);
        columns[1].push(row.device);
        columns[2].push(row.metric);
        columns[3].push(row.value);
        columns[4].push(row.ok);
        columns[5].push(row.takenAt);
      }
      await run(bulk, ...columns);
    },
    world: async (id) => (await run(world, id))[0],
    updateWorld: (id, randomNumber) => run(updateWorld, id, randomNumber),
    fortunes: () => run(fortunes),
    close: () => pool.end(),
  };
}
