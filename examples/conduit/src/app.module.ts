import { AuthModule } from '@plinth/auth';
import { Module } from '@plinth/core';
import { HttpModule } from '@plinth/http';
import { OpenApiModule } from '@plinth/openapi';
import { ArticlesModule } from './articles/articles.module.js';
import { CommentsModule } from './comments/comments.module.js';
import { authOptions, CONDUIT_CONFIG, httpOptions, openApiOptions } from './conduit.config.js';
import { Data } from './database/data.js';
import { Demo } from './database/demo.js';
import { FavoritesModule } from './favorites/favorites.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { TagsModule } from './tags/tags.module.js';
import { UsersModule } from './users/users.module.js';

/** The whole of Conduit. */
@Module({
  imports: [
    HttpModule.with(httpOptions),
    AuthModule.with(authOptions),
    OpenApiModule.with(openApiOptions),
    Data,
    UsersModule,
    ProfilesModule,
    ArticlesModule,
    FavoritesModule,
    CommentsModule,
    TagsModule,
  ],
  providers: [CONDUIT_CONFIG, Demo],
})
export class AppModule {}
