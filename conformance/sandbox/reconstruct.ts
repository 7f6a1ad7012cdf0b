/**
 * Linear reconstruction of 100 made-up people with a secret bit, after Dinur and Nissim: an attacker who may filter by a
 * value that is each person's own asks for sums over sets of its choice and solves for the bits. On plain DuckDB, on the
 * lane with exact answers and with noise; with real acts over a real database (`--acts`) or on the lane's functions.
 *   node --import tsx conformance/sandbox/reconstruct.ts [--acts] [tables]
 */
import { loadavg } from 'node:os';
import { sql } from 'kysely';
import type { GrantPolicy } from '../../src/exchange/sandbox/policy.ts';
import { numbersAt } from '../../src/exchange/sandbox/sdc/parameters.ts';
import { sandboxWorld } from '../../src/exchange/sandbox/testing.ts';
import { dice, shuffled } from './dice.ts';
import { ALIAS, Bench, Guarded, isRefused, type PlantedColumn, strictPolicy } from './guarded.ts';
import { guessedRightly } from './rule.ts';
import { anneal, type Constraint, leastSquares } from './solve.ts';

const PEOPLE = 100;
const K = 10;
const MICRO = 1_000_000;
const COLUMNS: readonly PlantedColumn[] = [
  { name: 'number', type: 'integer', uses: ['group', 'filter'] },
  { name: 'block', type: 'integer', uses: ['group', 'filter'] },
  { name: 'ill', type: 'integer', uses: ['aggregate'], range: { lower: 0, upper: 1 } },
];

/** A sum of one cell, by its people and perhaps a condition that means them: told, or why not. */
type Sum = (people: readonly number[], where?: string) => Promise<number | string>;
interface Told {
  readonly constraints: readonly Constraint[];
  readonly asked: number;
}
interface Attacker {
  readonly name: string;
  readonly run: (sum: Sum, roll: () => number) => Promise<Told>;
}

const everybody = [...Array(PEOPLE).keys()];

/** Sums over random sets; of hidden ones, that they lie outside what may be told. */
const random = (questions: number): Attacker => ({
  name: `${questions} random sets`,
  run: async (sum, roll) => {
    const constraints: Constraint[] = [];
    for (let i = 0; i < questions; i++) {
      // Large sets bring sums, small ones come out hidden or told by the values.
      const size = i % 2 === 0 ? 30 + Math.floor(roll() * 41) : 21 + Math.floor(roll() * 6);
      const people = shuffled(everybody, roll).slice(0, size);
      constraints.push(...read(await sum(people), people));
    }
    return { constraints, asked: questions };
  },
});

/** One person after another joins a set until it is told, or hidden for another reason: who changed it is laid bare. */
const walk = (walks: number): Attacker => ({
  name: `${walks} walks, a person at a time`,
  run: async (sum, roll) => {
    const constraints: Constraint[] = [];
    let asked = 0;
    for (let i = 0; i < walks; i++) {
      const order = shuffled(everybody, roll);
      for (let size = 2 * K; size <= 4 * K; size++) {
        const people = order.slice(0, size);
        const answer = await sum(people);
        asked++;
        constraints.push(...read(answer, people));
        if (answer !== 'protected') break;
      }
    }
    return { constraints, asked };
  },
});

/** First questions about unions of ten blocks, which soon tell nothing new and fill the history; then random sets. */
const tire = (burnt: number, questions: number): Attacker => ({
  name: `${burnt} idle questions, then ${questions} random sets`,
  run: async (sum, roll) => {
    const blocks = Array.from({ length: PEOPLE / K }, (_, i) => everybody.slice(i * K, (i + 1) * K));
    const constraints: Constraint[] = [];
    // Unions of ten blocks: after ten of them every other is a sum of what was told.
    for (let i = 0; i < burnt; i++) {
      const some = shuffled([...blocks.keys()], roll).slice(0, 3 + Math.floor(roll() * 5));
      const people = some.flatMap((block) => blocks[block] ?? []);
      constraints.push(...read(await sum(people, `block in (${some.join(', ')})`), people));
    }
    for (let i = 0; i < questions; i++) {
      const people = shuffled(everybody, roll).slice(0, 30 + Math.floor(roll() * 41));
      constraints.push(...read(await sum(people), people));
    }
    return { constraints, asked: burnt + questions };
  },
});

