// A handler that takes lines for one value.
import { post } from '@plinth/http';

const Item = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } as const;

export const route = post('/', { open: true, accepts: 'ndjson', body: Item, returns: { type: 'integer' } }, ({ body }) => body.n); // wrong: `Property 'n' does not exist on type 'AsyncIterable<`
