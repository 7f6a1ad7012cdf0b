/**
 * What the sandbox costs an analysis: the questions a person would ask of three million flights and of the weather, in the
 * interactive lane and of plain DuckDB on the same file; a regression from its cells; a classifier in Python within the
 * isolation and outside.
 *   node --import tsx bench/sandbox-utility.ts [small]
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Size } from '../examples/data.ts';
import { openLocalExecutor } from '../src/kernel/isolation/index.ts';
import { testFolder } from '../src/kernel/isolation/testing.ts';
import { IsolatedLane, LANE_LIMITS, lentSample, plainOn } from './sandbox-lane.ts';

const size: Size = process.argv.includes('small') ? 'small' : 'full';
const place = testFolder();

const QUESTIONS: readonly (readonly [what: string, alias: string, sql: string])[] = [
  [
    'delay by month',
    'flights',
    `select date_trunc('month', flight_date) as m, count(*) as n, avg(delay) as d from flights group by m`,
  ],
  ['delay by day', 'flights', 'select flight_date, count(*) as n, avg(delay) as d from flights group by flight_date'],
  ['delay by hour', 'flights', 'select hour(scheduled) as h, count(*) as n, avg(delay) as d from flights group by h'],
  ['delay by airport', 'flights', 'select origin, count(*) as n, avg(delay) as d from flights group by origin'],
  [
    'delay by route',
    'flights',
    'select origin, destination, count(*) as n, avg(delay) as d from flights group by origin, destination',
  ],
  ['late flights by airport', 'flights', 'select origin, count(*) as n from flights where delay > 15 group by origin'],
  [
    'delay by hour and distance',
    'flights',
    'select hour(scheduled) as h, floor(distance / 250) * 250 as b, count(*) as n, sum(delay) as s from flights group by h, b',
  ],
  [
    'weather: warmth by kind',
    'weather',
    'select weather, count(*) as n, avg(temp_max) as t from weather group by weather',
  ],
  [
    'weather: rain by month of year',
    'weather',
    'select month(date) as m, sum(precipitation) as p, avg(temp_min) as t from weather group by m',
  ],
  [
    'weather: windy days by month',
    'weather',
    `select date_trunc('month', date) as m, count(*) as n from weather where wind > 4 group by m`,
  ],
  [
    'weather: temperature by hour',
    'weather_hourly',
    'select hour(date) as h, avg(temperature) as t, avg(pressure) as p from weather_hourly group by h',
  ],
];

type Line = readonly unknown[];
const groupsOf = (sql: string) => sql.slice(sql.indexOf('group by') + 'group by '.length).split(', ').length;
const keyOf = (line: Line, width: number) =>
  JSON.stringify(line.slice(0, width).map((v) => String(v).slice(0, 10).replace(/\.0$/, '')));

/** Of the cells a plain engine gives, the share that is not told, and the largest relative error of those told. */
function compared(plain: readonly Line[], told: readonly Line[], width: number) {
  const known = new Map(told.map((line) => [keyOf(line, width), line]));
  let [cells, hidden, rows, rowsTold, error] = [0, 0, 0, 0, 0];
  for (const line of plain) {
    const other = known.get(keyOf(line, width));
    // The first measure of most is the count: how many of the rows behind the cells are told of.
    const weight = Number(line[width]) || 0;
    rows += weight;
    if (other !== undefined && other[width] !== null) rowsTold += weight;
    for (let i = width; i < line.length; i++) {
      if (line[i] === null) continue;
      cells++;
      const [a, b] = [Number(line[i]), other?.[i]];
      if (b === null || b === undefined) hidden++;
      else error = Math.max(error, Math.abs(a - Number(b)) / Math.max(1e-9, Math.abs(a)));
    }
  }
  return { cells, hidden, error, coverage: rows === 0 ? 1 : rowsTold / rows };
}

