/**
 * What the n-th answer of one party costs when everything told before is held against it, and how many cells a session of
 * honest analyses is not told.
 *   node --import tsx bench/sandbox-history.ts [customers|flights] [small]
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Size } from '../examples/data.ts';
import { openLocalExecutor } from '../src/kernel/isolation/index.ts';
import { testFolder } from '../src/kernel/isolation/testing.ts';
import { IsolatedLane, lentCustomers, lentSample } from './sandbox-lane.ts';
import { CUSTOMER_SESSION, FLIGHT_SESSION } from './sandbox-sessions.ts';

const size: Size = process.argv.includes('small') ? 'small' : 'full';
const SESSIONS = { customers: CUSTOMER_SESSION, flights: FLIGHT_SESSION };
const wanted = Object.keys(SESSIONS).filter((name) => process.argv.includes(name));
const names = (wanted.length === 0 ? Object.keys(SESSIONS) : wanted) as (keyof typeof SESSIONS)[];
const place = testFolder();
const executor = await openLocalExecutor({ folder: join(place.folder, 'jobs'), warm: 1 });
const seconds = (ms: number) => (ms / 1e3).toFixed(2);
const MARKS = ['protected', 'complementary', 'history'] as const;
for (const name of names) {
  const { file, table } = name === 'customers' ? await lentCustomers(place, size) : await lentSample(name, place, size);
  const lane = new IsolatedLane(executor, file, table);
  console.log(`\n${name}, ${size} sample; load ${loadavg()[0]?.toFixed(1)}; seconds\n`);
  console.log(
    '| | Question | Cells | Protected | Complementary | History | In all | Parsing | Cells | Classes | Spreads | Pairs | Comparing | Statements |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|',
  );
  const sums = { cells: 0, protected: 0, complementary: 0, history: 0 };
  for (const [i, { what, sql }] of SESSIONS[name].entries()) {
    const answer = await lane.ask(sql);
    if (!('marks' in answer)) throw new Error(`${sql}: ${answer.said}`);
    const marks = answer.marks.flatMap((row) => row.slice(-measures(sql)));
    const count = (mark: string) => marks.filter((m) => m === mark).length;
    sums.cells += marks.length;
    for (const mark of MARKS) sums[mark] += count(mark);
    const s = lane.spent;
    const rest = s.total - s.parsing - s.cells - s.classes - s.spreads - s.pairs;
    const times = [s.total, s.parsing, s.cells, s.classes, s.spreads, s.pairs, rest].map(seconds).join(' | ');
    console.log(
      `| ${i + 1} | ${what} | ${marks.length} | ${MARKS.map(count).join(' | ')} | ${times} | ${s.statements} |`,
    );
  }
  const share = (n: number) => `${n} (${((100 * n) / sums.cells).toFixed(1)} %)`;
  console.log(`\nof ${sums.cells} cells: ${MARKS.map((mark) => `${mark} ${share(sums[mark])}`).join(', ')}`);
}
await executor.stop();
place.remove();

function measures(sql: string): number {
  const [, select = ''] = /^select (.*?) from /s.exec(sql) ?? [];
  return select.match(/\b(count|sum|avg)\(/g)?.length ?? 0;
}
