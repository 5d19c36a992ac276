import type { ErrorObject } from 'ajv';
import { kindOf } from './issue.js';
import { isObject } from './keywords.js';
import { describeTypes, INTEGER, NUMBER, typeBits } from './types.js';

/** What is wrong, as the end of a sentence that begins with the property. Tells limits and kinds, never the value. */
export function sentenceOf(error: ErrorObject): string {
  const { params, keyword } = error;
  const limit = params['limit'] as number;
  switch (keyword) {
    case 'type':
      return `must be ${wanted(error)}${got(error)}`;
    case 'required':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not a known property';
    case 'const':
      return `must be ${literal(params['allowedValue'])}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map(literal).join(', ')}`;
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${count(limit, 'character')}`;
    case 'maxLength':
      return `must have at most ${count(limit, 'character')}`;
    case 'minItems':
      return limit === 1 ? 'must not be empty' : `must have at least ${count(limit, 'item')}`;
    case 'maxItems':
      return `must have at most ${count(limit, 'item')}`;
    case 'minProperties':
      return `must have at least ${count(limit, 'property')}`;
    case 'maxProperties':
      return `must have at most ${count(limit, 'property')}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'exclusiveMinimum':
      return `must be greater than ${limit}`;
    case 'exclusiveMaximum':
      return `must be less than ${limit}`;
    case 'multipleOf':
      return `must be a multiple of ${String(params['multipleOf'])}`;
    case 'pattern':
      return `must match the pattern ${String(params['pattern'])}`;
    case 'format':
      return `must be ${formatNames[params['format'] as string] ?? `of the format ${String(params['format'])}`}`;
    case 'uniqueItems':
      return `must not hold the same item twice (items ${String(params['j'])} and ${String(params['i'])} are equal)`;
    case 'contains':
      return contains(params as { minContains: number; maxContains?: number });
    case 'dependentRequired':
      return `is required when ${String(params['property'])} is there`;
    case 'propertyNames':
      return 'is not an allowed property name';
    case 'oneOf':
      return 'must have exactly one of the declared forms, but has several';
    case 'not':
      return 'must not have the excluded form';
    case 'false schema':
      return 'must not be there';
    case 'unevaluatedItems':
    case 'items':
      return `must have at most ${count(Number(params['limit'] ?? params['len'] ?? 0), 'item')}`;
    default:
      return `must follow the rule ${keyword}`;
  }
}

function wanted(error: ErrorObject): string {
  const parent = isObject(error.parentSchema) ? error.parentSchema : {};
  const bits = typeBits(error.params['type']);
  const words = describeTypes(bits);
  if ((bits & ~(INTEGER | NUMBER)) !== 0) return words;
  const { minimum, maximum } = parent as { minimum?: number; maximum?: number };
  if (minimum !== undefined && maximum !== undefined) return `${words} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${words} of at least ${minimum}`;
  return maximum === undefined ? words : `${words} of at most ${maximum}`;
}

/** The kind of what came. */
function got(error: ErrorObject): string {
  if (!('data' in error)) return '';
  return Number.isFinite(error.data)
    ? `, got ${Number.isInteger(error.data) ? 'a number' : 'a fractional number'}`
    : `, got ${kindOf(error.data)}`;
}

function contains({ minContains, maxContains }: { minContains: number; maxContains?: number }): string {
  return maxContains === undefined
    ? `must hold at least ${count(minContains, 'item')} of the declared form`
    : `must hold between ${minContains} and ${maxContains} items of the declared form`;
}

function count(number: number, noun: string): string {
  const plural = noun === 'property' ? 'properties' : `${noun}s`;
  return `${number} ${number === 1 ? noun : plural}`;
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}

const formatNames: Readonly<Record<string, string>> = {
  date: 'a date such as 2026-01-31',
  time: 'a time with an offset such as 13:45:00Z',
  'date-time': 'a date and time with an offset such as 2026-01-31T13:45:00Z',
  duration: 'an ISO 8601 duration such as P3DT4H',
  email: 'an e-mail address',
  uuid: 'a UUID',
  uri: 'an absolute URI',
  url: 'an absolute http or https URL',
  hostname: 'a host name',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  regex: 'a regular expression',
  'json-pointer': 'a JSON pointer',
  byte: 'base64 text',
};
