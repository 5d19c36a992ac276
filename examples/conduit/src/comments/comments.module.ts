import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { ArticlesModule } from '../articles/articles.module.js';
import { UsersModule } from '../users/users.module.js';
import { CommentsController } from './comments.controller.js';
import { Comments } from './comments.js';

@Module({ imports: [Data, UsersModule, ArticlesModule], providers: [Comments], controllers: [CommentsController] })
export class CommentsModule {}
