// npm run bench [-- <name>…]: runs the benchmarks below bench/, one after the other, each printing its own table.
import { runTask } from './bootstrap/run-task.mjs';
import { packagesIn } from './lib/workspace.ts';

const wanted = process.argv.slice(2);
const benches = packagesIn('bench').filter((each) => each.manifest.scripts?.bench && (wanted.length === 0 || wanted.includes(each.name)));

if (benches.length === 0) {
  console.error(
    `plinth: there is no benchmark ${wanted.join(', ')}. Choose from ${packagesIn('bench')
      .map((each) => each.name)
      .join(', ')}.`,
  );
  process.exitCode = 1;
}
for (const bench of benches) {
  console.log(`\n# ${bench.name}`);
  process.exitCode ||= await runTask({ env: process.env }, 'pnpm', ['--dir', bench.folder, '--silent', 'run', 'bench']);
}
