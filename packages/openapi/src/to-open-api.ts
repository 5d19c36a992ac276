import { isAppError, type App } from '@plinth/core';
import { HTTP_SERVER } from '@plinth/http';
import { buildDocument, type DocumentOptions } from './document/build-document.js';
import type { OpenApiDocument } from './document/open-api-document.js';
import { OPENAPI_ERRORS } from './errors.js';
import { OPENAPI_OPTIONS, type OpenApiOptions } from './open-api-options.js';

/**
 * The OpenAPI 3.1 document of an application; it need not be started. Title, version and the rest come from its OpenApiModule, or
 * from `options`, which win. Throws `OPENAPI_NO_INFO` when neither gives a title and version, `OPENAPI_OPERATION_ID`, and
 * `OPENAPI_SECURITY_SCHEME`.
 *
 * @example
 * const app = await createApp(AppModule);
 * await writeFile('openapi.json', JSON.stringify(toOpenApi(app), null, 2));
 */
export function toOpenApi(app: App, options?: DocumentOptions): OpenApiDocument {
  const { path: _path, docs: _docs, open: _open, guards: _guards, ...given } = moduleOptions(app) ?? ({} as Partial<OpenApiOptions>);
  const { title, version, ...rest } = { ...given, ...options };
  if (title === undefined || version === undefined) throw OPENAPI_ERRORS.NO_INFO();
  const server = app.get(HTTP_SERVER);
  return buildDocument(server.routes(), { title, version, ...rest }, server.errorSchema);
}

function moduleOptions(app: App): OpenApiOptions | undefined {
  try {
    return app.get(OPENAPI_OPTIONS);
  } catch (error) {
    if (isAppError(error) && error.code === 'CORE_APP_NO_PROVIDER') return undefined;
    throw error;
  }
}
