// npm start [-- <example>]: runs one of the examples, `conduit` unless another is named, on its embedded database.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTask } from './bootstrap/run-task.mjs';
import { packagesIn } from './lib/workspace.ts';

const name = process.argv[2] ?? 'conduit';
const example = packagesIn('examples').find((each) => each.name === name);
const main = example && join(example.folder, 'dist', 'main.js');

if (!main || !existsSync(main)) {
  console.error(
    `plinth: there is no example "${name}". Choose one of ${packagesIn('examples')
      .map((each) => each.name)
      .join(', ')}.`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = await runTask({ env: process.env }, process.execPath, [main]);
}
