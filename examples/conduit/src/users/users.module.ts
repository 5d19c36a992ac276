import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { Accounts } from './accounts.js';
import { CurrentUserController } from './current-user.controller.js';
import { UsersController } from './users.controller.js';
import { Users } from './users.js';

@Module({
  imports: [Data],
  providers: [Users, Accounts],
  controllers: [UsersController, CurrentUserController],
  exports: [Users, Accounts],
})
export class UsersModule {}
