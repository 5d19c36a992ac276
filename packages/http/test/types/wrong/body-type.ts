// A handler whose body is not of the contract's type.
import { Controller, Post } from '@plinth/http';

const NewOrder = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;

@Controller('/orders')
export class OrdersController {
  @Post('/', { body: NewOrder, open: true }) // wrong: `{ title: string; }, "but the handler takes", { title: number; }`
  create({ body }: { body: { title: number } }): string {
    return String(body.title);
  }
}
