import { checkPattern } from './check-pattern.js';
import { schemaErrors } from './errors.js';
import { pointerSegment } from './issue.js';
import { ANNOTATION_KEYWORDS, isObject, LIST_KEYWORDS, MAP_KEYWORDS, PLAIN_KEYWORDS, SCHEMA_KEYWORDS, TYPE_NAMES } from './keywords.js';
import type { JsonSchema } from './schema.js';

/** What a schema is judged by while it is read. */
export interface ReadRules {
  /** Refuse keywords and formats that would check nothing. Off for schemas a library generated: the library checks by itself. */
  readonly strict: boolean;
  /** The formats that are known. */
  readonly formats: ReadonlySet<string>;
  /** Whether patterns are examined for catastrophic backtracking. */
  readonly patterns: 'check' | 'trust';
}

const DEEPEST_SCHEMA = 200;
const DIALECTS = /^https?:\/\/json-schema\.org\/(draft\/2020-12|draft\/2019-09|draft-07)\/schema#?$/;

/**
 * A plain copy of a schema in the form the rest of the package reads: own enumerable string keys only (TypeBox adds
 * symbols), draft 7 tuples and dependencies written as 2020-12 says. Throws `SchemaError` for what cannot be used.
 */
export function readSchema(schema: JsonSchema, rules: ReadRules): JsonSchema {
  return readNode(schema, '', rules, []) as JsonSchema;
}

function readNode(node: unknown, pointer: string, rules: ReadRules, parents: readonly object[]): JsonSchema | boolean {
  if (typeof node === 'boolean' && pointer !== '') return node;
  if (!isObject(node)) throw schemaErrors.invalid('is not a schema: a schema is an object, or true or false inside another', pointer);
  if (parents.includes(node))
    throw schemaErrors.invalid(
      'contains itself as an object',
      pointer,
      'Give the outer schema an $id, or a place under $defs, and refer to it by $ref.',
    );
  if (parents.length > DEEPEST_SCHEMA)
    throw schemaErrors.invalid(`is nested deeper than ${DEEPEST_SCHEMA} levels`, pointer, 'Split it with $defs and $ref.');

  const read: Record<string, unknown> = {};
  const inside = [...parents, node];
  for (const [keyword, value] of Object.entries(modernized(node))) {
    if (value === undefined) continue;
    const at = `${pointer}/${pointerSegment(keyword)}`;
    if (SCHEMA_KEYWORDS.has(keyword)) read[keyword] = readNode(value, at, rules, inside);
    else if (LIST_KEYWORDS.has(keyword)) read[keyword] = readList(value, at, rules, inside);
    else if (MAP_KEYWORDS.has(keyword)) read[keyword] = readMap(value, at, rules, inside);
    else if (PLAIN_KEYWORDS.has(keyword) || ANNOTATION_KEYWORDS.has(keyword)) read[keyword] = readPlain(keyword, value, at);
    else if (keyword.startsWith('x-') || !rules.strict) read[keyword] = readPlain(keyword, value, at);
    else throw schemaErrors.invalid(`has the keyword ${JSON.stringify(keyword)}, which checks nothing`, at, keywordHelp(keyword));
  }
  checkNode(read, pointer, rules);
  return read;
}

/** Draft 7 wrote tuples as `items: [...]`, and TypeBox still does; `dependencies` became two keywords. */
function modernized(node: JsonSchema): JsonSchema {
  const { items, additionalItems, dependencies, ...rest } = node as { [key: string]: unknown };
  const next: Record<string, unknown> = rest;
  if (Array.isArray(items)) {
    next['prefixItems'] = items;
    if (additionalItems !== undefined) next['items'] = additionalItems;
    if (items.length === 0) delete next['prefixItems'];
  } else if (items !== undefined) next['items'] = items;
  if (isObject(dependencies)) {
    const entries = Object.entries(dependencies);
    const names = entries.filter(([, value]) => Array.isArray(value));
    const schemas = entries.filter(([, value]) => !Array.isArray(value));
    if (names.length > 0) next['dependentRequired'] = Object.fromEntries(names);
    if (schemas.length > 0) next['dependentSchemas'] = Object.fromEntries(schemas);
  }
  return next;
}

