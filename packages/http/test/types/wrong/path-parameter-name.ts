// A handler that reads a parameter that the path does not hold.
import { Controller, Get } from '@plinth/http';

@Controller('/articles')
export class ArticlesController {
  @Get('/:id', { open: true }) // wrong: `{ readonly id: string; }, "but the handler takes", { slug: string; }`
  find({ params }: { params: { slug: string } }): string {
    return params.slug;
  }
}
