import { redactText } from './redact-text.js';
import { redactMember, redactValue, type Walk } from './redact-value.js';

const mostErrors = 20;
const ownFields = new Set(['name', 'message', 'stack', 'cause', 'errors', 'type']);

/** An error as plain data: type, message, stack, own fields, its causes, and the errors of an `AggregateError`. @internal */
export function serializeError(error: Error, walk: Walk): Record<string, unknown> {
  const data = Object.create(null) as Record<string, unknown>;
  data['type'] = readType(error);
  data['message'] = redactText(readText(error, 'message'), walk.checkKey);
  walk.path.push(error);
  // The fields of an error are the application's, whatever input the error stands below.
  const input = walk.input;
  walk.input = false;
  for (const key of Object.keys(error)) {
    if (!ownFields.has(key)) data[key] = redactMember(key, (error as unknown as Record<string, unknown>)[key], walk);
  }
  data['stack'] = redactText(readText(error, 'stack'), walk.checkKey);
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  if (cause !== undefined) data['cause'] = redactValue(cause, walk);
  if (Array.isArray(errors)) data['errors'] = serializeAll(errors, walk);
  walk.input = input;
  walk.path.pop();
  return data;
}

function serializeAll(errors: readonly unknown[], walk: Walk): unknown[] {
  const shown = errors.slice(0, mostErrors).map((error) => redactValue(error, walk));
  return errors.length > mostErrors ? [...shown, `[${errors.length - mostErrors} more]`] : shown;
}

function readType(error: Error): string {
  const name = readText(error, 'name');
  const type = error.constructor?.name;
  return name !== '' && name !== 'Error' ? name : (type ?? 'Error');
}

function readText(error: Error, key: 'name' | 'message' | 'stack'): string {
  try {
    const text: unknown = error[key];
    return typeof text === 'string' ? text : text === undefined ? '' : String(text);
  } catch {
    return '[unreadable]';
  }
}
