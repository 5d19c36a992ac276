// Statements that never commit by themselves: where the transaction is gone after one of them, it was rolled back or ended on purpose.
const neverCommits = /^(?:\(|(?:select|insert|update|delete|replace|with|values|load|call|do|commit|rollback|savepoint|release)\b)/i;
const leadingComments = /^(?:\s+|\/\*.*?\*\/|--\s[^\n]*\n|#[^\n]*\n)*/s;
const deadlock = 1213;

/**
 * Whether a statement that failed and left no transaction open has rolled it back (a deadlock). Anything else has committed it first,
 * as MySQL and MariaDB do before every change of the schema ("Statements That Cause an Implicit Commit").
 */
export function endsByRollback(sql: string, error: unknown): boolean {
  return (error as { errno?: unknown } | null)?.errno === deadlock || neverCommits.test(sql.replace(leadingComments, ''));
}
