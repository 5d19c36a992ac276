// A plain function that replies with a status that its contract does not declare.
import { accepted, post } from '@plinth/http';

export const routes = [
  post('/articles', { open: true, returns: { 201: { type: 'string' } } }, () => accepted('a')), // wrong: `'202' is not assignable to type '201'`
];