function readList(value: unknown, pointer: string, rules: ReadRules, parents: readonly object[]): unknown {
  if (!Array.isArray(value) || value.length === 0) throw schemaErrors.invalid('is not a list of schemas with at least one entry', pointer);
  return value.map((entry, index) => readNode(entry, `${pointer}/${index}`, rules, parents));
}

function readMap(value: unknown, pointer: string, rules: ReadRules, parents: readonly object[]): unknown {
  if (!isObject(value)) throw schemaErrors.invalid('is not an object of schemas', pointer);
  const read: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (name === '__proto__')
      throw schemaErrors.invalid('declares a property "__proto__", which is never accepted', pointer, 'Give the property another name.');
    if (entry !== undefined) read[name] = readNode(entry, `${pointer}/${pointerSegment(name)}`, rules, parents);
  }
  return read;
}

function readPlain(keyword: string, value: unknown, pointer: string): unknown {
  try {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`a ${typeof value} is not JSON`);
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw schemaErrors.invalid(
      `has a value of ${keyword} that JSON cannot carry`,
      pointer,
      'Use texts, finite numbers, booleans, null, arrays and plain objects.',
      cause,
    );
  }
}

function checkNode(node: Record<string, unknown>, pointer: string, rules: ReadRules): void {
  if (node['$schema'] !== undefined && pointer === '' && !DIALECTS.test(String(node['$schema']))) {
    throw schemaErrors.invalid(
      `says $schema ${JSON.stringify(node['$schema'])}`,
      '/$schema',
      'Write it in draft 2020-12, or leave $schema out.',
    );
  }
  for (const name of node['type'] === undefined ? [] : [node['type']].flat()) {
    if (!TYPE_NAMES.has(name as string)) {
      throw schemaErrors.invalid(
        `has the type ${JSON.stringify(name)}`,
        `${pointer}/type`,
        `Use one of ${[...TYPE_NAMES].join(', ')}. A date is a string with the format "date-time".`,
      );
    }
  }
  if (node['enum'] !== undefined && (!Array.isArray(node['enum']) || node['enum'].length === 0))
    throw schemaErrors.invalid('has no list of at least one value', `${pointer}/enum`);
  if (node['required'] !== undefined && !(Array.isArray(node['required']) && node['required'].every((name) => typeof name === 'string'))) {
    throw schemaErrors.invalid(
      'is not a list of property names',
      `${pointer}/required`,
      'List the required names on the object: required: ["name"].',
    );
  }
  const { format } = node;
  if (format !== undefined && rules.strict && !rules.formats.has(String(format)))
    throw schemaErrors.format(String(format), [...rules.formats], `${pointer}/format`);
  const maxLength = typeof node['maxLength'] === 'number' ? node['maxLength'] : undefined;
  if (node['pattern'] !== undefined) checkPattern(node['pattern'], `${pointer}/pattern`, { ...rules, maxLength });
  for (const pattern of Object.keys((node['patternProperties'] as object | undefined) ?? {})) {
    checkPattern(pattern, `${pointer}/patternProperties/${pointerSegment(pattern)}`, { ...rules, maxLength });
  }
}

function keywordHelp(keyword: string): string {
  if (keyword === 'nullable') return 'Write the type as a list: type: ["string", "null"].';
  if (keyword === '$dynamicRef' || keyword === '$dynamicAnchor' || keyword === '$recursiveRef') return 'Use $ref to a $defs entry.';
  if (keyword === 'required' || keyword === 'optional') return 'List the required names on the object: required: ["name"].';
  return 'Correct its spelling, remove it, or prefix it with "x-" if it is a note to other tools.';
}
