import type { Calibration, Passwords } from '@plinth/auth';
import type { Call, Command } from '../command.js';
import { CLI_ERRORS } from '../errors.js';
import { formatTable } from '../output/table.js';
import { withAuth, type Wanted } from '../project/from-auth.js';

const passwords: Wanted<Passwords> = {
  key: (auth) => auth.Passwords,
  what: 'passwords',
  cure: 'Import AuthModule of @plinth/auth in the root module.',
};

const calibrateCommand: Command = {
  name: 'calibrate',
  summary: 'measure argon2id on this machine, and print the parameters that take nearly as long as a sign-in may',
  options: [['--target <time>', 'how long a hash may take: 100ms to 250ms is usual; default 250ms']],
  examples: ['plinth auth calibrate', 'plinth auth calibrate --target 150ms'],
  async run(call) {
    const target = readTarget(call.options['target']);
    const found = await withAuth(call, passwords, ({ concurrency }, { calibratePasswords }) => calibratePasswords({ target, concurrency }));
    if (call.output.json) call.output.data({ target, ...found });
    else tell(call, target, found);
    return 0;
  },
};

/** What belongs to `@plinth/auth`. */
export const authCommand: Command = {
  name: 'auth',
  summary: 'measure what passwords cost on this machine',
  commands: [calibrateCommand],
};

function tell({ output }: Call, target: number, { parameters, milliseconds, concurrency, tried }: Calibration): void {
  const { memory, passes } = parameters;
  const rows = tried.map((one) => [mebibytes(one.parameters.memory), String(one.parameters.passes), `${Math.round(one.milliseconds)} ms`]);
  output.note(formatTable(['MEMORY', 'PASSES', 'TAKES'], rows, (text) => output.style('bold', text)));
  const most = Math.round((concurrency * 1_000) / milliseconds);
  output.note(
    `${concurrency} at a time: ${Math.round(milliseconds)} ms each, at most ${most} a second, ${mebibytes(concurrency * memory)} of memory.`,
  );
  if (milliseconds > target) output.note(`This machine takes longer than ${target} ms for the least that is safe.`);
  output.line(`AuthModule.with({ passwords: { argon2: { memory: ${grouped(memory)}, passes: ${passes} } } })`);
}

function mebibytes(kibibytes: number): string {
  return `${Math.round(kibibytes / 1_024)} MiB`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
}

function readTarget(value: string | boolean | undefined = '250ms'): number {
  const found = /^(\d{1,4})(?:ms)?$/.exec(String(value));
  const target = Number(found?.[1]);
  if (found !== null && target >= 50 && target <= 2_000) return target;
  throw CLI_ERRORS.TIME({
    value: JSON.stringify(value),
    option: '--target',
    reason: 'it must be from 50ms to 2000ms',
    cure: 'Write --target 250ms.',
  });
}
