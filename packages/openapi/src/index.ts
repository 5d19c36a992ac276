export { OpenApiModule } from './open-api-module.js';
export { OPENAPI_OPTIONS, type OpenApiOptions } from './open-api-options.js';
export { toOpenApi } from './to-open-api.js';
export { buildDocument, type DocumentedRoute, type DocumentOptions } from './document/build-document.js';
export type {
  Components,
  Content,
  Json,
  JsonObject,
  OpenApiDocument,
  OpenApiInfo,
  OpenApiServer,
  OpenApiTag,
  Operation,
  Parameter,
  PathItem,
  Reference,
  Response,
  SecurityRequirement,
} from './document/open-api-document.js';
export type { ErrorBody } from './document/problem-responses.js';
export { OPENAPI_ERRORS } from './errors.js';
