// A handler that takes the user of an optional guard as if it were always there.
import { Controller, defineGuard, guarded, optional } from '@plinth/http';

const session = defineGuard({ name: 'session', run: () => ({ user: { id: '1' } }) });
const visitor = guarded(optional(session));

@Controller('/me')
export class MeController {
  @visitor.Get('/') // wrong: `{ id: string; } | undefined, "but the handler takes"`
  me({ user }: { user: { id: string } }): string {
    return user.id;
  }
}
