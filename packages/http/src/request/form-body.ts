import type { Dep } from '@plinth/core';
import type { CompiledSchema, CompileOptions, Schema, UnknownKeys } from '@plinth/validation';
import type { UploadOptions } from '../server/upload-options.js';
import type { PlannedReader } from './body-plan.js';

/** Under it a body says that it is a form of fields and files. `@plinth/http/multipart` makes them, and only who imports it loads a parser. */
export const FORM_BODY: unique symbol = Symbol.for('@plinth/http:form-body') as never;

/** What a form is compiled with. @internal */
export interface FormSettings {
  readonly compiler: { compile(schema: Schema, options?: CompileOptions): CompiledSchema<unknown> };
  /** `POST /avatars`, for messages. */
  readonly label: string;
  readonly unknown: UnknownKeys;
  /** The value of a dependency, as the module of the route sees it; `undefined` for none that is there at boot. */
  resolve(dep: Dep): unknown;
  readonly options: UploadOptions;
}

/** A body that reads itself. @internal */
export interface FormBody {
  readonly [FORM_BODY]: {
    compile(settings: FormSettings): { readonly reader: PlannedReader; readonly schema: CompiledSchema<unknown> };
    readonly mediaTypes: readonly string[];
    /** Media types of a field of the form, for documents. */
    encoding(): Readonly<Record<string, { readonly contentType: string }>>;
  };
}
