// A handler that takes an optional parameter of the path as if it were always there.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/:id?', { open: true }) // wrong: `id?: string | undefined; }, "but the handler takes", { id: string; }`
  find({ params }: { params: { id: string } }): string {
    return params.id;
  }
}
