import { Injectable } from '@plinth/core';
import { Controller, type HttpContext } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { Accounts } from './accounts.js';
import { sentToken, signedIn } from './guards.js';
import { UserChange, UserReply } from './users.schemas.js';
import type { User } from './users.table.js';

@Controller('/api/user', { tags: ['User and Authentication'] })
@Injectable({ deps: [Accounts] })
export class CurrentUserController {
  constructor(private readonly accounts: Accounts) {}

  @signedIn.Get('/', { summary: 'Get current user', operationId: 'GetCurrentUser', returns: UserReply })
  show(context: HttpContext & { user: User }): Promise<Infer<typeof UserReply>> {
    return this.accounts.toReply(context.user, sentToken(context));
  }

  @signedIn.Put('/', { summary: 'Update current user', operationId: 'UpdateCurrentUser', body: UserChange, returns: UserReply })
  async update(context: HttpContext & { user: User; body: Infer<typeof UserChange> }): Promise<Infer<typeof UserReply>> {
    return this.accounts.toReply(await this.accounts.change(context.user, context.body.user), sentToken(context));
  }
}
