// A misspelt part of a contract.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/', { retuns: { type: 'string' }, open: true }) // wrong: `is not assignable to type 'never'`
  list(): string {
    return '';
  }
}
