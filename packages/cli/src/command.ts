import type { Output } from './output/output.js';

/** One command of `plinth`, as data: each stands in a file of its own under `commands/`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Shown below the options of `--help`. */
  readonly examples?: readonly string[];
  /** As commander writes them: `[path]`, `<name>`. */
  readonly arguments?: readonly (readonly [pattern: string, description: string])[];
  /** As commander writes them: `--out <file>`, `-m, --method <name>`. `--json` and `--config` are every command's. */
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** The commands it stands for: `plinth migrate up`. Without one of them it cannot be called. */
  readonly commands?: readonly Command[];
  /** Gives the exit code. What it throws is shown with its code and cure, and the exit code is 1. */
  run?(call: Call): Promise<number>;
}

/** What a command is called with. */
export interface Call {
  readonly cwd: string;
  readonly arguments: readonly (string | undefined)[];
  /** By the long name of the option, in camel case. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly config: string | undefined;
  readonly output: Output;
}
