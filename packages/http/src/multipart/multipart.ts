import { tmpdir } from 'node:os';
import { RequestScope } from '@plinth/core';
import {
  isStandardSchema,
  toJsonSchema,
  type Checked,
  type CompiledSchema,
  type Issue,
  type JsonSchema,
  type Schema,
  type StandardJSONSchemaV1,
  type StandardSchemaV1,
} from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import { inSendersWords } from '../problem/senders-words.js';
import type { PlannedReader } from '../request/body-plan.js';
import { checkOptions } from '../options/check-options.js';
import { FORM_LIMIT_RULES } from '../options/http-option-rules.js';
import { FORM_BODY, type FormBody, type FormSettings } from '../request/form-body.js';
import type { RouteContext } from '../request/http-context.js';
import { emptyValues, type QueryValues } from '../request/parse-query.js';
import type { FormLimits } from '../server/upload-options.js';
import { checkPart, partKind, type FieldPart, type FilePart, type FilesPart, type FormParts, type FormValue } from './form-parts.js';
import { receiveForm, type FormPlan, type ReceivedForm } from './receive-form.js';
import { temporaryFolder } from './temporary-folder.js';
import { UploadSession } from './upload-session.js';
import { isUploadTarget, type UploadTarget } from './upload-target.js';
import type { UploadedFile } from './uploaded-file.js';

const KIB = 1024;
const MIB = KIB * KIB;

/** Limits where neither form nor server says any. */
export const FORM_LIMITS = { file: 10 * MIB, files: 10, field: 64 * KIB, fields: 50, parts: 60, total: 25 * MIB } as const;

const partName = /^[A-Za-z_][\w.-]{0,99}$/;
const mediaType = 'multipart/form-data';

/** The form of a contract: a schema whose values are `FormValue<P>`. */
export interface MultipartBody<P extends FormParts> extends FormBody {
  readonly '~standard': StandardSchemaV1.Props<unknown, FormValue<P>> & StandardJSONSchemaV1.Props<unknown, FormValue<P>>;
}

/**
 * A body of fields and files (RFC 7578), as a contract's `body`. The handler gets it checked; files are stored as they arrive, outside
 * of memory, and are removed when the request is over unless they are kept or moved. Throws `HTTP_FORM_PART`, and `HTTP_LIMIT` for a limit that is none.
 *
 * @example
 * const body = multipart({ avatar: file({ types: ['image/png', 'image/jpeg'] }), title: { type: 'string' } });
 */
export function multipart<const P extends FormParts>(parts: P, limits: FormLimits = {}): MultipartBody<P> {
  for (const [name, part] of Object.entries(parts)) {
    if (!partName.test(name) || name === '__proto__' || name === 'constructor')
      throw HTTP_ERRORS.FORM_PART({ name: name.slice(0, 120), reason: 'its name is not a flat one' });
    checkPart(name, part);
  }
  const [wrong] = checkOptions(limits, FORM_LIMIT_RULES, 'multipart()');
  if (wrong !== undefined) throw wrong;
  const declared = sortParts(parts);
  const jsonSchema = () => jsonSchemaOf(parts, declared);
  return {
    '~standard': {
      version: 1,
      vendor: 'plinth',
      validate: (value) => ({ value: value as FormValue<P> }),
      jsonSchema: { input: jsonSchema, output: jsonSchema },
    },
    [FORM_BODY]: {
      compile: (settings) => compileForm(declared, limits, settings),
      mediaTypes: [mediaType],
      encoding: () => encodingOf(declared),
    },
  };
}

/** The parts of a form by what they are. */
interface Declared {
  readonly files: ReadonlyMap<string, FilePart | FilesPart>;
  readonly fields: ReadonlyMap<string, { readonly schema: Schema; readonly optional: boolean }>;
}

function sortParts(parts: FormParts): Declared {
  const files = new Map<string, FilePart | FilesPart>();
  const fields = new Map<string, { schema: Schema; optional: boolean }>();
  for (const [name, part] of Object.entries(parts)) {
    const kind = partKind(part);
    if (kind === 'file' || kind === 'files') files.set(name, part as FilePart | FilesPart);
    else if (kind === 'field') fields.set(name, { schema: (part as FieldPart).schema, optional: (part as FieldPart).optional });
    else fields.set(name, { schema: part as Schema, optional: 'default' in (part as object) });
  }
  return { files, fields };
}

