/** One default that is turned off, in memory, while tests run. */
export interface Mutation {
  /** What is turned off: `session-idle`. */
  readonly name: string;
  /** What the service would do then, in a few words. */
  readonly off: string;
  /** The source file, from the root of the project. */
  readonly file: string;
  /** Pieces of its text, each of which must stand there exactly once, and what takes their place. */
  readonly changes: readonly (readonly [text: string, by: string])[];
  /** The requirements whose tests must fail then. Those of all others must pass. */
  readonly turnsRed: readonly string[];
}

/** The text of a file with the default turned off. Throws an error for people when a piece does not stand there exactly once. */
export function applyMutation({ name, file, changes }: Mutation, source: string): string {
  let text = source;
  for (const [piece, by] of changes) {
    const count = text.split(piece).length - 1;
    if (count !== 1)
      throw new Error(`The default "${name}" cannot be turned off: ${file} holds ${JSON.stringify(piece)} ${count} times, not once.`);
    text = text.replace(piece, () => by);
  }
  return text;
}
