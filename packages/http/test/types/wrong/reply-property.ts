// A handler whose reply lacks a property that the contract's status declares.
import { Controller, created, Post } from '@plinth/http';

const Article = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/articles')
export class ArticlesController {
  @Post('/', { returns: { 201: Article }, open: true }) // wrong: `"the body of the reply", 201, "does not fit ` `"the property", "title", "is missing"`
  async create() {
    return created({ titel: 'a' });
  }
}
