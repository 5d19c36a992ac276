import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Call, Command } from '../command.js';
import { reasonOf } from '../config/load-config.js';
import { CLI_ERRORS } from '../errors.js';

/** Makes keys: 32 random bytes in base64, which is what `APP_KEY` takes. */
export const keyCommand: Command = {
  name: 'key',
  summary: 'print a new APP_KEY; --rotate puts it in front of the old ones',
  options: [
    ['-r, --rotate', 'put the new key in front of those of .env: it signs, the others still verify'],
    ['-w, --write', 'write it into .env instead of printing it'],
    ['--env <file>', 'the file, if not .env'],
  ],
  examples: ['plinth key', 'plinth key --write', 'plinth key --rotate --write'],
  async run(call) {
    const file = resolve(call.cwd, (call.options['env'] as string | undefined) ?? '.env');
    const text = readEnv(file);
    const found = text === undefined ? null : line.exec(text);
    const old = found === null ? '' : unquote(found[1] ?? '');
    const key = randomBytes(32).toString('base64');
    const ring = call.options['rotate'] === true && old !== '' ? `${key},${old}` : key;
    if (call.options['write'] !== true) return print(call, key, ring, old);
    if (old !== '' && call.options['rotate'] !== true) throw CLI_ERRORS.KEY_RING({ file });
    write(file, found === null ? withLine(text ?? '', ring) : (text ?? '').replace(line, () => `APP_KEY=${ring}`));
    if (call.output.json) call.output.data({ file, keys: ring.split(',').length });
    else call.output.line(`${file} has ${old !== '' ? 'a new APP_KEY in front of the former ones' : 'an APP_KEY'}. Restart the service.`);
    return 0;
  },
};

const line = /^[ \t]*(?:export[ \t]+)?APP_KEY[ \t]*=[ \t]*(.*)$/m;

function print({ output, options }: Call, key: string, ring: string, old: string): number {
  // The old keys are secrets that nobody asked to see.
  if (output.json)
    output.data({
      key,
      ...(options['rotate'] === true && { value: 'APP_KEY=<key>,<former keys>', former: old === '' ? 0 : ring.split(',').length - 1 }),
    });
  else output.line(key);
  if (options['rotate'] === true && !output.json) {
    output.note(
      'Put it in front of the former keys, with a comma: APP_KEY=<new>,<old>. The first one signs and encrypts, all of them verify.',
    );
    output.note(
      'Take the old one away once nothing that it signed is in use any more. `plinth key --rotate --write` does the first step in .env.',
    );
  }
  return 0;
}

function readEnv(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw CLI_ERRORS.FILE({ file, done: 'read', reason: reasonOf(error) }, { cause: error });
  }
}

// Readable by its owner alone, unless it was there with other rights.
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw CLI_ERRORS.FILE({ file, done: 'written', reason: reasonOf(error) }, { cause: error });
  }
}

function withLine(text: string, ring: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}APP_KEY=${ring}\n`;
}

function unquote(value: string): string {
  const plain = value.replace(/\r$/, '').trim();
  const quoted = /^(["'`])(.*)\1/.exec(plain);
  return quoted === null ? plain.replace(/\s+#.*$/, '') : (quoted[2] ?? '');
}
