import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';

/** Compiles `src/*.ts` of a project to `compiled/*.js`, with decorator metadata. */
export function compileWithSwc(folder: string): void {
  mkdirSync(join(folder, 'compiled'), { recursive: true });
  for (const name of readdirSync(join(folder, 'src'))) {
    const { code } = transformSync(readFileSync(join(folder, 'src', name), 'utf8'), {
      filename: name,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
      module: { type: 'es6' },
    });
    writeFileSync(join(folder, 'compiled', name.replace(/\.ts$/, '.js')), code);
  }
}
