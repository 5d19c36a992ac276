// A handler that returns another type than the contract's.
import { Controller, Get } from '@plinth/http';

const Article = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/articles')
export class ArticlesController {
  @Get('/:id', { returns: Article, open: true }) // wrong: `'number' is not assignable to type 'string'`
  find() {
    return { title: 1 };
  }
}
