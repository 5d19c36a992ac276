import type { Dep } from '@plinth/core';
import type { Infer, Schema } from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import { factsOf, type FileType } from './file-types.js';
import type { UploadedFile } from './uploaded-file.js';
import type { UploadTarget } from './upload-target.js';

/** A type by name, or all of a kind. `image/*` holds no SVG: that is accepted only where it is named. */
export type AcceptedType = FileType | 'image/*' | 'audio/*' | 'video/*' | 'text/*';

/** What a file has to be. What is not said is not asked, but for the limits that every file has. */
export interface FileRules {
  /** Types by the bytes of the file. Default: any but those that run scripts in a browser (SVG, HTML). */
  readonly types?: readonly AcceptedType[];
  /** Bytes; more are refused with 413 (`HTTP_FILE_TOO_LARGE`). Default 10 MiB. */
  readonly maxBytes?: number;
  /** Bytes. Default 1: an empty file is refused. */
  readonly minBytes?: number;
  /** Width times height of PNG, JPEG, GIF and WebP (ASVS 5.2.6). Default 50 million. */
  readonly maxPixels?: number;
  readonly maxWidth?: number;
  readonly maxHeight?: number;
  /** `true`: `sha256` of the file is computed as it arrives. */
  readonly sha256?: boolean;
  /** Called with a file that keeps all other rules; a text that it gives refuses the file, and is told to the client. */
  readonly scan?: (file: UploadedFile) => string | undefined | void | PromiseLike<string | undefined | void>;
  /** Where the file is stored; by default, and until moved, in the folder for temporary files. A token or class is asked of the module. */
  readonly target?: UploadTarget | Dep<UploadTarget>;
  /** For the documentation. */
  readonly description?: string;
}

const PART: unique symbol = Symbol.for('@plinth/http:form-part') as never;

/** One file of a form. */
export interface FilePart<Optional extends boolean = boolean> {
  readonly [PART]: 'file';
  readonly rules: FileRules;
  readonly optional: Optional;
}

/** Any number of files of a form under one name. */
export interface FilesPart {
  readonly [PART]: 'files';
  readonly rules: FileRules;
  readonly min: number;
  readonly max: number;
}

/** A field that may be left out. */
export interface FieldPart<S extends Schema = Schema, Optional extends boolean = boolean> {
  readonly [PART]: 'field';
  readonly schema: S;
  readonly optional: Optional;
}

/** What a form consists of, by name. A schema is a field that must be there. */
export interface FormParts {
  readonly [name: string]: FilePart | FilesPart | FieldPart | Schema;
}

/** The checked value of a form, as its handler gets it. */
export type FormValue<P> = Simplify<
  { readonly [Name in Exclude<keyof P, OptionalNames<P>>]: PartValue<P[Name]> } & {
    readonly [Name in OptionalNames<P>]?: PartValue<P[Name]>;
  }
>;

type Simplify<T> = { [Key in keyof T]: T[Key] };

type OptionalNames<P> = {
  [Name in keyof P]: P[Name] extends FilePart<true> | FieldPart<Schema, true> ? Name : never;
}[keyof P];

type PartValue<Part> = Part extends FilePart
  ? UploadedFile
  : Part extends FilesPart
    ? readonly UploadedFile[]
    : Part extends FieldPart<infer S>
      ? Infer<S>
      : Part extends Schema
        ? Infer<Part>
        : never;

/** One file: `avatar: file({ types: ['image/png'], maxBytes: 2 * MiB })`. With `optional: true` it may be left out. */
export function file<const R extends FileRules & { readonly optional?: boolean }>(
  rules: R = {} as R,
): FilePart<R extends { readonly optional: true } ? true : false> {
  return { [PART]: 'file', rules, optional: (rules.optional === true) as never };
}

/** Files under one name, from `min` (default 0) to `max` (default: as many as the form may have). */
export function files(rules: FileRules & { readonly min?: number; readonly max?: number } = {}): FilesPart {
  return { [PART]: 'files', rules, min: rules.min ?? 0, max: rules.max ?? Infinity };
}

/** A field that may be left out: `title: field({ type: 'string' }, { optional: true })`. */
export function field<const S extends Schema, const O extends { readonly optional?: boolean }>(
  schema: S,
  options: O = {} as O,
): FieldPart<S, O extends { readonly optional: true } ? true : false> {
  return { [PART]: 'field', schema, optional: (options.optional === true) as never };
}

/** The kind of a declared part; a schema by itself is a field. @internal */
export function partKind(part: FormParts[string]): 'file' | 'files' | 'field' | 'schema' {
  return (part as Partial<FilePart | FilesPart | FieldPart>)[PART] ?? 'schema';
}

/** Refuses rules that no compiler has checked. Throws `HTTP_FORM_PART`. @internal */
export function checkPart(name: string, part: FormParts[string]): void {
  const kind = partKind(part);
  if (kind !== 'file' && kind !== 'files') return;
  const { rules } = part as FilePart | FilesPart;
  const { types = [], maxBytes, minBytes, maxPixels, maxWidth, maxHeight } = rules;
  if (!Array.isArray(types)) throw refuse(name, 'types', types, 'a list of media types');
  for (const type of types as readonly unknown[])
    if (typeof type !== 'string' || (!type.endsWith('/*') && factsOf(type) === undefined))
      throw refuse(name, 'types', type, 'a type that bytes can tell');
  for (const [rule, value] of Object.entries({ maxBytes, minBytes })) checkAmount(name, rule, value, 'a whole number of bytes');
  for (const [rule, value] of Object.entries({ maxPixels, maxWidth, maxHeight }))
    checkAmount(name, rule, value, 'a whole number of pixels');
  if (kind === 'file') return;
  const { min, max } = part as FilesPart;
  checkAmount(name, 'min', min, 'a whole number of files');
  if (max !== Infinity) checkAmount(name, 'max', max, 'a whole number of files');
}

function checkAmount(name: string, rule: string, value: unknown, allowed: string): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || (value as number) < 0)) throw refuse(name, rule, value, allowed);
}

function refuse(name: string, rule: string, value: unknown, allowed: string): Error {
  const shown = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)).slice(0, 100);
  return HTTP_ERRORS.FORM_PART({ name, reason: `${rule} is ${shown}, and not ${allowed}` });
}
