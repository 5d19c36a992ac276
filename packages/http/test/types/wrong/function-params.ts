// A plain function that reads a parameter that its path does not hold.
import { get } from '@plinth/http';

export const routes = [
  get('/articles/:id', { open: true }, ({ params }) => params.slug), // wrong: `Property 'slug' does not exist`
];
