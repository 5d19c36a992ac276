import { toProblem, type Problem } from '@plinth/core';
import type { CompiledSchema, CompileOptions, Schema } from '@plinth/validation';
import type { BodyFormat, Contract } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { BodyPlan } from '../request/body-plan.js';
import { BODY_READERS } from '../request/body-readers.js';
import type { RequestPart } from '../problem/problem-details.js';
import type { RoutePlace, RouteSettings } from './compile-route.js';
import type { PartPlan } from './route-plan.js';

/** The compiler of one application: identical schemas compile once. */
export interface PartCompiler {
  compile(schema: Schema, options?: CompileOptions): CompiledSchema<unknown>;
  compileSerializer(schema: Schema, options?: { name?: string }): (value: unknown) => string;
  readonly unknown: 'reject' | 'strip' | 'keep';
}

/** The checked parts of a route. */
export interface Parts {
  readonly params: PartPlan | null;
  readonly query: PartPlan | null;
  readonly headers: PartPlan | null;
  readonly cookies: PartPlan | null;
  readonly body: BodyPlan | null;
}

const withoutBody = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Compiles the schemas of a route's request; adds to `problems` what is wrong with them. */
export function compileParts(place: RoutePlace, label: string, where: string, settings: RouteSettings, problems: Problem[]): Parts {
  const { contract, method } = place.definition;
  const unknown = contract.unknown ?? settings.compiler.unknown;
  const compilePart = (part: RequestPart, schema: Schema | undefined, options: CompileOptions): PartPlan | null => {
    if (schema === undefined) return null;
    return guarded(problems, where, label, part, () => {
      const compiled = settings.compiler.compile(schema, { name: `${part} of ${label}`, ...options });
      return {
        schema: compiled,
        names: { declared: new Set(propertyNames(compiled)), others: part === 'query' && options.unknown !== 'strip' },
      };
    });
  };
  if (contract.body !== undefined && withoutBody.has(method))
    problems.push(toProblem(HTTP_ERRORS.BODY_ON_GET({ route: label, method }), where));
  const params = compilePart('params', contract.params, { coerce: true, unknown: 'reject' });
  if (params !== null) checkParams(place, label, where, params, problems);
  return {
    params,
    query: compilePart('query', contract.query, { coerce: true, unknown }),
    // Only the declared ones are taken from the request, so there are no others to refuse.
    headers: compilePart('headers', contract.headers, { coerce: true, unknown: 'strip' }),
    cookies: compilePart('cookies', contract.cookies, { coerce: true, unknown: 'strip' }),
    body: contract.body === undefined ? null : compileBody(contract, contract.body, label, where, settings, problems),
  };
}

function compileBody(
  contract: Contract,
  schema: Schema,
  label: string,
  where: string,
  settings: RouteSettings,
  problems: Problem[],
): BodyPlan | null {
  const formats: readonly BodyFormat[] =
    contract.accepts === undefined ? ['json'] : typeof contract.accepts === 'string' ? [contract.accepts] : contract.accepts;
  const unknown = contract.unknown ?? settings.compiler.unknown;
  // Strings become numbers in forms only: JSON has numbers of its own.
  const coerce = formats.length > 0 && formats.every((format) => format === 'form');
  return guarded(problems, where, label, 'body', () => {
    const readers = formats.map((format) => BODY_READERS[format]);
    return {
      readers,
      limit: contract.limits?.body ?? settings.bodyLimit,
      expected: readers.map((reader) => reader.mediaType).join(' or '),
      schema: settings.compiler.compile(schema, { name: `body of ${label}`, unknown, coerce }),
    };
  });
}

function guarded<T>(problems: Problem[], where: string, route: string, part: string, run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    problems.push(toProblem(schemaError(error, route, part), where));
    return null;
  }
}

/** A schema that does not compile, with the code of validation in its sentence. */
export function schemaError(error: unknown, route: string, part: string): ReturnType<typeof HTTP_ERRORS.SCHEMA> {
  const { code, message, help } = error as { code?: string; message?: string; help?: string };
  return HTTP_ERRORS.SCHEMA(
    { part, route, reason: code === undefined ? String(message) : `${code}: ${message}` },
    { cause: error, ...(help !== undefined && { help }) },
  );
}

function checkParams(place: RoutePlace, label: string, where: string, { names }: PartPlan, problems: Problem[]): void {
  for (const name of place.names)
    if (!names.declared.has(name)) problems.push(toProblem(HTTP_ERRORS.PARAM_UNDECLARED({ route: label, name }), where));
  for (const name of names.declared)
    if (!place.names.includes(name)) problems.push(toProblem(HTTP_ERRORS.PARAM_UNKNOWN({ route: label, name }), where));
}

/** The names of the properties that a schema of an object declares, also through `allOf`, `anyOf`, `oneOf` and local `$ref`. */
function propertyNames(compiled: CompiledSchema<unknown>): readonly string[] {
  const names = new Set<string>();
  collect(compiled.jsonSchema, compiled.jsonSchema, names, 0);
  return [...names];
}

function collect(schema: unknown, root: object, names: Set<string>, depth: number): void {
  if (typeof schema !== 'object' || schema === null || depth > 8) return;
  const { properties, allOf, anyOf, oneOf, $ref } = schema as Record<string, unknown>;
  if (typeof properties === 'object' && properties !== null) for (const name of Object.keys(properties)) names.add(name);
  for (const list of [allOf, anyOf, oneOf]) if (Array.isArray(list)) for (const entry of list) collect(entry, root, names, depth + 1);
  if (typeof $ref === 'string' && $ref.startsWith('#/')) collect(lookUp(root, $ref), root, names, depth + 1);
}

function lookUp(root: object, ref: string): unknown {
  let value: unknown = root;
  for (const step of ref.slice(2).split('/'))
    value = (value as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}
