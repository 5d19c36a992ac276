import {
  allOf,
  APP_INFO,
  configured,
  HEALTH,
  LOGGER,
  Module,
  optionalDep,
  PINO,
  provideFactory,
  provideValue,
  token,
  type ConfiguredModule,
} from '@plinth/core';
import { ADMIN_ROUTE } from '../admin/admin-options.js';
import { ROUTE_HOOK } from '../route/route-hook.js';
import { ApplicationServer } from './application-server.js';
import { HTTP_CONFIG } from './http-config.js';
import type { HttpOptions } from './http-options.js';
import { HTTP_SERVER } from './http-server.js';
import { SERVER_IDENTITY, ServerIdentity } from './server-identity.js';

const HTTP_OPTIONS = token<HttpOptions>('HTTP_OPTIONS');

/**
 * Serves the controllers and routes of the application over HTTP. Import it once, in the root module; `HTTP_SERVER` is then
 * visible everywhere.
 *
 * @example
 * @Module({ imports: [HttpModule.with({ prefix: '/api' })], controllers: [OrdersController] })
 * class AppModule {}
 */
@Module({
  global: true,
  providers: [
    HTTP_CONFIG,
    provideFactory(SERVER_IDENTITY, { create: () => new ServerIdentity() }),
    provideFactory(HTTP_SERVER, {
      deps: [
        optionalDep(HTTP_OPTIONS),
        HTTP_CONFIG,
        APP_INFO,
        LOGGER,
        PINO,
        HEALTH,
        allOf(ROUTE_HOOK),
        SERVER_IDENTITY,
        allOf(ADMIN_ROUTE),
      ],
      create: (options = {}, config, info, logger, log, health, hooks, identity, adminRoutes) =>
        new ApplicationServer({ options, config, production: info.production, logger, log, health, hooks, identity, adminRoutes }),
    }),
  ],
  exports: [HTTP_SERVER, HTTP_CONFIG, SERVER_IDENTITY],
})
export class HttpModule {
  /** The module with options. */
  static with(options: HttpOptions): ConfiguredModule {
    return configured(HttpModule, { providers: [provideValue(HTTP_OPTIONS, options)] });
  }
}
