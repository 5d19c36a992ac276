import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { UsersModule } from '../users/users.module.js';
import { ProfilesController } from './profiles.controller.js';
import { Profiles } from './profiles.js';

@Module({ imports: [Data, UsersModule], providers: [Profiles], controllers: [ProfilesController] })
export class ProfilesModule {}
