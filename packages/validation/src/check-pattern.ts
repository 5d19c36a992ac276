import { analyse } from 'scslre';
import { schemaErrors } from './errors.js';
import { hasAmbiguousLoop } from './ambiguous-loop.js';

interface PatternRules {
  readonly patterns: 'check' | 'trust';
  readonly strict: boolean;
  /** The longest text the pattern will see, where the schema says. */
  readonly maxLength: number | undefined;
}

/** At this length a pattern whose time grows with the square or cube of the text is still harmless enough. */
const SHORT_TEXT = 1_000;

/**
 * Refuses a pattern that does not compile (flag `u`, as JSON Schema says) or that a hostile text could keep busy:
 * exponential backtracking always, polynomial backtracking unless `maxLength` keeps the text short. The analysis is static (scslre).
 */
export function checkPattern(pattern: unknown, pointer: string, rules: PatternRules): void {
  const source = String(pattern);
  const expression = compilePattern(source, pointer, rules.strict);
  if (expression === undefined || rules.patterns === 'trust') return;
  const reports = analyse(expression, { maxReports: 10 }).reports;
  if (reports.some((report) => report.exponential) || hasAmbiguousLoop(expression)) {
    throw schemaErrors.pattern(source, 'a hostile text makes it run for a time that doubles with each character', pointer);
  }
  if (rules.strict && reports.length > 0 && (rules.maxLength === undefined || rules.maxLength > SHORT_TEXT)) {
    throw schemaErrors.pattern(source, 'a hostile text makes it run for a time that grows with at least the square of its length', pointer);
  }
}

function compilePattern(source: string, pointer: string, strict: boolean): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch (cause) {
    if (!strict) return undefined; // the library compiled it with flags of its own
    throw schemaErrors.invalid(
      `has the pattern ${JSON.stringify(source)}, which is no regular expression with the flag "u"`,
      pointer,
      'Escape only what needs it: with "u", "\\-" is allowed inside [ ] alone.',
      cause,
    );
  }
}
