import { HTTP_ERRORS } from '../errors.js';

/** What every instrument is declared with. */
export interface InstrumentOptions<Label extends string = string> {
  /** One sentence for the person who reads the metrics. */
  readonly help: string;
  /** Names of the labels. Their values must come from a small set: no ids, no paths. */
  readonly labels?: readonly Label[];
}

/** Options of a histogram. */
export interface HistogramOptions<Label extends string = string> extends InstrumentOptions<Label> {
  /** Upper bounds, ascending. Default: seconds from 0.005 to 10. */
  readonly buckets?: readonly number[];
}

/** Values of an instrument's labels. */
export type LabelValues<Label extends string> = Readonly<Record<Label, string>>;

/** Counts what only grows. */
export interface Counter<Label extends string = never> {
  /** Adds `by`, which is not negative. Default 1. */
  add(labels: LabelValues<Label>, by?: number): void;
  /** The series of these values, looked up once: for what is counted often. */
  with(labels: LabelValues<Label>): CounterSeries;
}

/** One series of a counter. */
export interface CounterSeries {
  /** Adds `by`, which is not negative. Default 1. */
  add(by?: number): void;
}

/** Shows what goes up and down. */
export interface Gauge<Label extends string = never> {
  set(labels: LabelValues<Label>, value: number): void;
  add(labels: LabelValues<Label>, by: number): void;
}

/** Counts observations by size. */
export interface Histogram<Label extends string = never> {
  observe(labels: LabelValues<Label>, value: number): void;
  /** The series of these values, looked up once: for what is measured often. */
  with(labels: LabelValues<Label>): HistogramSeries;
}

/** One series of a histogram. */
export interface HistogramSeries {
  observe(value: number): void;
}

/** What a gauge with labels says when it is read. */
export interface GaugeReading<Label extends string = string> {
  readonly labels: LabelValues<Label>;
  readonly value: number;
}

/** The metrics of an application. */
export interface Metrics {
  /** Throws `HTTP_METRIC` for a bad or taken name. Names end in `_total`. */
  counter<const Label extends string = never>(name: string, options: InstrumentOptions<Label>): Counter<Label>;
  /** Throws `HTTP_METRIC`. `read` is called when the metrics are read; one that throws leaves the gauge out. */
  gauge<const Label extends string = never>(
    name: string,
    options: InstrumentOptions<Label> & { readonly read?: () => number | readonly GaugeReading<Label>[] },
  ): Gauge<Label>;
  /** Throws `HTTP_METRIC`. */
  histogram<const Label extends string = never>(name: string, options: HistogramOptions<Label>): Histogram<Label>;
  /** Everything as text: Prometheus 0.0.4, or OpenMetrics 1.0. */
  text(format?: 'prometheus' | 'openmetrics'): string;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Series {
  /** `method="GET",status="200"`, escaped. */
  readonly labels: string;
  /** The value; of a histogram the counts of its buckets, the sum last. */
  readonly values: Float64Array;
}

interface Instrument {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly bounds: readonly number[];
  readonly series: Map<string, Series>;
  readonly read: (() => number | readonly GaugeReading[]) | undefined;
  readonly labels: readonly string[];
}

/** Makes a registry. An instrument holds at most `most` sets of label values; what comes after is counted as `other`, and told once. */
export function createMetrics(most: number, warn: (name: string) => void): Metrics {
  const instruments = new Map<string, Instrument>();
  const declare = (
    name: string,
    type: Instrument['type'],
    labels: readonly string[],
    rest: Pick<Instrument, 'help' | 'bounds' | 'read'>,
  ) => {
    check(name, type, labels, rest.bounds, instruments);
    const instrument: Instrument = { name, type, labels, series: new Map(), ...rest };
    instruments.set(name, instrument);
    let warned = false;
    const other = labels.map(() => 'other');
    const find = (values: readonly string[]): Series => {
      const key = values.length === 1 ? (values[0] as string) : values.join('\u0000');
      const found = instrument.series.get(key);
      if (found !== undefined) return found;
      if (instrument.series.size >= most && values !== other) {
        if (!warned) warn(name);
        warned = true;
        return find(other);
      }
      const made = {
        labels: textOf(labels, values),
        values: new Float64Array(rest.bounds.length + 2),
      };
      instrument.series.set(key, made);
      return made;
    };
    if (labels.length === 0 && rest.read === undefined) find([]);
    return (values: Readonly<Record<string, string>>) => find(labels.map((label) => String(values[label])));
  };
  return {
    counter(name, { help, labels = [] }) {
      const find = declare(name, 'counter', labels, { help, bounds: [], read: undefined });
      return {
        add(values, by = 1) {
          if (by >= 0) find(values).values[0]! += by;
        },
        with(labelValues) {
          const { values } = find(labelValues);
          return { add: (by = 1) => void (by >= 0 && (values[0]! += by)) };
        },
      };
    },
    gauge(name, { help, labels = [], read }) {
      const find = declare(name, 'gauge', labels, { help, bounds: [], read });
      return { set: (values, value) => void (find(values).values[0] = value), add: (values, by) => void (find(values).values[0]! += by) };
    },
    histogram(name, { help, labels = [], buckets = SECONDS }) {
      const find = declare(name, 'histogram', labels, { help, bounds: buckets, read: undefined });
      return {
        observe: (labelValues, value) => observe(find(labelValues).values, buckets, value),
        with(labelValues) {
          const { values } = find(labelValues);
          return { observe: (value) => observe(values, buckets, value) };
        },
      };
    },
    text(format = 'prometheus') {
      const open = format === 'openmetrics';
      const lines: string[] = [];
      for (const instrument of instruments.values()) write(lines, instrument, open);
      if (open) lines.push('# EOF');
      return `${lines.join('\n')}\n`;
    },
  };
}

function check(
  name: string,
  type: string,
  labels: readonly string[],
  bounds: readonly number[],
  taken: ReadonlyMap<string, unknown>,
): void {
  const bad = (reason: string) => HTTP_ERRORS.METRIC({ name, reason });
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw bad('letters, digits and underscores only');
  if (taken.has(name)) throw bad('the name is taken');
  if (type === 'counter' && !name.endsWith('_total')) throw bad('names of counters end in _total');
  for (const label of labels)
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || label.startsWith('__') || label === 'le') throw bad(`"${label}" is no name of a label`);
  if (bounds.some((bound, index) => !Number.isFinite(bound) || (index > 0 && bound <= (bounds[index - 1] as number))))
    throw bad('the buckets do not ascend');
}

