// A handler that reads the user on a route without a guard that gives one.
import { Controller, Get } from '@plinth/http';

@Controller('/me')
export class MeController {
  @Get('/', { open: true }) // wrong: `"this handler reads", "user", "which neither the path`
  me({ user }: { user: { id: string } }): string {
    return user.id;
  }
}
