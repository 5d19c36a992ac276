import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';

/** Variables, however they came. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where configuration comes from, read once. */
export interface ConfigSources {
  readonly environment: Variables;
  /** The variables of the `.env` file. */
  readonly envFile: Variables;
  /** The configuration file: section → key → value. */
  readonly file: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly production: boolean;
  /** How the files are called in messages. */
  readonly envFileName: string;
  readonly fileName: string;
  /** What was wrong with the files. */
  readonly problems: readonly Problem[];
}

/** What `readSources` may be told. */
export interface SourceOptions {
  /** Default `process.env`, which is only read. */
  readonly env?: Variables | undefined;
  /** A `.env` file. Default `.env` in the working directory if it exists and `env` is not given; `false` reads none. */
  readonly envFile?: string | false | undefined;
  /** A JSON file, or its content: one object for each configuration, by name. */
  readonly configFile?: string | Readonly<Record<string, unknown>> | undefined;
}

const largestFile = 1024 * 1024;

/** Reads the environment and the files. Never throws: what is wrong is in `problems`. */
export function readSources(options: SourceOptions = {}): ConfigSources {
  const problems: Problem[] = [];
  const environment = options.env ?? process.env;
  const envFile = readEnvFile(options, problems);
  const nodeEnv = environment['NODE_ENV'] || envFile['NODE_ENV'];
  const fileName = typeof options.configFile === 'string' ? options.configFile : 'configFile';
  return {
    environment,
    envFile,
    file: readConfigFile(options.configFile, fileName, problems),
    production: nodeEnv === 'production',
    envFileName: options.envFile || '.env',
    fileName,
    problems,
  };
}

/** The text of a file of at most 1 MiB, or the end of a sentence that says why it can't be had. */
export function readTextFile(path: string): { readonly text: string } | { readonly reason: string; readonly missing: boolean } {
  try {
    const content = readFileSync(path);
    if (content.length > largestFile) return { reason: `has ${content.length} bytes; at most ${largestFile} are read.`, missing: false };
    // A byte order mark is written by some editors and is part of no value.
    return { text: content.toString('utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { reason: code === 'ENOENT' ? 'does not exist.' : `cannot be read (${code}).`, missing: code === 'ENOENT' };
  }
}

function readEnvFile({ env, envFile }: SourceOptions, problems: Problem[]): Variables {
  if (envFile === false || (envFile === undefined && env !== undefined)) return {};
  const path = envFile ?? '.env';
  const read = readTextFile(path);
  if ('text' in read) return parseEnv(read.text);
  if (envFile === undefined && read.missing) return {};
  problems.push(fileProblem(path, read.reason, 'Give the path of a readable .env file, or `envFile: false` to read none.'));
  return {};
}

function readConfigFile(source: SourceOptions['configFile'], fileName: string, problems: Problem[]): ConfigSources['file'] {
  if (source === undefined) return {};
  const content = typeof source === 'string' ? readJson(source, problems) : source;
  if (content === undefined) return {};
  const sections: Record<string, Readonly<Record<string, unknown>>> = {};
  if (!isObject(content)) {
    problems.push(fileProblem(fileName, 'does not hold an object.', 'Write one object for each configuration: {"http": {"port": 3000}}.'));
    return sections;
  }
  for (const [name, section] of Object.entries(content)) {
    if (isObject(section)) sections[name] = section;
    else
      problems.push(
        fileProblem(
          fileName,
          `gives "${name}" something that is no object.`,
          `Write the values of "${name}" as an object: {"${name}": {…}}.`,
        ),
      );
  }
  return sections;
}

function readJson(path: string, problems: Problem[]): unknown {
  const read = readTextFile(path);
  if (!('text' in read)) {
    problems.push(fileProblem(path, read.reason, 'Give the path of a readable JSON file as `configFile`, or leave the option out.'));
    return undefined;
  }
  try {
    return JSON.parse(read.text) as unknown;
  } catch (error) {
    // The parser's message quotes the text, which may hold secrets: only the position is kept.
    const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    problems.push(
      fileProblem(
        path,
        `is not JSON${position ? ` (at ${position})` : ''}.`,
        'Correct the syntax: JSON has no comments and no closing commas.',
      ),
    );
    return undefined;
  }
}

function fileProblem(file: string, reason: string, cure: string): Problem {
  return toProblem(SERVICE_ERRORS.CONFIG_FILE({ file: `"${file}"`, reason, cure }), 'configuration');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
