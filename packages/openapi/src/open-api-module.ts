import { configured, Module, provideFactory, provideValue, type ConfiguredModule } from '@plinth/core';
import { HTTP_SERVER } from '@plinth/http';
import { docsRoutes } from './docs/routes.js';
import { DocumentCache } from './document-cache.js';
import { OPENAPI_OPTIONS, type OpenApiOptions } from './open-api-options.js';

/**
 * Serves the application's OpenAPI document at `/openapi.json` and a docs page at `/docs`. In production both exist only with
 * `open: true` or `guards`. Import it once, in the root module, beside HttpModule.
 */
@Module()
export class OpenApiModule {
  /** Title and version of the document are obligatory. */
  static with(options: OpenApiOptions): ConfiguredModule {
    return configured(OpenApiModule, {
      providers: [
        provideValue(OPENAPI_OPTIONS, options),
        provideFactory(DocumentCache, {
          deps: [HTTP_SERVER, OPENAPI_OPTIONS],
          create: (server, given) => new DocumentCache(server, given),
        }),
      ],
      exports: [OPENAPI_OPTIONS],
      routes: docsRoutes(options),
    });
  }
}
