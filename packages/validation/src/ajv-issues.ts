import type { ErrorObject } from 'ajv';
import { sentenceOf } from './ajv-sentences.js';
import { isObject, forEachSubschema, type SchemaNode } from './keywords.js';
import { mergeIssues, pointerSegment, type Issue } from './issue.js';
import type { JsonSchema } from './schema.js';
import { describeTypes, typeBits } from './types.js';

interface Entry {
  readonly error: ErrorObject;
  readonly issue: Issue;
}

/** ajv's errors as issues: those of the branches of a union are replaced by what is wrong with the one that was meant. */
export function toIssues(errors: readonly ErrorObject[], root: JsonSchema): readonly Issue[] {
  const entries: Entry[] = [];
  for (const error of errors) {
    if (isRepeated(error)) continue;
    if (
      (error.keyword === 'anyOf' || error.keyword === 'oneOf') &&
      isObject(error.parentSchema) &&
      error.params['passingSchemas'] == null
    ) {
      entries.push(...explainUnion(error, takeBranches(entries, error, root), root));
    } else entries.push({ error, issue: toIssue(error) });
  }
  return mergeIssues(
    [],
    entries.map((entry) => entry.issue),
  );
}

/** `if` only repeats what `then` or `else` said; errors inside a property name are told by `propertyNames`. */
function isRepeated(error: ErrorObject): boolean {
  return error.keyword === 'if' || (error.propertyName !== undefined && error.keyword !== 'propertyNames');
}

function toIssue(error: ErrorObject): Issue {
  const { params, keyword } = error;
  const at = error.instancePath;
  const key = (params['missingProperty'] ??
    params['additionalProperty'] ??
    params['unevaluatedProperty'] ??
    (keyword === 'propertyNames' ? params['propertyName'] : undefined)) as string | undefined;
  const pointer = key === undefined ? at : `${at}/${pointerSegment(key)}`;
  const rule =
    keyword === 'additionalProperties' || keyword === 'unevaluatedProperties' ? 'unknown' : keyword === 'false schema' ? 'not' : keyword;
  const limit = params['limit'] as unknown;
  return limit === undefined
    ? { pointer, rule, message: sentenceOf(error) }
    : { pointer, rule, message: sentenceOf(error), params: { limit } };
}

/** The errors just before a union's own that came from its branches, by branch; they are taken out of the list. */
function takeBranches(entries: Entry[], union: ErrorObject, root: JsonSchema): Entry[][] {
  const branches = (union.parentSchema as JsonSchema)[union.keyword] as SchemaNode[];
  const reaches = branches.map((branch) => reachable(branch, root));
  const taken: Entry[][] = branches.map(() => []);
  let current = branches.length - 1;
  for (let last = entries.at(-1); last !== undefined; last = entries.at(-1)) {
    const entry = last;
    if (!entry.error.instancePath.startsWith(union.instancePath)) break;
    // Errors stand in the order of the branches, so reading backwards the branch can only go down.
    while (current >= 0 && !reaches[current]?.has(entry.error.parentSchema)) current -= 1;
    if (current < 0) break;
    taken[current]?.unshift(entry);
    entries.pop();
  }
  return taken;
}

function explainUnion(union: ErrorObject, branches: readonly Entry[][], root: JsonSchema): Entry[] {
  const meant = branches.filter((branch) => branch.length > 0 && !branch.some((entry) => rulesOut(entry.error, union.instancePath)));
  const [only] = meant;
  if (meant.length === 1 && only !== undefined)
    return only.map((entry) => ({ error: { ...entry.error, parentSchema: union.parentSchema as JsonSchema }, issue: entry.issue }));
  const schemas = (union.parentSchema as JsonSchema)[union.keyword] as SchemaNode[];
  const types = schemas.map((schema) => (isObject(schema) ? resolve(schema, root) : {}));
  const bits = types.reduce((sum, schema) => sum | typeBits(schema['type'] ?? 'none'), 0);
  const literal = types.map((schema) =>
    'const' in schema ? [schema['const']] : Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : undefined,
  );
  const message = literal.every((values) => values !== undefined)
    ? `must be one of ${literal
        .flat()
        .map((value) => JSON.stringify(value))
        .join(', ')}`
    : meant.length === 0 &&
        types.every((schema) => schema['type'] !== undefined) &&
        branches.every((branch) =>
          branch.some((entry) => entry.error.keyword === 'type' && entry.error.instancePath === union.instancePath),
        )
      ? `must be ${describeTypes(bits)}`
      : `must have one of the ${schemas.length} declared forms`;
  return [{ error: union, issue: { pointer: union.instancePath, rule: union.keyword, message } }];
}

/** Another type, or another constant at the place itself or in a property right below: the branch was not the one meant. */
function rulesOut(error: ErrorObject, at: string): boolean {
  const below = error.instancePath.slice(at.length);
  if (error.keyword === 'type') return below === '';
  return (error.keyword === 'const' || error.keyword === 'enum') && below.lastIndexOf('/') <= 0;
}

function reachable(branch: SchemaNode, root: JsonSchema): ReadonlySet<unknown> {
  const seen = new Set<unknown>();
  const pending: SchemaNode[] = [branch];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isObject(node) || seen.has(node)) continue;
    seen.add(node);
    if (node['$ref'] !== undefined) pending.push(resolve(node, root));
    forEachSubschema(node, (sub) => pending.push(sub));
  }
  return seen;
}

/** Bundled schemas refer to `#/$defs/<name>` only. */
function resolve(node: JsonSchema, root: JsonSchema): JsonSchema {
  const ref = node['$ref'];
  if (typeof ref !== 'string') return node;
  const target = (root['$defs'] as Record<string, unknown>)[ref.slice('#/$defs/'.length)];
  return isObject(target) ? target : {};
}
