const colours: Readonly<Record<string, string>> = { trace: '90', debug: '36', info: '32', warn: '33', error: '31', fatal: '41;97' };
const hiddenFields = new Set(['level', 'time', 'msg', 'module', 'pid', 'hostname', 'err']);

/** What `prettyLine` may be told. */
export interface PrettyOptions {
  /** Whether to write ANSI colours. */
  readonly colour?: boolean;
}

/**
 * A JSON line as a person reads it: `12:03:04.123 INFO  orders: Placed. id=7`, an error with its stack and causes below.
 * Control characters in values are escaped, so that logged input cannot move the cursor or fake a line.
 */
export function prettyLine(line: string, options: PrettyOptions = {}): string {
  const record = readRecord(line);
  if (record === undefined) return line;
  const paint = options.colour ? (code: string, text: string) => `\u001b[${code}m${text}\u001b[0m` : (_: string, text: string) => text;
  const level = String(record['level']);
  const parts = [
    paint('90', String(record['time']).slice(11, 23)),
    paint(colours[level] ?? '0', level.toUpperCase().padEnd(5)),
    ...(record['module'] === undefined ? [] : [paint('35', `${escape(String(record['module']))}:`)]),
    ...(record['msg'] === undefined ? [] : [escape(String(record['msg']))]),
    ...Object.entries(record)
      .filter(([key]) => !hiddenFields.has(key))
      .map(([key, value]) => paint('90', `${escape(key)}=${showValue(value)}`)),
  ];
  return `${parts.join(' ')}\n${describeError(record['err'], '    ')}`;
}

function readRecord(line: string): Record<string, unknown> | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function showValue(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : escape(JSON.stringify(value));
}

function describeError(error: unknown, margin: string): string {
  if (error === undefined || error === null) return '';
  if (typeof error !== 'object') return `${margin}${escape(String(error))}\n`;
  const { type, message, stack, cause, errors, ...rest } = error as Record<string, unknown>;
  const head = typeof stack === 'string' && stack !== '' ? stack : `${String(type)}: ${String(message)}`;
  const fields = Object.entries(rest)
    .map(([key, value]) => `${escape(key)}=${showValue(value)}`)
    .join(' ');
  const lines = [...head.split('\n'), ...(fields === '' ? [] : [`  ${fields}`])].map((text) => `${margin}${escape(text)}\n`);
  const below = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])] as unknown[];
  return lines.join('') + below.map((item) => `${margin}caused by\n${describeError(item, `${margin}  `)}`).join('');
}

function escape(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
