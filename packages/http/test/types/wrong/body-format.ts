// A body format that there is none of.
import { post } from '@plinth/http';

export const route = post('/', { open: true, accepts: 'xml', body: {} }, () => 'x'); // wrong: `"xml"`
