// A handler that replies with a status that the contract does not declare.
import { accepted, Controller, Post } from '@plinth/http';

const Article = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/articles')
export class ArticlesController {
  @Post('/', { returns: { 201: Article }, open: true }) // wrong: `replies with status 202, which the contract does not declare`
  async create() {
    return accepted({ title: 'a' });
  }
}
