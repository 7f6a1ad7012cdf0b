// Attacks on the sandbox over its API, and the same attacks on plain DuckDB: what each attacker learns.
//   node --import tsx conformance/sandbox/run.ts [--url http://… --data <folder>]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client, Problem, readAccounts } from '../../bench/client.ts';
import { withExchange } from '../../bench/exchange.ts';
import { customerTable } from '../../examples/customers.ts';
import {
  type Answer,
  type Ask,
  type Attack,
  DIFFERENCING,
  ORACLES,
  RECORDS,
  SINGLE_PERSON,
  type Value,
  type Victims,
} from './attacks.ts';

const TABLE = 'customers';
/** Within a fen of the truth is knowing it; a rounded mean multiplied up is as good. */
const CLOSE = 0.005;

interface Plain {
  readonly ask: Ask;
  readonly victims: Victims;
}

/** The attacker's table in a plain engine, and a target that is alone in what is known of it. */
async function plainDuckDb(csv: string): Promise<Plain> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`create table ${TABLE} as select * from read_csv('${csv.replaceAll("'", "''")}')`);
  const ask: Ask = async (sql) => {
    try {
      const rows = (await connection.runAndReadAll(sql)).getRowsJson() as Value[][];
      return { rows, said: '' };
    } catch (error) {
      return { refused: true, said: error instanceof Error ? error.message : String(error) };
    }
  };
  const found = await connection.runAndReadAll(`
    select customer_id, city, gender, age, level, sum(spent) from ${TABLE}
     where (city, age, level) in (select (city, age, level) from ${TABLE} group by city, age, level having count(*) = 1)
       and (city, age) in (select (city, age) from ${TABLE} group by city, age having count(distinct customer_id) between 12 and 60)
     group by all order by customer_id limit 1`);
  const [row] = found.getRowsJson();
  if (!row) throw new Error('nobody is alone in the sample');
  const [key, city, gender, age, level, spent] = row;
  const target = {
    key: String(key),
    number: Number(String(key).slice(3)),
    city: String(city),
    gender: String(gender),
    age: Number(age),
    level: String(level),
    spent: Number(spent),
  };
  return { ask, victims: { table: TABLE, target } };
}

/** Asks the sandbox as the operating unit's analyst does. */
async function sandboxAsk(url: string, data: string): Promise<Ask> {
  const accounts = await readAccounts(data);
  const operator = accounts.find((a) => a.login === 'operator');
  if (!operator) throw new Error('the sample has no operator');
  const client = await Client.signIn(url, operator);
  const { items } = await client.get<{ items: { id: string; title: string }[] }>('/sandbox-projects');
  const project = items.find((p) => p.title.startsWith(TABLE));
  if (!project) throw new Error('the sample has no project with customers');
  return async (sql): Promise<Answer> => {
    try {
      const { result } = await client.act<{ rows: Value[][] }>('sandbox.query', { projectId: project.id, sql });
      return { rows: result.rows, said: '' };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { refused: true, said: JSON.stringify(error.body) };
    }
  };
}

const knows = (guess: number | null, truth: number): boolean =>
  guess !== null && Math.abs(guess - truth) <= Math.max(CLOSE * Math.abs(truth), 0.01);

/** What an analyst would ask comes out as in a plain engine: a sandbox that refuses everything would pass every attack. */
async function answersHonestQuestions(plain: Plain, ask: Ask): Promise<boolean> {
  let right = true;
  for (const sql of [
    `select city, count(*) as n, sum(orders) as s from ${TABLE} group by city order by city`,
    `select gender, avg(orders) as o from ${TABLE} group by gender order by gender`,
    `select month, count(*) as n from ${TABLE} where level <> '白金' group by month order by month`,
  ]) {
    const [there, here] = [await plain.ask(sql), await ask(sql)];
    const same =
      !('refused' in there) &&
      !('refused' in here) &&
      there.rows.length === here.rows.length &&
      there.rows.every((row, i) =>
        row.every((v, j) => String(v) === String(here.rows[i]?.[j]) || knows(Number(here.rows[i]?.[j]), Number(v))),
      );
    console.log(`${sql.padEnd(90)} ${same ? 'same' : `✗ ${JSON.stringify(here).slice(0, 300)}`}`);
    right &&= same;
  }
  return right;
}

async function play(attacks: readonly Attack[], plain: Plain, ask: Ask): Promise<number> {
  let broken = 0;
  for (const attack of attacks) {
    const { target } = plain.victims;
    const [there, here] = [await attack.run(plain.ask, plain.victims), await attack.run(ask, plain.victims)];
    const won = knows(here, target.spent);
    if (won) broken++;
    const said = (guess: number | null) => (knows(guess, target.spent) ? 'knows' : 'no');
    console.log(`${attack.name.padEnd(46)} plain ${said(there).padEnd(6)} sandbox ${said(here)}${won ? '  ✗' : ''}`);
  }
  return broken;
}

async function main(url: string, data: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'attack-'));
  try {
    const plain = await plainDuckDb(await customerTable(folder, 'small'));
    const ask = await sandboxAsk(url, data);
    if (!(await answersHonestQuestions(plain, ask))) {
      console.log('✗ the sandbox does not answer what it should: nothing is shown by its refusals');
      return 1;
    }
    let broken = 0;
    for (const [title, attacks] of [
      ['one person', SINGLE_PERSON],
      ['records', RECORDS],
      ['differencing', DIFFERENCING],
      ['oracles', ORACLES],
    ] as const) {
      console.log(`\n· ${title}`);
      broken += await play(attacks, plain, ask);
    }
    console.log(broken === 0 ? '\n✓ no attack learned the value' : `\n✗ ${broken} attacks learned the value`);
    return broken;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const [url, data] = [flag('--url'), flag('--data')];
const broken =
  url && data ? await main(url, data) : await withExchange((x) => main(x.url, x.folder), { fromSources: true });
process.exit(broken === 0 ? 0 : 1);
