/**
 * A searcher for attacks in the spirit of QuerySnout (Cretu et al., CCS 2022): it breeds sets of queries of the closed
 * grammar, asks them of many made-up tables in which the target's secret is one thing or the other, learns a rule from the
 * answers (hidden cells are features too) and counts on other tables how often the rule names the secret. Disclosure
 * control and history are the lane's own; its SQL is replayed on the best attack found.
 *   node --import tsx conformance/sandbox/search.ts [--seconds 60] [--questions 5] [--people 60] [--secret bit|amount]
 */
import { loadavg } from 'node:os';
import { numbersAt } from '../../src/exchange/sandbox/sdc/parameters.ts';
import { POLICY, type Row, SmallExchange } from '../../src/exchange/sandbox/sdc/testing.ts';
import type { ReleasedRow } from '../../src/exchange/sandbox/sdc/types.ts';
import { dice } from './dice.ts';
import { Bench, Guarded, isRefused, type PlantedColumn, strictPolicy } from './guarded.ts';
import { guessedRightly, rule, wilson } from './rule.ts';
import {
  type Attack,
  bred,
  conditionsOf,
  covers,
  filtersOf,
  keysOf,
  type Person,
  population,
  randomQuestion,
  sqlOf,
} from './search-queries.ts';

const flag = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const SECONDS = flag('--seconds', 60);
const QUESTIONS = flag('--questions', 5);
const PEOPLE = flag('--people', 60);
const only = process.argv.indexOf('--secret');
/** One secret alone, so that two searches can run side by side. */
const ONLY = { bit: 'a bit', amount: 'an amount' }[only < 0 ? '' : (process.argv[only + 1] ?? '')];
const K = 10;
const LIMITS = { ...POLICY, k: K, dominancePermille: 900, ratioPermille: 100 };
const [POOL, TABLES, FINAL] = [24, 160, 1_000];
/** Share of attacks that are tried without protection first, and how often they must be right there. */
const [PREVIEWED, WORTH_IT] = [0.8, 0.7];

/** What people's amounts are, and the target's for either secret. */
interface Secret {
  readonly name: string;
  readonly amount: (roll: () => number) => number;
  readonly target: readonly [number, number];
  /** The standard deviation of people's amounts. */
  readonly spread: number;
}
const SECRETS: readonly Secret[] = [
  { name: 'a bit', amount: (roll) => (roll() < 0.5 ? 1 : 0), target: [0, 1], spread: 0.5 },
  {
    name: 'an amount',
    amount: (roll) => 1 + Math.floor(roll() * 200),
    target: [50, 150],
    spread: Math.sqrt((200 ** 2 - 1) / 12),
  },
];

interface Sample {
  readonly secret: 0 | 1;
  readonly rows: readonly Row[];
}
function sampleOf(people: readonly Person[], secret: Secret, roll: () => number): Sample {
  const which = roll() < 0.5 ? 0 : 1;
  const rows = people.map(({ groups }, entity) => ({
    entity,
    groups,
    amount: entity === 0 ? secret.target[which] : secret.amount(roll),
  }));
  return { secret: which, rows };
}

/** Answers as numbers: of each cell that can be, its value or none, and why it has none. */
type Told = (attack: Attack, rows: readonly Row[]) => Promise<number[]>;

const REASONS = ['protected', 'complementary', 'history', 'absent'] as const;
const cell = (value: number | null, mark: string | null): number[] => [
  value ?? 0,
  ...REASONS.map((reason) => Number(reason === mark)),
];

const unprotected: Told = async (attack, rows) =>
  attack.flatMap((question) => {
    const within = rows.filter((row) => covers(question, row.groups));
    return keysOf(question).flatMap((key) => {
      const members = question.group === null ? within : within.filter((r) => r.groups[question.group ?? 0] === key);
      const sum = members.reduce((total, row) => total + row.amount, 0);
      return question.measures.flatMap((m) => {
        if (m.argument === null) return cell(members.length, null);
        return cell(m.function === 'avg' ? sum / Math.max(1, members.length) : sum, null);
      });
    });
  });

const guarded: Told = async (attack, rows) => {
  const exchange = new SmallExchange(rows, filtersOf(attack), LIMITS);
  const told: number[] = [];
  for (const question of attack) {
    const groups = question.group === null ? [] : [question.group];
    const { filter, fixed } = conditionsOf(question);
    const answer = await exchange.ask(groups, question.measures, filter, fixed);
    told.push(...featuresOf(answer, keysOf(question), question.measures.length));
  }
  return told;
};

