// A URL without a parameter of its path.
import { url } from '@plinth/http';

export const order = url('/orders/:id/lines/:line', { id: 7 }); // wrong: `Property 'line' is missing in type`
