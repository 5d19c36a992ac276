import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { UsersModule } from '../users/users.module.js';
import { ArticleList } from './article-list.js';
import { ArticleViews } from './article-views.js';
import { ArticlesController } from './articles.controller.js';
import { Articles } from './articles.js';

@Module({
  imports: [Data, UsersModule],
  providers: [Articles, ArticleList, ArticleViews],
  controllers: [ArticlesController],
  exports: [Articles, ArticleViews],
})
export class ArticlesModule {}