function featuresOf(
  answer: readonly Pick<ReleasedRow, 'key' | 'values' | 'marks'>[],
  keys: readonly string[],
  measures: number,
): number[] {
  return keys.flatMap((key) => {
    const row = answer.find((r) => keys.length === 1 || String(r.key[0]) === key);
    return Array.from({ length: measures }, (_, i) =>
      row === undefined ? cell(null, 'absent') : cell(row.values[i] ?? null, row.marks[i] ?? null),
    ).flat();
  });
}

/** Share of tables on which the rule learned from the others names the secret. */
async function judged(attack: Attack, told: Told, samples: readonly Sample[], learn: number) {
  const answers: { features: number[]; secret: 0 | 1 }[] = [];
  for (const { rows, secret } of samples) answers.push({ features: await told(attack, rows), secret });
  const guess = rule(answers.slice(0, learn));
  const tried = answers.slice(learn);
  const right = tried.filter(({ features, secret }) => guess(features) === secret).length;
  return { right, of: tried.length, share: right / tried.length };
}

interface Found {
  readonly attack: Attack;
  readonly share: number;
}

/** Breeds attacks until the time is over or one names every secret. */
async function search(people: readonly Person[], secret: Secret, told: Told, seconds: number, roll: () => number) {
  const end = performance.now() + seconds * 1_000;
  let tried = 0;
  let samples: Sample[] = [];
  const tryOut = async (attack: Attack): Promise<Found> => {
    tried++;
    // What tells nothing bare seldom tells behind protection: a quick look first, but not always.
    if (told !== unprotected && roll() < PREVIEWED) {
      const bare = await judged(attack, unprotected, samples.slice(0, TABLES / 2), TABLES / 4);
      if (bare.share < WORTH_IT) return { attack, share: 0 };
    }
    // Half of the tables are learned from.
    return { attack, share: (await judged(attack, told, samples, TABLES / 2)).share };
  };
  const renew = () => {
    samples = Array.from({ length: TABLES }, () => sampleOf(people, secret, roll));
  };
  renew();
  let pool: Found[] = [];
  while (performance.now() < end) {
    if (pool.length < POOL) {
      pool.push(await tryOut(Array.from({ length: QUESTIONS }, () => randomQuestion(people, roll))));
      continue;
    }
    pool = pool.toSorted((a, b) => b.share - a.share).slice(0, POOL / 3);
    if ((pool[0]?.share ?? 0) >= 0.99) break;
    const parents = pool;
    const mate = () => parents[Math.floor(roll() * roll() * parents.length)]?.attack ?? [];
    // New tables each time, and the parents anew on them: luck does not breed.
    renew();
    const next: Found[] = [];
    for (const { attack } of parents) if (performance.now() < end) next.push(await tryOut(attack));
    while (next.length < POOL && performance.now() < end) next.push(await tryOut(bred(mate(), mate(), people, roll)));
    pool = next;
  }
  const finalists = pool.toSorted((a, b) => b.share - a.share).slice(0, 3);
  const fresh = Array.from({ length: FINAL * 2 }, () => sampleOf(people, secret, roll));
  const results = [];
  for (const { attack } of finalists) results.push({ attack, ...(await judged(attack, told, fresh, FINAL)) });
  const best = results.toSorted((a, b) => b.right - a.right)[0];
  if (best === undefined) throw new Error('no time to find anything');
  return { ...best, tried };
}

const COLUMNS: readonly PlantedColumn[] = [
  { name: 'a', type: 'text', uses: ['group', 'filter'] },
  { name: 'b', type: 'text', uses: ['group', 'filter'] },
  { name: 'c', type: 'text', uses: ['group', 'filter'] },
  { name: 'number', type: 'integer', uses: ['group', 'filter'] },
  { name: 'amount', type: 'integer', uses: ['aggregate'], range: { lower: 0, upper: 200 } },
];

