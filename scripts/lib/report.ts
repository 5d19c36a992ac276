/** Ends a check: prints what is wrong, one sentence each, and sets the exit code. `what` is said of a clean run. */
export function report(problems: readonly string[], what: string): void {
  for (const problem of problems) console.error(problem);
  console.log(
    problems.length === 0 ? `${what}: all in order` : `${what}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
  );
  if (problems.length > 0) process.exitCode = 1;
}
