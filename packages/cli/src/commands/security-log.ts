import type { SecurityLogAnchor, VerifyResult } from '@plinth/auth';
import type { Call, Command } from '../command.js';
import { CLI_ERRORS } from '../errors.js';
import { withAuth, type Wanted } from '../project/from-auth.js';

type Log = import('@plinth/auth').SecurityLog;

const securityLog: Wanted<Log> = {
  key: ({ SecurityLog }) => SecurityLog,
  what: 'security log',
  cure: 'Switch it on: AuthModule.with({ securityLog: { store: sqlSecurityLogStore } }).',
};

const verifyCommand: Command = {
  name: 'verify',
  summary: 'check that no record was altered, removed, put in or moved; exit code 1 when one was',
  options: [
    ['--since <anchor>', 'begin behind this end of the log, <sequence>:<hash>, instead of at the first record'],
    ['--anchor <anchors>', 'ends of the log that were noted before, comma-separated: each must still be there'],
  ],
  examples: ['plinth security-log verify', 'plinth security-log verify --since 1000:2MLr…'],
  async run(call) {
    const { since, anchor } = call.options as { since?: string; anchor?: string };
    const from = since === undefined ? {} : { from: readAnchor(since) };
    const anchors = anchor === undefined ? {} : { anchors: anchor.split(',').map(readAnchor) };
    const found = await withAuth(call, securityLog, (log) => log.verify({ ...from, ...anchors }));
    if (!found.ok) return tellFault(call, found);
    const { records, last } = found;
    if (call.output.json) call.output.data({ ok: true, records, last: last ?? null });
    else if (last === undefined) call.output.line('The security log is empty.');
    else call.output.line(`${records} ${records === 1 ? 'record' : 'records'}, all as they were written. End: ${textOf(last)}`);
    return 0;
  },
};

const pruneCommand: Command = {
  name: 'prune',
  summary: 'remove the records from before a time, so that the rest can still be verified',
  options: [['--before <time>', 'a date, 2025-01-31 (UTC), or a time with its zone, 2025-01-31T12:00:00Z']],
  examples: ['plinth security-log prune --before 2025-01-01'],
  async run(call) {
    const before = readBefore(call.options['before']);
    const done = await withAuth(call, securityLog, (log) => log.prune(before));
    if (!done.ok) return tellFault(call, done);
    const { removed, through } = done;
    if (call.output.json) call.output.data({ ok: true, removed, through: through ?? null });
    else if (through === undefined) call.output.note('Nothing is that old.');
    else call.output.line(`${removed} ${removed === 1 ? 'record' : 'records'} removed, up to ${textOf(through)}`);
    return 0;
  },
};

/** Verifies the security log of `@plinth/auth`, and prunes it. The application is built and not started. */
export const securityLogCommand: Command = {
  name: 'security-log',
  summary: 'verify the security log, or remove its oldest records',
  commands: [verifyCommand, pruneCommand],
};

const FAULTS = {
  missing: 'is missing',
  altered: 'is not what was written',
  cut: 'is missing, and everything after it: the log was longer',
  'unknown-key': 'was sealed with a key that is not in APP_KEY',
};

// It is the answer, not an error of the command; what comes after the first fault says nothing any more.
function tellFault({ output }: Call, { sequence, fault }: Extract<VerifyResult, { ok: false }>): number {
  if (output.json) output.data({ ok: false, sequence, fault });
  else output.line(output.style('red', `The security log is not whole: record ${sequence} ${FAULTS[fault]} (${fault}).`));
  return 1;
}

function textOf({ sequence, hash }: SecurityLogAnchor): string {
  return `${sequence}:${hash}`;
}

function readAnchor(text: string): SecurityLogAnchor {
  const found = /^(\d{1,15}):([\w-]{43})$/.exec(text.trim());
  if (found === null) throw CLI_ERRORS.SECURITY_LOG_ANCHOR({ value: JSON.stringify(text.slice(0, 80)) });
  return { sequence: Number(found[1]), hash: found[2]! };
}

// Of several ways to read a date one would remove more than was meant: only these two are read.
function readBefore(value: string | boolean | undefined): Date {
  const cure = 'Write --before 2025-01-31 (UTC), or --before 2025-01-31T12:00:00Z.';
  const refuse = (reason: string): Error => CLI_ERRORS.TIME({ value: JSON.stringify(value ?? ''), option: '--before', reason, cure });
  if (typeof value !== 'string') throw refuse('it must be given');
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(value)) throw refuse('it is not of that form');
  const time = new Date(value);
  if (Number.isNaN(time.getTime()) || !isDay(value)) throw refuse('there is no such day');
  if (time.getTime() > Date.now()) throw refuse('it lies ahead, and everything would go');
  return time;
}

// JavaScript takes the 31st of February for the 3rd of March.
function isDay(value: string): boolean {
  const day = value.slice(0, 10);
  return new Date(day).toISOString().startsWith(day);
}
