// Lookups of our router and of find-my-way, interleaved: nanoseconds per lookup, medians of all rounds and the fastest one.
// The first table asks for as many paths as there are routes (up to 5,000), so that with many of them caches miss; the second asks for
// the paths of the same ten routes, whatever stands beside them: what is left is the work of the router alone.
// node router.mjs [--rounds 40]
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import findMyWay from 'find-my-way';

// The router is no export of its own, so its source is loaded, whose imports end in .js.
registerHooks({
  resolve: (name, context, next) =>
    next(context.parentURL?.endsWith('.ts') && name.startsWith('.') ? name.replace(/\.js$/, '.ts') : name, context),
});
const source = new URL('../../packages/http/src/', import.meta.url);
const { createRouter } = await import(new URL('router/create-router.ts', source));
const { parsePattern } = await import(new URL('router/parse-pattern.ts', source));
const { readPath } = await import(new URL('request/read-path.ts', source));

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } });
const LOOKUPS = 50_000;

/** Half of the routes have one parameter, half two; every path is of a resource of its own. */
function routesOf(count) {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? `/api/resource${index}/:id` : `/api/resource${index}/:id/parts/:part`,
  );
}

function ours(routes, check) {
  const router = createRouter();
  for (const route of routes) for (const pattern of parsePattern(route)) router.add('GET', pattern, { names: pattern.names });
  return (path) => {
    const found = [];
    const { names } = router.find('GET', check ? readPath(path) : path, found);
    const params = {};
    for (let index = 0; index < found.length; index++) params[names[index]] = found[index];
    return params;
  };
}

function findMyWays(routes) {
  const router = findMyWay();
  for (const route of routes) router.on('GET', route, () => undefined, { route });
  return (path) => router.find('GET', path).params;
}

function measure(lookUp, paths) {
  let seen = 0;
  const start = process.hrtime.bigint();
  for (let index = 0; index < LOOKUPS; index++) seen += lookUp(paths[index % paths.length]).id.length;
  const spent = Number(process.hrtime.bigint() - start);
  if (seen === 0) throw new Error('nothing was found');
  return spent / LOOKUPS;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const cell = (text) => String(text).padEnd(18);
const names = ['segment tree', 'with path check', 'find-my-way'];

function table(title, sizes, askedOf) {
  console.log(`\n${title}`);
  console.log([cell('routes'), ...names.map(cell)].join(''));
  // All sizes in every round: a machine that is busy for a while is busy for all of them.
  const rows = sizes.map((count) => {
    const routes = routesOf(count);
    const paths = pathsOf(askedOf(routes));
    return {
      count,
      paths,
      contenders: [ours(routes, false), ours(routes, true), findMyWays(routes)].map((lookUp) => ({ lookUp, rounds: [] })),
    };
  });
  for (const { paths, contenders } of rows) for (const { lookUp } of contenders) measure(lookUp, paths);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { paths, contenders } of rows) for (const { lookUp, rounds } of contenders) rounds.push(measure(lookUp, paths));
  for (const { count, contenders } of rows)
    console.log(
      [cell(count), ...contenders.map(({ rounds }) => cell(`${Math.round(median(rounds))} (${Math.round(Math.min(...rounds))})`))].join(''),
    );
}

/** New strings, as they come from a parser, in an order of no help to a cache. */
function pathsOf(routes) {
  return Array.from({ length: 5000 }, (_, index) =>
    Buffer.from(routes[(index * 7919) % routes.length].replace(':id', String(index)).replace(':part', `p${index}`)).toString('latin1'),
  );
}

table('every route is asked for', [10, 10_000], (routes) => routes);
table('ten routes are asked for', [10, 10_000], (routes) =>
  Array.from({ length: 10 }, (_, index) => routes[(index * 997) % routes.length]),
);
