/** One reason why an application cannot start. */
export interface Problem {
  /** Stable code with a page in `docs/reference/errors/`. */
  readonly code: string;
  /** One sentence with the offending value in it (never a secret). */
  readonly message: string;
  /** What it is about: a class and parameter, a module, a variable, a route. */
  readonly where?: string;
  /** What to do about it. */
  readonly help?: string;
}

const identity = { name: 'BootError', code: 'CORE_BOOT' } as const;

/** Thrown when an application is refused at boot; `problems` holds every reason, not only the first, and each once. */
export class BootError extends Error {
  override readonly name = identity.name;
  readonly code = identity.code;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options: { readonly cause?: unknown } = {}) {
    const different = withoutRepeats(problems);
    super(describeProblems(different), options);
    this.problems = different;
  }

  /** The problems as plain data, without the stack. */
  toJSON(): { name: string; code: string; problems: readonly Problem[] } {
    return { ...identity, problems: this.problems };
  }
}

// Several parts may miss the same thing, word for word.
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const byText = new Map(
    problems.map((problem) => [JSON.stringify([problem.code, problem.where, problem.message, problem.help]), problem]),
  );
  return byText.size === problems.length ? problems : [...byText.values()];
}

/** The problems as the text a person reads in a terminal: numbered, one per paragraph, each with its cure. */
export function describeProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`The application cannot start: ${count}.`, ...problems.map(describeProblem)].join('\n');
}

function describeProblem(problem: Problem, index: number): string {
  const margin = ' '.repeat(`  ${index + 1}. `.length);
  const lines = [`  ${index + 1}. ${problem.code}${problem.where === undefined ? '' : ` at ${problem.where}`}`];
  lines.push(indent(problem.message, margin));
  if (problem.help !== undefined) lines.push(indent(`Cure: ${problem.help}`, margin));
  return `\n${lines.join('\n')}`;
}

function indent(text: string, margin: string): string {
  return margin + text.split('\n').join(`\n${margin}`);
}
