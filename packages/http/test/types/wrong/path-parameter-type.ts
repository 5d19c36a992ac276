// A handler that takes a parameter of the path as a number without a params schema that makes it one.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/:id', { open: true }) // wrong: `{ readonly id: string; }, "but the handler takes", { id: number; }`
  find({ params }: { params: { id: number } }): string {
    return String(params.id);
  }
}
