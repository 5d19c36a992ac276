// A handler that reads the query where the contract declares none.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/', { open: true }) // wrong: `"this handler reads", "query", "which neither the path`
  list({ query }: { query: { page: number } }): string {
    return String(query.page);
  }
}
