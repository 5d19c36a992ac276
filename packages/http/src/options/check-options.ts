import { nearestName, type AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { OptionRule } from './option-rules.js';

/**
 * What is wrong with options, for callers that no compiler has checked: keys that do not exist and values that none of the choices is
 * (`HTTP_OPTION`), numbers that are no limit (`HTTP_LIMIT`). `owner` says whose they are, `name` where in it. Options that are
 * `undefined` were not given.
 */
export function checkOptions(value: unknown, rule: OptionRule, owner: string, name = ''): readonly AppError[] {
  if (value === undefined || rule.kind === 'any') return NONE;
  if (rule.kind === 'amount') return isAmount(value, rule) ? NONE : [limitError(value, rule, owner, name)];
  if (rule.values.includes(value)) return NONE;
  if (rule.kind === 'values') return rule.functions && typeof value === 'function' ? NONE : [choiceError(value, rule, owner, name)];
  if (rule.kind === 'text') return typeof value === 'string' && value !== '' ? NONE : [choiceError(value, rule, owner, name)];
  if (rule.kind === 'texts') return isTexts(value) ? NONE : [choiceError(value, rule, owner, name)];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [choiceError(value, rule, owner, name)];
  const found: AppError[] = [];
  for (const key of Object.keys(value)) {
    const own = rule.keys.get(key) ?? (rule.more?.fits(key) === true ? rule.more.rule : undefined);
    const path = name === '' ? key : `${name}.${key}`;
    const entry = (value as Record<string, unknown>)[key];
    if (own !== undefined) found.push(...checkOptions(entry, own, owner, path));
    else if (entry !== undefined) found.push(unknownError(key, [...rule.keys.keys()], owner, path));
  }
  return found;
}

const NONE: readonly AppError[] = [];

type Amount = Extract<OptionRule, { kind: 'amount' }>;
type Choice = Extract<OptionRule, { readonly values: readonly unknown[] }>;

function isAmount(value: unknown, { least, most, whole }: Amount): boolean {
  return typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
}

function limitError(value: unknown, { least, most, whole }: Amount, owner: string, name: string): AppError {
  const allowed = whole ? `a whole number, ${least} or more` : `a number of milliseconds from ${least} to ${most}`;
  return HTTP_ERRORS.LIMIT({ limit: name, owner, value: show(value), allowed });
}

function choiceError(value: unknown, rule: Choice, owner: string, name: string): AppError {
  // The empty text where a feature has more to say of it.
  const choices = rule.values.filter((each) => each !== '').map(show);
  const form = FORMS[rule.kind];
  if (form !== undefined) choices.push(form);
  else if (rule.kind === 'values' && rule.functions) choices.push('a function');
  const nearest = typeof value === 'string' ? nearestName(value, rule.values.filter(isText)) : undefined;
  const cure = nearest === undefined ? `Write ${choices.join(' or ')}.` : `Did you mean ${show(nearest)}?`;
  return HTTP_ERRORS.OPTION({ option: subject(name), owner, reason: `is ${show(value)}, and not ${choices.join(' or ')}`, cure });
}

const FORMS = { values: undefined, keys: 'an object of options', text: 'a text', texts: 'a list of texts' } as const;

function unknownError(key: string, known: readonly string[], owner: string, path: string): AppError {
  const nearest = nearestName(key, known);
  const cure = nearest === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${show(nearest)}?`;
  return HTTP_ERRORS.OPTION({ option: subject(path), owner, reason: 'does not exist', cure });
}

function subject(name: string): string {
  return name === '' ? 'The value' : `The option ${show(name)}`;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
}
