// A handler that returns a bare value where the contract declares several success statuses.
import { Controller, Put } from '@plinth/http';

const Article = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/articles')
export class ArticlesController {
  @Put('/:id', { returns: { 200: Article, 201: Article }, open: true }) // wrong: `needs a Reply`
  save() {
    return { title: 'a' };
  }
}
