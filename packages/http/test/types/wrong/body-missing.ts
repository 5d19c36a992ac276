// A handler that reads a body where the contract declares none.
import { Controller, Post } from '@plinth/http';

@Controller('/orders')
export class OrdersController {
  @Post('/', { open: true }) // wrong: `"this handler reads", "body", "which neither the path`
  create({ body }: { body: { title: string } }): string {
    return body.title;
  }
}
