// A handler that returns an object where the contract declares no reply.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/:id', { open: true }) // wrong: `its contract declares no`
  find() {
    return { title: 'a' };
  }
}
