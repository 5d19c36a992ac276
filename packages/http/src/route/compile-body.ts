import { isProblems, type Dep } from '@plinth/core';
import type { CompiledSchema, Schema } from '@plinth/validation';
import type { Accepted, Accepts } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { BodyPlan, PlannedReader } from '../request/body-plan.js';
import { BODY_READERS } from '../request/body-readers.js';
import { bySpecificity, planReader } from '../request/define-body-reader.js';
import { FORM_BODY, type FormBody } from '../request/form-body.js';
import { LINE_LIMIT, lineReaders } from '../request/read-lines.js';
import type { RoutePlace, RouteSettings } from './compile-route.js';

/** Decides how the body of a route is read: by the `accepts` of the contract, else of the controller, the module, the server. */
export function compileBody(place: RoutePlace, schema: Schema, label: string, settings: RouteSettings): BodyPlan {
  const { contract } = place.definition;
  const form = (schema as Partial<FormBody>)[FORM_BODY];
  if (form !== undefined) return compileForm(place, schema as unknown as FormBody, label, settings);
  const accepted = listOf(contract.accepts ?? place.module.parts.accepts ?? settings.accepts ?? 'json');
  if (accepted.length === 0) throw HTTP_ERRORS.ACCEPTS({ route: label, reason: 'the list is empty' });
  const limit = contract.limits?.body ?? settings.bodyLimit;
  // Strings become numbers in forms only: JSON has numbers of its own.
  const texts = accepted.every((format) => format === 'form');
  const compiled = settings.compiler.compile(schema, {
    name: `body of ${label}`,
    unknown: contract.unknown ?? settings.compiler.unknown,
    coerce: texts,
  });
  if (accepted.includes('ndjson')) {
    if (accepted.length > 1) throw HTTP_ERRORS.ACCEPTS({ route: label, reason: 'ndjson stands alone, since its handler gets an iterable' });
    return planOf(lineReaders(compiled, contract.limits?.line ?? LINE_LIMIT), {
      limit: contract.limits?.body,
      schema: unchecked(compiled),
    });
  }
  const readers = accepted.map(readerOf).sort(bySpecificity);
  const streams = readers.filter((reader) => reader.open !== null).length;
  if (streams > 0 && streams < readers.length)
    throw HTTP_ERRORS.ACCEPTS({ route: label, reason: 'a format that streams and one that does not give the handler different things' });
  return planOf(readers, { limit, schema: streams > 0 ? unchecked(compiled) : compiled, texts });
}

function compileForm({ definition, module }: RoutePlace, form: FormBody, label: string, settings: RouteSettings): BodyPlan {
  const { contract } = definition;
  if (contract.accepts !== undefined)
    throw HTTP_ERRORS.ACCEPTS({ route: label, reason: 'a multipart form says itself what is accepted: leave `accepts` out' });
  const resolve = (dep: Dep): unknown => {
    const resolved = settings.app.resolveFrom(module, [dep], label);
    return isProblems(resolved) ? undefined : resolved.values?.[0];
  };
  const unknown = contract.unknown ?? settings.compiler.unknown;
  const { reader, schema } = form[FORM_BODY].compile({ compiler: settings.compiler, label, unknown, resolve, options: settings.uploads });
  return planOf([reader], { limit: contract.limits?.body, schema });
}

interface PlanRest {
  readonly limit: number | undefined;
  readonly schema: CompiledSchema<unknown>;
  readonly texts?: boolean;
}

function planOf(readers: readonly PlannedReader[], { limit, schema, texts = false }: PlanRest): BodyPlan {
  const mediaTypes = readers.map((reader) => reader.mediaType);
  return {
    readers,
    limit,
    expected: mediaTypes.join(' or '),
    mediaTypes,
    schema,
    texts,
    slow: readers.some((reader) => reader.open !== null),
  };
}

function listOf(accepts: Accepts): readonly Accepted[] {
  return Array.isArray(accepts) ? (accepts as readonly Accepted[]) : [accepts as Accepted];
}

function readerOf(format: Accepted): PlannedReader {
  return typeof format === 'string' ? BODY_READERS[format as keyof typeof BODY_READERS] : planReader(format);
}

/** What streams cannot be checked before it has come: the reader checks piece by piece, or leaves it to the handler. */
function unchecked({ jsonSchema }: CompiledSchema<unknown>): CompiledSchema<unknown> {
  return { jsonSchema, check: (value) => ({ value }) };
}