function read(answer: number | string, people: readonly number[]): Constraint[] {
  if (typeof answer === 'number') return [{ people, sum: answer }];
  const range = { least: K, most: people.length - K };
  // What is hidden by its values has fewer than k ill, or fewer than k well; whatever else is hidden may be told by them.
  if (answer === 'protected') return [{ people, ...range, inside: false }];
  return [];
}

/** The share of bits that an attacker names rightly, at best of both ways to solve. */
function accuracy(bits: readonly number[], { constraints }: Told, roll: () => number) {
  const told = constraints.flatMap((c) => ('sum' in c ? [c] : []));
  const linear = leastSquares(told, bits.length);
  const right = (guess: readonly number[]) =>
    guess.filter((x, i) => (x > 0.5 ? 1 : 0) === bits[i]).length / bits.length;
  const byLines = right(linear);
  return {
    told: told.length,
    hidden: constraints.length - told.length,
    linear: byLines,
    whole: told.length === constraints.length ? byLines : right(anneal(constraints, linear, roll)),
  };
}

/**
 * With r independent sums of n random bits r/n of the variance is known on average, and the audit lets at most n/k + 1
 * through (HS-22.32); of nobody is more known than the bound on guessing says (HS-22.43).
 */
const KNOWN = numbersAt(new Date('2026-11-26T04:00:00Z')).known / 1_000;
const boundOf = (rank: number, n: number) => guessedRightly(Math.min(KNOWN, rank / n));
/** A bit that is as likely 0 as 1 is guessed rightly at most so often after answers of this ε. */
const boundOfEpsilon = (epsilon: number) => Math.exp(epsilon) / (1 + Math.exp(epsilon));

const sqlOf = (people: readonly number[], where = `number in (${people.map((i) => i + 1).join(', ')})`) =>
  `select sum(ill) as s from ${ALIAS} where ${where}`;

const noise = (total: number, query: number): Partial<GrantPolicy> => ({
  privacy: { kind: 'noise', epsilonTotal: total * MICRO, epsilonQuery: query * MICRO, rowsPerEntity: 1 },
});

const plant = (roll: () => number) => everybody.map(() => (roll() < 0.5 ? 1 : 0));
const rowsOf = (bits: readonly number[]) => bits.map((bit, i) => [i, i + 1, Math.floor(i / K), bit] as const);

interface Case {
  readonly where: string;
  readonly attacker: Attacker;
  readonly policy: Partial<GrantPolicy> | null;
  readonly bound: number;
}
const EXACT_BOUND = boundOf(PEOPLE / K + 1, PEOPLE);
const CASES: readonly Case[] = [
  { where: 'plain DuckDB', attacker: random(200), policy: null, bound: 1 },
  { where: 'exact answers', attacker: random(100), policy: {}, bound: EXACT_BOUND },
  { where: 'exact answers', attacker: walk(12), policy: {}, bound: EXACT_BOUND },
  { where: 'exact answers', attacker: tire(40, 40), policy: {}, bound: EXACT_BOUND },
  { where: 'noise, ε 1 in 20 answers', attacker: random(40), policy: noise(1, 0.05), bound: boundOfEpsilon(1) },
  { where: 'noise, ε 1 in 200 answers', attacker: random(200), policy: noise(1, 0.005), bound: boundOfEpsilon(1) },
  { where: 'noise, ε 4 in 40 answers', attacker: random(80), policy: noise(4, 0.1), bound: boundOfEpsilon(4) },
];

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

