const LONGEST = 200;

/** Why the library refused something, for the log: it may hold what the sender wrote. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST);
}
