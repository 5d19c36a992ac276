// A handler that returns another type than the contract's.
import { Controller, Get } from '@plinth/http';

const Article = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/articles')
export class ArticlesController {
  @Get('/:id', { returns: Article, open: true }) // wrong: `"the body of the reply", 200, "does not fit ` `"title", "is", number`
  find() {
    return { title: 1 };
  }
}