function compileForm(
  declared: Declared,
  own: FormLimits,
  settings: FormSettings,
): { readonly reader: PlannedReader; readonly schema: CompiledSchema<unknown> } {
  const limits = resolveLimits(declared, own, settings);
  const plan = planForm(declared, limits, settings);
  const schema = new CompiledForm(declared, settings);
  const reader: PlannedReader = {
    mediaType,
    pattern: null,
    limit: limits.total,
    read: null,
    open: (context, limit) => receiveForm(context, plan, openSession(context), limit),
  };
  return { reader, schema };
}

/** Ends with the request, on whichever way: answered, failed, given up, cut. */
function openSession(context: RouteContext): UploadSession {
  const session = new UploadSession();
  // Not one of the slots that boot gives to request-scoped classes: nothing asks for it there.
  (context.scope ??= new RequestScope()).hold(-1, session, () => {
    if (context.server.closing) session.removeNow();
    return session.dispose();
  });
  return session;
}

function resolveLimits({ files }: Declared, own: FormLimits, { options }: FormSettings): Required<FormLimits> {
  const said = { ...options.limits, ...own };
  const limits = { ...FORM_LIMITS, ...said };
  // A rule that takes large files means it: the default total must not contradict it.
  const largest = Math.max(0, ...[...files.values()].map(({ rules }) => rules.maxBytes ?? 0));
  return { ...limits, total: said.total ?? Math.max(limits.total, largest + MIB) };
}

function planForm({ files, fields }: Declared, limits: Required<FormLimits>, settings: FormSettings): FormPlan {
  const temporary = temporaryFolder(settings.options.directory ?? tmpdir());
  const receipts = new Map(
    [...files].map(([name, { rules }]) => {
      const target = rules.target === undefined ? temporary : targetOf(rules.target, name, settings);
      return [name, { rules, limit: rules.maxBytes ?? limits.file, target }] as const;
    }),
  );
  return {
    limits,
    kindOf: (name) =>
      (files.has(name) ? partKind(files.get(name)!) : fields.has(name) ? 'field' : undefined) as ReturnType<FormPlan['kindOf']>,
    maxOf: (name) => (files.get(name) as FilesPart | undefined)?.max ?? 1,
    receiptOf: (name, session) => ({ ...receipts.get(name)!, session }),
    unknownFiles: settings.unknown === 'strip' ? 'strip' : 'reject',
  };
}

function targetOf(target: NonNullable<FilePart['rules']['target']>, name: string, { resolve }: FormSettings): UploadTarget {
  const found = isUploadTarget(target) ? target : resolve(target);
  if (!isUploadTarget(found)) throw HTTP_ERRORS.FORM_PART({ name, reason: 'its target is not visible to the module, or is none' });
  return found;
}

/** Checks what arrived: fields by their schemas, coerced as forms are; then, if all is well, files by their `scan`. */
class CompiledForm implements CompiledSchema<unknown> {
  readonly jsonSchema: JsonSchema;
  readonly #files: Declared['files'];
  readonly #fields: CompiledSchema<unknown>;
  readonly #standard: readonly { readonly name: string; readonly schema: CompiledSchema<unknown>; readonly optional: boolean }[];

  constructor({ files, fields }: Declared, { compiler, label, unknown }: FormSettings) {
    this.#files = files;
    const plain = [...fields].filter(([, { schema }]) => !isStandardSchema(schema));
    this.#fields = compiler.compile(objectOf(plain), { name: `fields of ${label}`, unknown, coerce: true });
    this.#standard = [...fields]
      .filter(([, { schema }]) => isStandardSchema(schema))
      .map(([name, { schema, optional }]) => ({
        name,
        optional,
        schema: compiler.compile(schema, { name: `field ${name} of ${label}`, unknown, coerce: true }),
      }));
    this.jsonSchema = this.#fields.jsonSchema;
  }

