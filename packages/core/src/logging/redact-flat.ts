import type { LogCore } from './module-logger.js';
import { longestText, redacted } from './redact-text.js';

/**
 * The fields of a line written by `PINO`: those that are flat and harmless pass through untouched, which is what a line of each
 * request should be; anything nested is looked through like any other line. @internal
 */
export function redactFlat(fields: Record<string, unknown>, core: LogCore): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) continue;
    if (typeof value !== 'string' || key === '__proto__') return core.redactor.fields(fields) as Record<string, unknown>;
    if (core.redactor.hides(key)) (copy ??= { ...fields })[key] = redacted;
    else if (isSuspicious(value)) (copy ??= { ...fields })[key] = core.redactor.text(value);
  }
  return copy ?? fields;
}

/** Whether a text could change when secrets are taken out of it. @internal */
export function isSuspicious(text: string): boolean {
  return text.length > longestText || text.includes('=') || text.includes('://') || text.includes('eyJ') || text.includes(' ');
}
