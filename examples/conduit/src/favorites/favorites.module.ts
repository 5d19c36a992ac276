import { Module } from '@plinth/core';
import { Data } from '../database/data.js';
import { ArticlesModule } from '../articles/articles.module.js';
import { UsersModule } from '../users/users.module.js';
import { FavoritesController } from './favorites.controller.js';
import { Favorites } from './favorites.js';

@Module({ imports: [Data, UsersModule, ArticlesModule], providers: [Favorites], controllers: [FavoritesController] })
export class FavoritesModule {}
