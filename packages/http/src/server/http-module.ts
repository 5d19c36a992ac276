import {
  allOf,
  APP_INFO,
  APP_KEY,
  configured,
  HEALTH,
  LOGGER,
  Module,
  optionalDep,
  PINO,
  provideFactory,
  provideValue,
  SECURITY_INVENTORY,
  token,
  type AppKey,
  type ConfiguredModule,
} from '@plinth/core';
import { ADMIN_ROUTE } from '../admin/admin-options.js';
import { ROUTE_HOOK } from '../route/route-hook.js';
import { ApplicationServer } from './application-server.js';
import { HTTP_CONFIG } from './http-config.js';
import type { HttpOptions } from './http-options.js';
import { HTTP_SERVER } from './http-server.js';
import { SERVER_IDENTITY, ServerIdentity } from './server-identity.js';
import { serverEntries } from './server-inventory.js';

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
    provideValue(SECURITY_INVENTORY, (made) => serverEntries(made(HTTP_OPTIONS), made(HTTP_CONFIG)), { many: true }),
  ],
  exports: [HTTP_SERVER, HTTP_CONFIG, SERVER_IDENTITY],
})
export class HttpModule {
  /** The module with options. */
  static with(options: HttpOptions): ConfiguredModule {
    const providers = [provideValue(HTTP_OPTIONS, options), ...(needsKey(options) ? [NEEDED_KEY] : [])];
    return configured(HttpModule, { providers });
  }
}

// Features ask for it when routes are compiled. That it is missing is said together with what else the environment lacks.
const NEEDED_KEY = provideFactory(token<AppKey>('the key of HttpModule'), { deps: [APP_KEY], create: (key) => key });

function needsKey({ cookies, csrf }: HttpOptions): boolean {
  return (cookies !== undefined && cookies.length > 0) || (typeof csrf === 'object' && csrf.tokens === true);
}