  async check(value: unknown): Promise<Checked<unknown>> {
    const { fields, files, issues: found } = value as ReceivedForm;
    const form: Record<string, unknown> = {};
    const issues: Issue[] = [...found];
    const plain = this.#plainFields(fields);
    collect(await this.#fields.check(plain), plain, (checked) => Object.assign(form, checked), issues);
    for (const { name, schema, optional } of this.#standard) {
      const given = fields[name];
      if (given === undefined && optional) continue;
      const checked = await schema.check(given);
      if (checked.issues === undefined) form[name] = checked.value;
      else issues.push(...checked.issues.map((issue) => inSendersWords({ ...issue, pointer: `/${name}${issue.pointer}` }, fields)));
    }
    for (const [name, part] of this.#files) addFiles(form, name, part, files.get(name) ?? [], issues);
    if (issues.length === 0) await this.#scan(files, issues);
    return issues.length === 0 ? { value: form } : { issues };
  }

  #plainFields(fields: QueryValues): QueryValues {
    if (this.#standard.length === 0) return fields;
    const plain = emptyValues();
    const own = new Set(this.#standard.map(({ name }) => name));
    for (const name of Object.keys(fields)) if (!own.has(name)) plain[name] = fields[name]!;
    return plain;
  }

  async #scan(files: ReceivedForm['files'], issues: Issue[]): Promise<void> {
    for (const [name, part] of this.#files) {
      const { scan } = part.rules;
      if (scan === undefined) continue;
      for (const [index, uploaded] of (files.get(name) ?? []).entries()) {
        const message = await scan(uploaded);
        if (typeof message === 'string') issues.push({ pointer: pointerOf(name, part, index), rule: 'scan', message });
      }
    }
  }
}

function collect(checked: Checked<unknown>, given: unknown, take: (value: object) => void, issues: Issue[]): void {
  if (checked.issues === undefined) take(checked.value as object);
  else issues.push(...checked.issues.map((issue) => inSendersWords(issue, given)));
}

function addFiles(
  form: Record<string, unknown>,
  name: string,
  part: FilePart | FilesPart,
  list: readonly UploadedFile[],
  issues: Issue[],
): void {
  const refused = issues.some(({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  if (partKind(part) === 'files') {
    const { min } = part as FilesPart;
    form[name] = list;
    if (list.length < min && !refused)
      issues.push({ pointer: `/${name}`, rule: 'minItems', message: `must be at least ${min} files`, params: { limit: min } });
  } else if (list[0] !== undefined) form[name] = list[0];
  else if (!(part as FilePart).optional && !refused) issues.push({ pointer: `/${name}`, rule: 'required', message: 'is required' });
}

function pointerOf(name: string, part: FilePart | FilesPart, index: number): string {
  return partKind(part) === 'files' ? `/${name}/${index}` : `/${name}`;
}

function objectOf(fields: readonly (readonly [string, { readonly schema: Schema; readonly optional: boolean }])[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
    required: fields.filter(([, { optional }]) => !optional).map(([name]) => name),
  };
}

/** As documents show it: files as binary texts (OpenAPI 3.1, 4.8.14.4). */
function jsonSchemaOf(parts: FormParts, { files, fields }: Declared): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  for (const name of Object.keys(parts)) {
    const part = files.get(name);
    const own = fields.get(name);
    if (part === undefined && own !== undefined) {
      properties[name] = toJsonSchema(own.schema, 'input');
      if (!own.optional) required.push(name);
    } else if (part !== undefined) {
      properties[name] = fileSchema(part);
      if (partKind(part) === 'files' ? (part as FilesPart).min > 0 : !(part as FilePart).optional) required.push(name);
    }
  }
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function fileSchema(part: FilePart | FilesPart): Record<string, unknown> {
  const { description } = part.rules;
  const one = { type: 'string', format: 'binary' };
  const said = description !== undefined && { description };
  if (partKind(part) === 'file') return { ...one, ...said };
  const { min, max } = part as FilesPart;
  return { type: 'array', items: one, ...(min > 0 && { minItems: min }), ...(Number.isFinite(max) && { maxItems: max }), ...said };
}

function encodingOf({ files }: Declared): Readonly<Record<string, { readonly contentType: string }>> {
  return Object.fromEntries(
    [...files].map(([name, { rules }]) => [name, { contentType: (rules.types ?? ['application/octet-stream']).join(', ') }]),
  );
}
