// A handler one of whose replies has a status that the contract does not declare.
import { Controller, created, Post, reply } from '@plinth/http';

const Article = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/articles')
export class ArticlesController {
  @Post('/', { returns: { 201: Article }, open: true }) // wrong: `replies with status 409, which the contract does not declare`
  create({ method }: { method: string }) {
    return method === 'POST' ? created({ title: 'a' }) : reply(409, { title: 'b' });
  }
}
