import { Injectable } from '@plinth/core';
import { Controller, created, Post, type Reply } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { signInLimit } from '../conduit.config.js';
import { Accounts } from './accounts.js';
import { Credentials, NewUser, UserReply } from './users.schemas.js';

@Controller('/api/users', { open: true, tags: ['User and Authentication'] })
@Injectable({ deps: [Accounts] })
export class UsersController {
  constructor(private readonly accounts: Accounts) {}

  @Post('/', { summary: 'Register', operationId: 'CreateUser', body: NewUser, returns: { 201: UserReply }, rateLimit: signInLimit })
  async register({ body }: { body: Infer<typeof NewUser> }): Promise<Reply<201, Infer<typeof UserReply>>> {
    return created(await this.accounts.toReply(await this.accounts.register(body.user)));
  }

  @Post('/login', { summary: 'Sign in', operationId: 'Login', body: Credentials, returns: UserReply, rateLimit: signInLimit })
  async signIn({ body }: { body: Infer<typeof Credentials> }): Promise<Infer<typeof UserReply>> {
    return this.accounts.toReply(await this.accounts.signIn(body.user.email, body.user.password));
  }
}
