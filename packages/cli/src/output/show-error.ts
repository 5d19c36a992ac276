import type { Problem } from '@plinth/core';
import type { Output } from './output.js';

/** Shows why a command failed: sentence, code and cure; every problem of a boot that was refused; the stack of anything else. */
export function showError(error: unknown, output: Output): void {
  if (output.json) return output.data({ error: toData(error) });
  const problems = problemsOf(error);
  if (problems !== undefined && error instanceof Error) return output.note(error.message);
  const coded = codedOf(error);
  if (coded === undefined) return output.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  output.note(`${output.style('red', coded.code)}: ${coded.message}`);
  if (coded.help !== undefined) output.note(`Cure: ${coded.help}`);
  const cause = (error as Error).cause;
  if (problemsOf(cause) !== undefined || (cause instanceof Error && codedOf(cause) === undefined && coded.code === 'CLI_CONFIG_LOAD'))
    output.note(`\n${(cause as Error).stack ?? (cause as Error).message}`);
}

interface Coded {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

function toData(error: unknown): object {
  const problems = problemsOf(error);
  if (problems !== undefined) return { code: (error as { code: string }).code, problems };
  const { code, message, help } = codedOf(error) ?? { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
  return { code, message, ...(help !== undefined && { help }) };
}

function codedOf(error: unknown): Coded | undefined {
  if (!(error instanceof Error) || typeof (error as { code?: unknown }).code !== 'string' || !('kind' in error)) return undefined;
  const { code, detail, help } = error as unknown as { code: string; message: string; detail?: string; help?: string };
  return { code, message: detail ?? error.message, ...(help !== undefined && { help }) };
}

// By its form: the project's copy of core may be another one than ours.
function problemsOf(error: unknown): readonly Problem[] | undefined {
  const problems = error instanceof Error && error.name === 'BootError' ? (error as { problems?: unknown }).problems : undefined;
  return Array.isArray(problems) ? (problems as Problem[]) : undefined;
}
