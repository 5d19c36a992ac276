// The goals, each against a contender of the same run. CPU: at most; throughput: at least.

const cpu = (database, work, against, most, note) => ({ database, work, measure: 'cpu', against, limit: most, note });
const rate = (database, work, against, least, note) => ({ database, work, measure: 'rate', against, limit: least, note });

export const GOALS = [
  cpu('postgres', 'findById', 'raw', 1.0, 'nothing to call by hand'),
  cpu('postgres', 'findById', 'raw', 0.8, 'pipelined'),
  cpu('postgres', 'updateInTransaction', 'knex', 0.6),
  cpu('mysql', 'updateInTransaction', 'knex', 0.6),
  cpu('sqlite', 'transactionOfThree', 'knex', 0.35),
  rate('postgres', 'bulkInsert', 'knex', 1.8),
  rate('mysql', 'bulkInsert', 'knex', 1.8),
  rate('sqlite', 'bulkInsert', 'knex', 1.8),
  rate('postgres', 'oneRow', 'raw', 1.2),
  rate('postgres', 'twentyQueries', 'raw', 2.5, 'independent finds'),
  rate('postgres', 'twentyFinds', 'raw', 8, 'finds of one tick batched'),
];

/** Whether a ratio reaches its goal. */
export const reaches = (goal, ratio) => (goal.measure === 'cpu' ? ratio <= goal.limit : ratio >= goal.limit);
