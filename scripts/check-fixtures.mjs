// Compiles the type fixtures of every package with each supported compiler: what is in test/types/wrong must not compile, what is in
// test/types/right must. A line that must fail ends with `// wrong: why`; what stands in back-quotes there must occur in the error, so
// that the reader of the error is told. Usage: node scripts/check-fixtures.mjs [package ...]
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const compilers = { 'TypeScript 7': 'typescript', 'TypeScript 6': 'typescript-6' };

/** Checks the fixtures of the named packages (all by default). Gives how many files were compiled and what is wrong, as sentences. */
export async function checkFixtures(packages) {
  const names = packages?.length ? packages : await readdir(path.join(root, 'packages'));
  const failures = [];
  let files = 0;
  for (const name of names) {
    const fixtures = [...(await listFixtures(name, 'wrong')), ...(await listFixtures(name, 'right'))];
    files += fixtures.length;
    if (fixtures.length === 0) continue;
    for (const [compiler, folder] of Object.entries(compilers)) {
      const errors = await compile(name, folder, fixtures);
      for (const fixture of fixtures) {
        const found = errors.filter((error) => path.resolve(root, error.file) === fixture.file);
        failures.push(...compare(fixture, found).map((text) => `${path.relative(root, fixture.file)} under ${compiler}: ${text}`));
      }
    }
  }
  return { files, failures };
}

async function listFixtures(name, kind) {
  const folder = path.join(root, 'packages', name, 'test/types', kind);
  const entries = await readdir(folder).catch(() => []);
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => ({ kind, file: path.join(folder, entry) }));
}

async function compile(name, folder, fixtures) {
  for (const fixture of fixtures) fixture.text = await readFile(fixture.file, 'utf8');
  const cache = path.join(root, 'node_modules/.cache/plinth-fixtures');
  await mkdir(cache, { recursive: true });
  const project = path.join(cache, `${name}-${folder}.json`);
  const options = {
    noEmit: true,
    rootDir: root,
    typeRoots: [path.join(root, 'node_modules/@types')],
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const config = {
    extends: path.join(root, 'tsconfig.json'),
    compilerOptions: options,
    include: [],
    exclude: [],
    files: fixtures.map(({ file }) => file),
  };
  await writeFile(project, JSON.stringify(config));
  const compiler = path.join(root, 'node_modules', folder, 'bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', project, '--pretty', 'false'], {
    cwd: root,
    maxBuffer: 1 << 26,
  }).catch((error) => {
    if (typeof error.stdout === 'string' && error.stdout !== '') return error;
    throw error;
  });
  return readErrors(stdout);
}

function readErrors(output) {
  const errors = [];
  for (const line of output.split('\n')) {
    const head = /^(.+?)\((\d+),\d+\): error (TS\d+: .*)$/.exec(line);
    if (head) errors.push({ file: head[1], line: Number(head[2]), text: head[3] });
    else if (line.startsWith(' ') && errors.length > 0) errors.at(-1).text += `\n${line}`;
  }
  return errors;
}

function compare({ kind, text }, errors) {
  if (kind === 'right') return errors.map((error) => `line ${error.line} must compile, but: ${error.text}`);
  const expected = text.split('\n').flatMap((line, index) => {
    const marked = /\/\/ wrong: (.*)$/.exec(line);
    return marked ? [{ line: index + 1, says: [...marked[1].matchAll(/`([^`]+)`/g)].map((part) => part[1]) }] : [];
  });
  if (expected.length === 0) return ['no line is marked `// wrong: why`.'];
  const missing = expected.flatMap(({ line, says }) => {
    const found = errors
      .filter((error) => error.line === line)
      .map((error) => error.text)
      .join('\n');
    if (found === '') return [`line ${line} compiles, and must not.`];
    return says.filter((part) => !found.includes(part)).map((part) => `the error of line ${line} does not say \`${part}\`: ${found}`);
  });
  const surplus = errors.filter((error) => !expected.some(({ line }) => line === error.line));
  return [...missing, ...surplus.map((error) => `line ${error.line} must compile, but: ${error.text}`)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { files, failures } = await checkFixtures(process.argv.slice(2));
  for (const failure of failures) console.error(`✗ ${failure}`);
  console.log(
    failures.length === 0 ? `${files} type fixtures hold under ${Object.keys(compilers).join(' and ')}.` : `${failures.length} failures.`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}