function write(lines: string[], { name, type, help, bounds, labels, series, read }: Instrument, open: boolean): void {
  // OpenMetrics names the family without the suffix of its samples.
  const family = open && type === 'counter' ? name.slice(0, -'_total'.length) : name;
  lines.push(`# HELP ${family} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${family} ${type}`);
  if (read !== undefined) writeReading(lines, name, labels, read);
  for (const { labels: text, values } of series.values()) {
    if (type !== 'histogram') {
      lines.push(`${name}${text === '' ? '' : `{${text}}`} ${number(values[0] as number)}`);
      continue;
    }
    const before = text === '' ? '' : `${text},`;
    let count = 0;
    for (let index = 0; index <= bounds.length; index++) {
      count += values[index] as number;
      lines.push(`${name}_bucket{${before}le="${index === bounds.length ? '+Inf' : bounds[index]}"} ${count}`);
    }
    const all = text === '' ? '' : `{${text}}`;
    lines.push(`${name}_sum${all} ${number(values[bounds.length + 1] as number)}`, `${name}_count${all} ${count}`);
  }
}

// What cannot be read now must not keep everything else from being read.
function writeReading(lines: string[], name: string, labels: readonly string[], read: NonNullable<Instrument['read']>): void {
  try {
    const found = read();
    if (typeof found === 'number') lines.push(`${name} ${number(found)}`);
    else
      for (const { labels: values, value } of found)
        lines.push(
          `${name}{${textOf(
            labels,
            labels.map((label) => String(values[label])),
          )}} ${number(value)}`,
        );
  } catch {
    // Left out: a scraper sees a gap.
  }
}

function observe(values: Float64Array, buckets: readonly number[], value: number): void {
  let index = 0;
  while (index < buckets.length && value > (buckets[index] as number)) index++;
  values[index]!++;
  values[buckets.length + 1]! += value;
}

function textOf(labels: readonly string[], values: readonly string[]): string {
  return labels.map((label, index) => `${label}="${escape(values[index] as string)}"`).join(',');
}

function number(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