/** Slopes of delay by hour and distance, of cells weighted by their flights. */
function regression(cells: readonly { h: number; b: number; n: number; s: number }[]): readonly [number, number] {
  const total = cells.reduce((sum, c) => sum + c.n, 0);
  const mean = (of: (c: (typeof cells)[number]) => number) => cells.reduce((sum, c) => sum + of(c) * c.n, 0) / total;
  const [h, b, y] = [mean((c) => c.h), mean((c) => c.b), cells.reduce((sum, c) => sum + c.s, 0) / total];
  const cross = (f: (c: (typeof cells)[number]) => number) => cells.reduce((sum, c) => sum + c.n * f(c), 0);
  const hh = cross((c) => (c.h - h) ** 2);
  const bb = cross((c) => (c.b - b) ** 2);
  const hb = cross((c) => (c.h - h) * (c.b - b));
  const hy = cross((c) => (c.h - h) * (c.s / c.n - y));
  const by = cross((c) => (c.b - b) * (c.s / c.n - y));
  const det = hh * bb - hb * hb;
  return [(bb * hy - hb * by) / det, (hh * by - hb * hy) / det];
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const executor = await openLocalExecutor({ folder: join(place.folder, 'jobs'), warm: 1 });
const tables = new Map<string, Awaited<ReturnType<typeof lentSample>>>();
const lanes = new Map<string, IsolatedLane>();
for (const alias of ['flights', 'weather', 'weather_hourly']) {
  const one = await lentSample(alias, place, size);
  tables.set(alias, one);
  // One lane for all questions: the history of the party is held against each.
  lanes.set(alias, new IsolatedLane(executor, one.file, one.table));
}
console.log(
  `${size} sample; load ${loadavg()[0]?.toFixed(1)}. Plain and lane in the same minute; error: the largest relative one of the cells told\n`,
);
console.log(
  '| Question | Cells | Not told | Rows told of | Largest error | Plain | Lane |\n|---|---|---|---|---|---|---|',
);
let trouble = 0;
for (const [what, alias, sql] of QUESTIONS) {
  const lane = lanes.get(alias);
  const file = tables.get(alias)?.file;
  if (lane === undefined || file === undefined) continue;
  const engine = await plainOn(file);
  const began = performance.now();
  const plain = (await engine.rows(`with ${alias} as (select * from data) ${sql}`)) as Line[];
  const between = performance.now();
  engine.close();
  const opened = performance.now();
  const answer = await lane.ask(sql);
  const ended = performance.now();
  if (!('marks' in answer)) {
    trouble++;
    console.log(`| ${what} | refused: ${answer.said} |`);
    continue;
  }
  const { cells, hidden, error, coverage } = compared(plain, answer.rows, groupsOf(sql));
  console.log(
    `| ${what} | ${cells} | ${hidden} (${percent(hidden / cells)}) | ${percent(coverage)} | ${error.toExponential(1)} | ${(between - began).toFixed(0)} ms | ${(ended - opened).toFixed(0)} ms |`,
  );
  if (error > 1e-6) trouble++;
  if (what !== 'delay by hour and distance') continue;
  const read = (lines: readonly Line[]) =>
    lines.flatMap(([h, b, n, s]) =>
      n == null || s == null ? [] : [{ h: Number(h), b: Number(b), n: Number(n), s: Number(s) }],
    );
  const [bare, safe] = [regression(read(plain)), regression(read(answer.rows))];
  console.log(
    `| regression from these cells: minutes an hour / 1,000 miles | plain ${bare[0].toFixed(4)} / ${(bare[1] * 1e3).toFixed(4)} | lane ${safe[0].toFixed(4)} / ${(safe[1] * 1e3).toFixed(4)} | | | | |`,
  );
}

/** The same program within and without: a classifier of late flights. */
const PROGRAM = `
import json
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
d = flights
x = np.column_stack([d['h'], d['distance'] / 1000.0, (d['h'] ** 2) / 100.0])
y = (d['delay'] > 15).astype(int).to_numpy()
cut = len(y) * 3 // 4
m = LogisticRegression(max_iter=200).fit(x[:cut], y[:cut])
auc = roc_auc_score(y[cut:], m.predict_proba(x[cut:])[:, 1])
print(json.dumps({'auc': round(float(auc), 6), 'rows': len(y)}))
`;
const flights = tables.get('flights');
if (flights !== undefined) {
  const engine = await plainOn(flights.file);
  const csv = join(place.folder, 'flights.csv');
  const few =
    'select hour(scheduled) as h, distance, delay from data order by hash(scheduled, origin, destination, delay) limit 300000';
  await engine.rows(`copy (${few}) to '${csv}'`);
  engine.close();
  const half = await place.database('half', `select * from read_csv('${csv}')`);
  const script = join(place.folder, 'plain.py');
  writeFileSync(script, `import pandas\nflights = pandas.read_csv('${csv}')\n${PROGRAM}`);
  const began = performance.now();
  const bare = spawnSync('/usr/bin/python3', ['-I', script], { encoding: 'utf8' });
  const between = performance.now();
  const limits = { ...LANE_LIMITS, memoryBytes: 2 * 1024 ** 3, processes: 16, diskBytes: 64 * 1024 ** 2 };
  const code = `import shuheng\nflights = shuheng.tables['half']\n${PROGRAM}`;
  const job = await executor.run({ language: 'python', code, inputs: [half], rowsMax: 0, filesMax: 1 }, limits);
  const ended = performance.now();
  console.log(
    `\nclassifier of late flights, 300,000 rows: plain ${bare.stdout.trim()} ${bare.stderr.slice(-200)} in ${((between - began) / 1e3).toFixed(1)} s; isolated ${job.log.trim()} in ${((ended - between) / 1e3).toFixed(1)} s; load ${loadavg()[0]?.toFixed(1)}`,
  );
}
await executor.stop();
place.remove();
process.exit(trouble === 0 ? 0 : 1);
