import { token } from '@plinth/core';
import type { AnyGuard } from '@plinth/http';
import type { DocumentOptions } from './document/build-document.js';

/** What `OpenApiModule.with` takes. */
export interface OpenApiOptions extends DocumentOptions {
  /** Where the document is served. Default `/openapi.json`; `false` serves neither document nor page. */
  readonly path?: string | false;
  /** Where the docs page is served. Default `/docs`; `false` serves none. */
  readonly docs?: string | false;
  /** Serves both to anybody, in production too. Without it, and without `guards`, they do not exist in production. */
  readonly open?: true;
  /** Guards in front of both, in production and elsewhere. */
  readonly guards?: readonly [AnyGuard, ...AnyGuard[]];
}

/** The options of the application's OpenApiModule. */
export const OPENAPI_OPTIONS = token<OpenApiOptions>('OPENAPI_OPTIONS');
