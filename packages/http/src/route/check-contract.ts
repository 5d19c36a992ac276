import { toProblem, type Problem } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';

/** What is wrong with a schema of a route although it compiles: no value can ever pass it (`HTTP_SCHEMA_NEVER`). */
export function checkSchema(schema: unknown, route: string, part: string, where: string): readonly Problem[] {
  const never = findNever(schema);
  return never === undefined ? [] : [toProblem(HTTP_ERRORS.SCHEMA_NEVER({ part, route, ...never }), where)];
}

/** Why no value can pass, and where it says so (a JSON pointer). */
interface Never {
  readonly at: string;
  readonly reason: string;
}

type Json = Record<string, unknown>;

/**
 * Why a schema refuses every value, or `undefined`. Looks only where a contradiction closes the whole schema: at the root, in required
 * properties, in every branch of an `anyOf` or `oneOf`. An optional property that can never be there is left alone: `{ "not": {} }` is
 * how one says that it must not be.
 */
function findNever(schema: unknown, at = '#', depth = 0): Never | undefined {
  if (schema === false) return { at, reason: 'false refuses everything' };
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || depth > 16) return undefined;
  const each = schema as Json;
  const reason = ownContradiction(each);
  if (reason !== undefined) return { at, reason };
  return inRequired(each, at, depth) ?? inAllOf(each, at, depth) ?? inBranches(each, at, depth);
}

function ownContradiction(schema: Json): string | undefined {
  const types = typesOf(schema);
  const { enum: listed, const: constant } = schema;
  if (Array.isArray(listed) && listed.length === 0) return '`enum` is empty';
  if (types !== undefined) {
    if (types.length === 0) return '`type` is empty';
    if (Array.isArray(listed) && !listed.some((value) => fitsOne(value, types)))
      return `no value of \`enum\` is of type ${types.join(' or ')}`;
    if ('const' in schema && !fitsOne(constant, types)) return `\`const\` is not of type ${types.join(' or ')}`;
  }
  if ('const' in schema && Array.isArray(listed) && isScalar(constant) && listed.every(isScalar) && !listed.includes(constant))
    return '`const` is not in `enum`';
  return forcedBounds(schema, types) ?? forbiddenProperty(schema, types);
}

const bounds: readonly (readonly [type: string, min: string, max: string])[] = [
  ['string', 'minLength', 'maxLength'],
  ['array', 'minItems', 'maxItems'],
  ['object', 'minProperties', 'maxProperties'],
];

// Bounds say nothing of values of other types, so they contradict each other only where the type is fixed.
function forcedBounds(schema: Json, types: readonly string[] | undefined): string | undefined {
  if (types?.length !== 1) return undefined;
  const [type] = types as [string];
  const entry = bounds.find(([name]) => name === type);
  if (entry !== undefined) {
    const [, min, max] = entry;
    return isAbove(schema[min], schema[max]) ? `\`${min}\` is above \`${max}\`` : undefined;
  }
  if (type !== 'number' && type !== 'integer') return undefined;
  const { minimum, maximum, exclusiveMinimum: over, exclusiveMaximum: under } = schema;
  if (isAbove(minimum, maximum)) return '`minimum` is above `maximum`';
  if (isAbove(over, maximum) || (over === maximum && typeof over === 'number')) return '`exclusiveMinimum` leaves nothing below `maximum`';
  if (isAbove(minimum, under) || (minimum === under && typeof minimum === 'number'))
    return '`exclusiveMaximum` leaves nothing above `minimum`';
  if (isAbove(over, under) || (over === under && typeof over === 'number'))
    return '`exclusiveMinimum` leaves nothing below `exclusiveMaximum`';
  return undefined;
}

function forbiddenProperty(schema: Json, types: readonly string[] | undefined): string | undefined {
  const { required, properties = {}, patternProperties, additionalProperties } = schema;
  if (types?.length !== 1 || types[0] !== 'object' || additionalProperties !== false || patternProperties !== undefined) return undefined;
  if (!Array.isArray(required) || typeof properties !== 'object' || properties === null) return undefined;
  const missing = required.find((name) => typeof name === 'string' && !Object.hasOwn(properties, name)) as string | undefined;
  return missing === undefined ? undefined : `"${missing}" is required, but not declared, and \`additionalProperties\` is false`;
}

function inRequired(schema: Json, at: string, depth: number): Never | undefined {
  const { required, properties } = schema;
  if (typesOf(schema)?.join() !== 'object' || !Array.isArray(required) || typeof properties !== 'object' || properties === null)
    return undefined;
  for (const name of required as unknown[]) {
    if (typeof name !== 'string' || !Object.hasOwn(properties, name)) continue;
    const found = findNever((properties as Json)[name], `${at}/properties/${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inAllOf(schema: Json, at: string, depth: number): Never | undefined {
  const { allOf } = schema;
  if (!Array.isArray(allOf)) return undefined;
  let common = typesOf(schema);
  for (const [index, entry] of (allOf as unknown[]).entries()) {
    const place = `${at}/allOf/${index}`;
    const found = findNever(entry, place, depth + 1);
    if (found !== undefined) return found;
    const types = typeof entry === 'object' && entry !== null ? typesOf(entry as Json) : undefined;
    if (types === undefined) continue;
    const before = common;
    common = before === undefined ? types : before.filter((type) => types.some((other) => overlaps(type, other)));
    if (common.length === 0) return { at: place, reason: `its type ${types.join(' or ')} contradicts ${before!.join(' or ')}` };
  }
  return undefined;
}

function inBranches(schema: Json, at: string, depth: number): Never | undefined {
  for (const key of ['anyOf', 'oneOf']) {
    const list = schema[key];
    if (!Array.isArray(list)) continue;
    if (list.length === 0) return { at, reason: `\`${key}\` is empty` };
    const found = (list as unknown[]).map((entry, index) => findNever(entry, `${at}/${key}/${index}`, depth + 1));
    if (found.every((each) => each !== undefined)) return found[0];
  }
  return undefined;
}

function typesOf({ type, nullable }: Json): readonly string[] | undefined {
  if (type === undefined) return undefined;
  const types = (Array.isArray(type) ? type : [type]).filter((each): each is string => typeof each === 'string');
  return nullable === true ? [...types, 'null'] : types;
}

function fitsOne(value: unknown, types: readonly string[]): boolean {
  return types.some((type) => {
    if (type === 'null') return value === null;
    if (type === 'array') return Array.isArray(value);
    if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
    if (type === 'integer') return Number.isInteger(value);
    // A word that is no type of JSON Schema is the compiler's matter.
    return ['string', 'number', 'boolean'].includes(type) ? typeof value === type : true;
  });
}

function overlaps(a: string, b: string): boolean {
  return a === b || (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer');
}

function isAbove(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' && a > b;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
