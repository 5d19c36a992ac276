// Medians and ratios of a run, as tables and as goals reached or missed.
import { GOALS, reaches } from './goals.mjs';
import { ALL_WORKS } from './works.mjs';

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The median of the ratios of each round; undefined where one of both did not take part. */
export function ratioOf(rounds, contender, base, measure) {
  if (rounds[contender] === undefined || rounds[base] === undefined) return undefined;
  return median(rounds[contender].map((round, index) => round[measure] / rounds[base][index][measure]));
}

const figure = (value, digits) => (value === undefined ? '-' : value.toFixed(digits));

function printTable(title, contenders, results, cell) {
  console.log(`\n${title}`);
  console.log(['work'.padEnd(26), ...contenders.map((name) => name.padStart(17))].join(''));
  for (const [work, rounds] of Object.entries(results))
    console.log([ALL_WORKS[work].title.padEnd(26), ...contenders.map((contender) => cell(rounds, contender).padStart(17))].join(''));
}

/** The four tables of a database: CPU and throughput, as ratios to the bare driver and as they are. */
export function printDatabase({ title, version }, contenders, results, callers) {
  const heading = `${title} ${version}, ${callers} ${callers === 1 ? 'caller' : 'callers'}`;
  if (contenders.includes('raw')) {
    printTable(
      `${heading}: CPU per operation, relative to the bare driver in the same round (medians; less is better)`,
      contenders,
      results,
      (rounds, contender) => figure(ratioOf(rounds, contender, 'raw', 'cpu'), 2),
    );
    printTable(
      `${heading}: operations per second, relative to the bare driver in the same round (medians; more is better)`,
      contenders,
      results,
      (rounds, contender) => figure(ratioOf(rounds, contender, 'raw', 'rate'), 2),
    );
  }
  const absolute = (measure, digits) => (rounds, contender) =>
    figure(rounds[contender] && median(rounds[contender].map((round) => round[measure])), digits);
  printTable(`${heading}: microseconds of CPU per operation (medians)`, contenders, results, absolute('cpu', 1));
  printTable(`${heading}: operations per second (medians)`, contenders, results, absolute('rate', 0));
}

const databases = { postgres: 'PostgreSQL', mysql: 'MariaDB', sqlite: 'SQLite' };
const measures = { cpu: 'CPU', rate: 'throughput' };

/** Each goal as reached or missed, beside the best of the others. */
export function printGoals(results) {
  const shown = GOALS.filter(({ database, work, against }) => results[database]?.[work]?.plinth && results[database][work][against]);
  if (shown.length === 0) return;
  console.log('\nGoals (the best other is measured against the same)');
  for (const goal of shown) {
    const { database, work, measure, against, limit, note } = goal;
    const rounds = results[database][work];
    const ratio = ratioOf(rounds, 'plinth', against, measure);
    const others = Object.keys(rounds).filter((name) => name !== 'plinth' && name !== 'raw' && name !== against);
    const ranked = others
      .map((name) => [ratioOf(rounds, name, against, measure), name])
      .sort(([a], [b]) => (measure === 'cpu' ? a - b : b - a));
    const best = ranked[0] === undefined ? '' : `; best other ${ranked[0][1]} ${ranked[0][0].toFixed(2)}`;
    const what = `${databases[database]}, ${ALL_WORKS[work].title}${note === undefined ? '' : ` (${note})`}`;
    const sign = measure === 'cpu' ? '<=' : '>=';
    console.log(
      `${reaches(goal, ratio) ? 'reached' : 'missed '}  ${what}: ${measures[measure]} ${ratio.toFixed(2)} of ${against}, goal ${sign} ${limit}${best}`,
    );
  }
}
