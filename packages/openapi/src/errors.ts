import { defineErrors } from '@plinth/core';

/** What can go wrong while a document is made. */
export const OPENAPI_ERRORS = defineErrors('OPENAPI', {
  OPERATION_ID: {
    kind: 'internal',
    detail: 'The operationId "{id}" is given by two routes: {first} and {second}.',
    help: 'Change `operationId` in one of the two contracts, or leave it out.',
  },
  SECURITY_SCHEME: {
    kind: 'internal',
    detail: 'Two guards describe different security schemes under the name "{name}".',
    help: 'Give each security scheme a name of its own in `defineGuard({ security: { name } })`.',
  },
  NO_INFO: {
    kind: 'internal',
    detail: 'The document has no title and version: the application has no OpenApiModule and toOpenApi() got none.',
    help: 'Import OpenApiModule.with({ title, version }), or call toOpenApi(app, { title, version }).',
  },
  ASSET: {
    kind: 'internal',
    detail: 'The file {file} of the docs page cannot be found.',
    help: 'Install @plinth/openapi again: its dist/assets folder is not complete.',
  },
});
