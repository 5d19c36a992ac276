import { AUTH_ERRORS } from '../errors.js';
import { ARGON2_FLOOR, argon2Concurrency, argon2Hash, type Argon2Parameters } from './argon2.js';

/** What `calibratePasswords` is asked. */
export interface CalibrationOptions {
  /** How long one hash may take, in milliseconds: 50 to 2,000; 250. */
  readonly target?: number;
  /** How many hashes run at once, as `passwords.concurrency` has it. Default: that of an application without the option. */
  readonly concurrency?: number;
  /** Milliseconds of one hash while `concurrency` of them run. Default: measured on this machine. */
  readonly measure?: (parameters: Argon2Parameters, concurrency: number) => Promise<number>;
}

/** What suits this machine. */
export interface Calibration {
  /** For `AuthModule.with({ passwords: { argon2 } })`. Never less than the floor. */
  readonly parameters: Argon2Parameters;
  /** Milliseconds of one hash with them, while `concurrency` of them run. */
  readonly milliseconds: number;
  readonly concurrency: number;
  /** What was measured on the way, the least first. */
  readonly tried: readonly { readonly parameters: Argon2Parameters; readonly milliseconds: number }[];
}

// KiB. More memory costs an attacker's hardware more than more passes do (RFC 9106, 4); beyond 64 MiB a queue of sign-ins costs the service too
// much of it.
const MEMORY = [ARGON2_FLOOR.memory, 47_104, 65_536];
const MOST_PASSES = 20;

/**
 * The parameters of argon2id with which a hash takes nearly `target` on this machine, and not longer: memory first, then passes. A machine
 * on which the floor takes longer gets the floor. Run it where the service runs, while it does nothing else. Throws `AUTH_OPTIONS`.
 */
export async function calibratePasswords(options: CalibrationOptions = {}): Promise<Calibration> {
  const target = inRange('target', options.target ?? 250, 50, 2_000);
  const concurrency = inRange('concurrency', options.concurrency ?? argon2Concurrency(), 1, 1_024);
  const measure = options.measure ?? measureHash;
  const tried: { parameters: Argon2Parameters; milliseconds: number }[] = [];
  const attempt = async (memory: number, passes: number): Promise<number> => {
    const parameters = { memory, passes, lanes: ARGON2_FLOOR.lanes };
    const milliseconds = await measure(parameters, concurrency);
    tried.push({ parameters, milliseconds });
    return milliseconds;
  };

  let best = 0;
  for (const memory of MEMORY) {
    const least = await attempt(memory, ARGON2_FLOOR.passes);
    if (least > target) break;
    best = tried.length - 1;
  }
  const { parameters, milliseconds } = tried[best]!;
  // Time grows with the passes, nearly in proportion: what comes out too slow is taken back.
  let passes = Math.min(MOST_PASSES, Math.floor((target / milliseconds) * parameters.passes));
  for (; passes > parameters.passes; passes--) {
    if ((await attempt(parameters.memory, passes)) > target) continue;
    best = tried.length - 1;
    break;
  }
  return { ...tried[best]!, concurrency, tried };
}

const ROUNDS = 3;

// The median of several rounds, each as full as the queue lets it be: that is how long a sign-in takes when there are many.
async function measureHash(parameters: Argon2Parameters, concurrency: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await Promise.all(Array.from({ length: concurrency }, () => argon2Hash('correct horse battery staple', parameters)));
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

function inRange(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw AUTH_ERRORS.OPTIONS({ option: `calibratePasswords ${option}`, value, rule: `it must be an integer of ${least} to ${most}` });
}
