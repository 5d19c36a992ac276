import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { transform } from '@swc/core';
import { afterAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(import.meta.dirname, '../node_modules/.cache/emitters');
const require = createRequire(import.meta.url);
const ts = require('typescript-6') as {
  transpileModule(text: string, options: object): { readonly outputText: string };
};
// esbuild is what tsup and tsx run on.
const esbuild = createRequire(require.resolve('tsup'))('esbuild') as {
  transform(text: string, options: object): Promise<{ readonly code: string }>;
};

const byTypeScript =
  (emitDecoratorMetadata: boolean) =>
  async (text: string): Promise<string> =>
    ts.transpileModule(text, {
      compilerOptions: { target: 'es2022', module: 'esnext', experimentalDecorators: true, emitDecoratorMetadata },
    }).outputText;

const bySwc =
  (decoratorMetadata: boolean) =>
  async (text: string): Promise<string> => {
    const parser = { syntax: 'typescript', decorators: true } as const;
    return (
      await transform(text, {
        jsc: { target: 'es2022', parser, transform: { legacyDecorator: true, decoratorMetadata } },
        module: { type: 'es6' },
      })
    ).code;
  };

const byEsbuild = async (text: string): Promise<string> =>
  (await esbuild.transform(text, { loader: 'ts', target: 'node22', tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } }))
    .code;

/** What a program prints, compiled by the given emitter and run by Node. */
async function run(program: string, name: string, emit?: (text: string) => string | Promise<string>): Promise<unknown> {
  const source = path.join(import.meta.dirname, 'programs', program);
  let file = source;
  if (emit !== undefined) {
    await mkdir(folder, { recursive: true });
    file = path.join(folder, `${name.replace(/\W+/g, '-')}.mjs`);
    await writeFile(file, await emit(await readFile(source, 'utf8')));
  }
  // The loader is for the sources of this package; what is already JavaScript passes through it.
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', '@oxc-node/core/register', '-C', '@plinth/source', file], {
    cwd: root,
  });
  return JSON.parse(stdout);
}

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['tsc with metadata', byTypeScript(true)],
  ['swc with metadata', bySwc(true)],
])('%s: listed and recorded dependencies work [DI-23]', async (name, emit) => {
  expect(await run('decorated.ts', name, emit)).toEqual({ listed: 'true 7', recorded: 'true 7' });
});

test('oxc: listed and recorded dependencies work [DI-23]', async () => {
  expect(await run('decorated.ts', 'oxc')).toEqual({ listed: 'true 7', recorded: 'true 7' });
});

test.each([
  ['tsc without metadata', byTypeScript(false)],
  ['swc without metadata', bySwc(false)],
  ['esbuild, and so tsx', byEsbuild],
])('%s: listed dependencies work, and the absence of recorded ones is explained [DI-23]', async (name, emit) => {
  expect(await run('decorated.ts', name, emit)).toEqual({ listed: 'true 7', recorded: 'CORE_DI_NO_METADATA' });
});

test("Node's type stripping: provide(Class, { deps }) works without decorators [DI-23]", async () => {
  expect(await run('plain.ts', 'stripped', (text) => stripTypeScriptTypes(text))).toEqual({ listed: 'true 7' });
});
