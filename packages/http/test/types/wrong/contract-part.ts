// A misspelt part of a contract.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/', { retuns: { type: 'string' }, open: true }) // wrong: `unknown contract key 'retuns'`
  list(): string {
    return '';
  }
}