async function main(tables: number, only: string | undefined): Promise<boolean> {
  const bench = await Bench.open();
  let held = true;
  console.log(`${tables} planted tables of ${PEOPLE} people, k = ${K}; load ${loadavg()[0]?.toFixed(1)}`);
  console.log(
    'guessing: 50 %. The bound of exact answers is what n/k + 1 independent sums tell of a bit on average, of nobody more than HS-22.43 lets be known\n',
  );
  for (const [number, { where, attacker, policy, bound }] of CASES.entries()) {
    if (only !== undefined && !only.split(',').includes(String(number))) continue;
    const found = [];
    const began = performance.now();
    for (let seed = 1; seed <= tables; seed++) {
      const roll = dice(seed * 7919);
      const bits = plant(roll);
      await bench.fill(COLUMNS, rowsOf(bits));
      const guarded = policy === null ? null : Guarded.planted(bench, COLUMNS, strictPolicy(COLUMNS, policy));
      const told = await attacker.run(async (people, where) => {
        const sql = sqlOf(people, where);
        const answer = await (guarded === null ? bench.plain(sql) : guarded.ask(sql));
        if (isRefused(answer)) return 'refused';
        const mark = 'marks' in answer ? answer.marks[0]?.[0] : null;
        return mark ?? Number(answer.rows[0]?.[0]);
      }, roll);
      found.push(accuracy(bits, told, roll));
    }
    const best = Math.max(mean(found.map((f) => f.linear)), mean(found.map((f) => f.whole)));
    // Twice the standard error of a share of this many bits.
    const slack = 2 * Math.sqrt((bound * (1 - bound)) / (tables * PEOPLE));
    const holds = policy === null ? best > 0.95 : best <= bound + slack;
    held &&= holds;
    console.log(
      `${holds ? '✓' : '✗'} ${where.padEnd(26)} ${attacker.name.padEnd(46)} right ${percent(best).padStart(7)} (sums alone ${percent(mean(found.map((f) => f.linear)))})  bound ${percent(bound)} ± ${percent(slack)}  told ${mean(found.map((f) => f.told)).toFixed(0)}, hidden by value ${mean(found.map((f) => f.hidden)).toFixed(0)}  ${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
  }
  console.log(held ? '\n✓ nobody is told apart beyond the bounds' : '\n✗ an attacker does better than its bound');
  return held;
}

/** The same through acts, over a real database and isolated processes: one table, fewer questions. */
async function byActs(questions: number): Promise<boolean> {
  const roll = dice(7919);
  const bits = plant(roll);
  const world = await sandboxWorld();
  try {
    const csv = rowsOf(bits).map(([entity, ...values]) => `P${entity},${values.join(',')}`);
    const names = ['card', ...COLUMNS.map((c) => c.name)];
    const resourceId = await world.register(`${names.join(',')}\n${csv.join('\n')}\n`, names, ['card', 'ill']);
    const authorisationId = await world.authorise({ resourceId });
    await sql`update resource_authorisation set columns = ${names} where id = ${authorisationId}`.execute(world.t.db);
    const projectId = await world.open();
    const policy = strictPolicy(COLUMNS);
    const columns = [{ name: 'card', uses: ['join'] }, ...policy.columns];
    await world.grant(projectId, {
      ...{ resourceId, authorisationId, alias: ALIAS },
      policy: { ...policy, entityKey: 'card', columns },
    });
    await world.t.jobs();
    const began = performance.now();
    const told = await random(questions).run(async (people, where) => {
      const answer = await world.run('sandbox.query', world.operator, { projectId, sql: sqlOf(people, where) });
      const { rows, marks } = answer as unknown as { rows: number[][]; marks: (string | null)[][] };
      return marks[0]?.[0] ?? Number(rows[0]?.[0]);
    }, roll);
    const found = accuracy(bits, told, roll);
    const slack = 2 * Math.sqrt((EXACT_BOUND * (1 - EXACT_BOUND)) / PEOPLE);
    const share = Math.max(found.linear, found.whole);
    const holds = share <= EXACT_BOUND + slack;
    console.log(
      `${holds ? '✓' : '✗'} by acts, ${questions} random sets: right ${percent(share)}, bound ${percent(EXACT_BOUND)} ± ${percent(slack)}; told ${found.told}, hidden by value ${found.hidden}; ${((performance.now() - began) / 1000).toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}`,
    );
    return holds;
  } finally {
    await world.close();
  }
}

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const acts = process.argv.includes('--acts') ? await byActs(60) : true;
const lane = await main(Number(flag('--tables') ?? 3), flag('--case'));
process.exit(acts && lane ? 0 : 1);
