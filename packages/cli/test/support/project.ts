import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packages = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const bin = join(packages, 'cli', 'src', 'bin.ts');
const tsx = pathToFileURL(createRequire(join(packages, 'cli', 'package.json')).resolve('tsx')).href;

/** A project in a folder of its own, which has the packages of the workspace. */
export interface TestProject extends Disposable {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs `plinth` to its end. */
  run(args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  /** Runs a file of the project to its end. */
  script(file: string, env?: Record<string, string>): Promise<Ran>;
  /** Starts `plinth` and leaves it running. */
  start(args: readonly string[], env?: Record<string, string>): Running;
  /** Starts it in a terminal of its own (a pty, made by Python). What is written to its standard input are keys. */
  startInTerminal(args: readonly string[]): Running & { press(keys: string): void };
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Everything that was written so far. */
  text(): string;
  /** Waits until the text matches, from an offset on; gives the match. */
  until(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
}

export const APP_MODULE = `
import { Injectable, Module } from '@plinth/core';
import { Controller, defineGuard, Get, get, guarded, HttpModule, Post } from '@plinth/http';

class Words { readonly all = ['one']; }
const key = defineGuard({ name: 'key', deps: [], run: () => ({ user: { id: '1' } }) });

@Controller('/words', { open: true })
@Injectable({ deps: [Words] })
class WordsController {
  constructor(private readonly words: Words) {}
  @Get('/', { returns: { type: 'array', items: { type: 'string' } } })
  list() { return this.words.all; }
  @Post('/', { body: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] }, limits: { body: 2048, timeout: 5000 }, rateLimit: { limit: 20, per: '1m' }, returns: { 201: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] } } })
  add({ body }: { body: { word: string } }) { this.words.all.push(body.word); return body; }
}

@Module({
  imports: [HttpModule],
  providers: [Words],
  controllers: [WordsController],
  routes: [guarded(key).get('/secret', { returns: { type: 'string' } }, () => 'x'), get('/plain', { open: true, context: false }, () => 'plain')],
})
export class AppModule {}
`;

export const CONFIG = `
import { defineConfig } from '@plinth/cli';
export default defineConfig({ app: () => import('./src/app.module.ts'), entry: 'src/main.ts' });
`;

export const MAIN = `
import { runApp } from '@plinth/core';
import { AppModule } from './app.module.ts';
await runApp(AppModule);
`;

/** Passes bytes between its own pipes and a terminal in which it runs its arguments; ends with their exit code. */
const IN_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** Makes a project with a small application, and with whatever else is given. */
export function createProject(files: Record<string, string> = {}): TestProject {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-cli-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  mkdirSync(join(folder, 'node_modules', '@plinth'), { recursive: true });
  for (const name of ['core', 'http', 'openapi', 'validation', 'data', 'mail', 'auth', 'cli'])
    symlinkSync(join(packages, name), join(folder, 'node_modules', '@plinth', name), 'junction');
  write('package.json', '{"type":"module","private":true}');
  write('tsconfig.json', '{"compilerOptions":{"target":"ES2023","module":"NodeNext","experimentalDecorators":true,"strict":true}}');
  const all = { 'plinth.config.ts': CONFIG, 'src/app.module.ts': APP_MODULE, 'src/main.ts': MAIN, ...files };
  for (const [file, text] of Object.entries(all)) if (text !== '') write(file, text);

  const command = (args: readonly string[]) => [process.execPath, '--conditions=@plinth/source', '--import', tsx, bin, ...args];
  const launch = (line: readonly string[], env: Record<string, string>, stdin: 'ignore' | 'pipe') => {
    const [program, ...args] = line as [string, ...string[]];
    const child = spawn(program, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', LOG_FORMAT: 'json', NO_COLOR: '1', ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    }) as ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };
    let [stdout, stderr, all] = ['', '', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), (all += text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), (all += text)));
    const ended = new Promise<Ran>((done) => child.once('close', (code) => done({ code, stdout, stderr })));
    const until = async (pattern: RegExp, from = 0) => {
      for (let waited = 0; waited < 12_000; waited += 30) {
        const found = pattern.exec(all.slice(from));
        if (found !== null) return found;
        await new Promise((done) => setTimeout(done, 30));
      }
      throw new Error(`${String(pattern)} did not come; there is:\n${all.slice(from)}`);
    };
    return { child, ended, text: () => all, until };
  };
  const start: TestProject['start'] = (args, env = {}) => launch(command(args), env, 'ignore');
  const startInTerminal: TestProject['startInTerminal'] = (args) => {
    const running = launch(['python3', '-c', IN_TERMINAL, ...command(args)], { TERM: 'xterm' }, 'pipe');
    return { ...running, press: (keys) => void running.child.stdin?.write(keys) };
  };
  return {
    folder,
    write,
    start,
    startInTerminal,
    run: (args, env) => start(args, env).ended,
    script: (file, env = {}) =>
      launch([process.execPath, '--conditions=@plinth/source', '--import', tsx, join(folder, file)], env, 'ignore').ended,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
