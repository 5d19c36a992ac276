// A line that does not fit the schema of the lines.
import { get, ndjson } from '@plinth/http';

const Order = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } as const;

async function* orders() {
  yield { id: 'seven' };
}

export const all = get('/orders', { open: true, returns: ndjson(Order) }, orders); // wrong: `Type 'string' is not assignable to type 'number'`
