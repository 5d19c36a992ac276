import { toProblem, type Problem } from '@plinth/core';
import type { CompiledSchema, CompileOptions, Schema } from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import type { BodyPlan } from '../request/body-plan.js';
import type { RequestPart } from '../problem/problem-details.js';
import { checkSchema } from './check-contract.js';
import { takesList } from './takes-list.js';
import { compileBody } from './compile-body.js';
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
      problems.push(...checkSchema(compiled.jsonSchema, label, part, where));
      const properties = propertiesOf(compiled);
      return {
        schema: compiled,
        names: {
          declared: new Set(properties.keys()),
          others: part === 'query' && options.unknown !== 'strip',
          ...(part === 'query' && { once: scalarNames(compiled, properties) }),
        },
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
    body: contract.body === undefined ? null : compileBodyOf(place, contract.body, label, where, settings, problems),
  };
}

function compileBodyOf(
  place: RoutePlace,
  schema: Schema,
  label: string,
  where: string,
  settings: RouteSettings,
  problems: Problem[],
): BodyPlan | null {
  return guarded(problems, where, label, 'body', () => {
    const plan = compileBody(place, schema, label, settings);
    problems.push(...checkSchema(plan.schema.jsonSchema, label, 'body', where));
    return plan;
  });
}

function guarded<T>(problems: Problem[], where: string, route: string, part: string, run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    const own = HTTP_ERRORS.ACCEPTS.is(error) || HTTP_ERRORS.BODY_READER.is(error) || HTTP_ERRORS.FORM_PART.is(error);
    problems.push(toProblem(own ? error : schemaError(error, route, part), where));
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

/** The names of the properties of which no declaration takes a list. */
function scalarNames(compiled: CompiledSchema<unknown>, properties: ReadonlyMap<string, readonly unknown[]>): ReadonlySet<string> {
  const lookUpRef = (ref: string) => lookUp(compiled.jsonSchema, ref);
  const scalar = [...properties].filter(([, schemas]) => !schemas.some((schema) => takesList(schema, lookUpRef)));
  return new Set(scalar.map(([name]) => name));
}

/** The properties that a schema of an object declares, also through `allOf`, `anyOf`, `oneOf` and local `$ref`, with their schemas. */
function propertiesOf(compiled: CompiledSchema<unknown>): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, unknown[]>();
  collect(compiled.jsonSchema, compiled.jsonSchema, found, 0);
  return found;
}

function collect(schema: unknown, root: object, found: Map<string, unknown[]>, depth: number): void {
  if (typeof schema !== 'object' || schema === null || depth > 8) return;
  const { properties, allOf, anyOf, oneOf, $ref } = schema as Record<string, unknown>;
  if (typeof properties === 'object' && properties !== null)
    for (const [name, property] of Object.entries(properties)) found.set(name, [...(found.get(name) ?? []), property]);
  for (const list of [allOf, anyOf, oneOf]) if (Array.isArray(list)) for (const entry of list) collect(entry, root, found, depth + 1);
  if (typeof $ref === 'string' && $ref.startsWith('#/')) collect(lookUp(root, $ref), root, found, depth + 1);
}

function lookUp(root: object, ref: string): unknown {
  let value: unknown = root;
  for (const step of ref.slice(2).split('/'))
    value = (value as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}
