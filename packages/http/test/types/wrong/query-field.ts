// A handler that reads a query field that the schema does not declare.
import { Controller, Get } from '@plinth/http';
import { z } from 'zod';

@Controller('/articles')
export class ArticlesController {
  @Get('/', { query: z.object({ page: z.number() }), open: true }) // wrong: `{ page: number; }, "but the handler takes", { limit: number; }`
  list({ query }: { query: { limit: number } }): string {
    return String(query.limit);
  }
}