/** The same questions as SQL, through checker, guarded SQL and history of the lane. */
async function laneTells(bench: Bench): Promise<Told> {
  return async (attack, rows) => {
    await bench.fill(
      COLUMNS,
      rows.map((r) => [r.entity, ...[0, 1, 2].map((i) => r.groups[i] ?? ''), Number(r.groups[3]), r.amount]),
    );
    const lane = Guarded.planted(bench, COLUMNS, strictPolicy(COLUMNS));
    const told: number[] = [];
    for (const question of attack) {
      const answer = await lane.ask(sqlOf(question));
      const [keys, width] = [question.group === null ? 0 : 1, question.measures.length];
      if (isRefused(answer) || !('marks' in answer)) {
        told.push(...keysOf(question).flatMap(() => Array.from({ length: width }, () => cell(null, 'absent')).flat()));
        continue;
      }
      const released = answer.rows.map((row, i) => ({
        key: row.slice(0, keys),
        values: row.slice(keys).map((v) => (v === null ? null : Number(v))),
        marks: (answer.marks[i] ?? []).slice(keys) as ReleasedRow['marks'],
      }));
      told.push(...featuresOf(released, keysOf(question), width));
    }
    return told;
  };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** What the lane lets be known of anybody at most from all sums together (HS-22.43). */
const KNOWN = numbersAt(new Date('2026-11-26T04:00:00Z')).known / 1_000;
const boundOf = ({ target: [a, b], spread }: Secret) => guessedRightly(KNOWN, (b - a) / 2 / spread);

/** What a rule learns from smallest sums that may be told, each of the target and of others all its own. */
function smallestSums(secret: Secret, size: number, sums: number, roll: () => number): number {
  const answers = Array.from({ length: FINAL * 4 }, () => {
    const which: 0 | 1 = roll() < 0.5 ? 0 : 1;
    const features = Array.from({ length: sums }, () => {
      let sum = secret.target[which];
      for (let i = 1; i < size; i++) sum += secret.amount(roll);
      return sum;
    });
    return { features, secret: which };
  });
  const guess = rule(answers.slice(0, FINAL));
  const tried = answers.slice(FINAL);
  return tried.filter(({ features, secret: s }) => guess(features) === s).length / tried.length;
}

let held = true;
const roll = dice(flag('--seed', 20_261_126));
console.log(
  `${PEOPLE} people, ${QUESTIONS} questions, k = ${K}; ${SECONDS} s for each search; load ${loadavg()[0]?.toFixed(1)}. Guessing: 50 %`,
);
const bench = await Bench.open();
for (const secret of SECRETS.filter(({ name }) => ONLY === undefined || name === ONLY)) {
  const people = population(PEOPLE, roll);
  const [one, several] = [1, QUESTIONS].map((sums) => smallestSums(secret, K, sums, roll)) as [number, number];
  const bound = boundOf(secret);
  for (const [where, told, seconds] of [
    ['plain DuckDB', unprotected, Math.min(60, SECONDS)],
    ['the sandbox', guarded, SECONDS],
  ] as const) {
    const found = await search(people, secret, told, seconds, roll);
    const [low, high] = wilson(found.right, found.of);
    console.log(
      `\n${secret.name}, ${where}: right ${percent(found.share)} (95 %: ${percent(low)} to ${percent(high)}) on ${found.of} tables kept apart; ${found.tried} attacks tried. One sum of ${K} people tells ${percent(one)}, ${QUESTIONS} such sums would tell ${percent(several)}; enforced bound (${percent(KNOWN)} of the variance) ${percent(bound)}`,
    );
    for (const question of found.attack) console.log(`   ${sqlOf(question).slice(0, 220)}`);
    if (told === unprotected) {
      held &&= low > 0.9;
      continue;
    }
    // What the search found must also be what the lane's own SQL answers.
    const again = Array.from({ length: 120 }, () => sampleOf(people, secret, roll));
    const lane = await laneTells(bench);
    let differ = 0;
    for (const { rows } of again.slice(0, 20)) {
      const [here, there] = [await guarded(found.attack, rows), await lane(found.attack, rows)];
      if (here.some((v, i) => Math.abs(v - (there[i] ?? 0)) > 1e-6)) differ++;
    }
    console.log(`   the same in SQL: ${differ === 0 ? 'the same answers' : `other answers on ${differ} of 20 tables`}`);
    const holds = low <= bound;
    if (!holds) console.log('   ✗ better than the bound on guessing');
    held &&= holds;
  }
}
process.exit(held ? 0 : 1);
