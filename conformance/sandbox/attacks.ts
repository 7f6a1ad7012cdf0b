/**
 * Attacks on what aggregates tell, each written once and played twice: against plain DuckDB and against the sandbox. An
 * attacker knows the table's columns, who the target is (key and all quasi-identifiers) and may ask what it likes; it has
 * won when it names the target's secret value, which it does not know.
 */

export type Value = string | number | boolean | null;

/** What an attacker sees of one question. */
export type Answer =
  | { readonly rows: readonly (readonly Value[])[]; readonly said: string }
  | { readonly refused: true; readonly said: string };

export type Ask = (sql: string) => Promise<Answer>;

export interface Target {
  readonly key: string;
  /** The digits of the key, for attacks by arithmetic. */
  readonly number: number;
  readonly city: string;
  readonly gender: string;
  readonly age: number;
  readonly level: string;
  /** What the attacker is after. */
  readonly spent: number;
}

export interface Victims {
  /** Name of the table in SQL. */
  readonly table: string;
  /** Alone in its city, age and level, with a single row. */
  readonly target: Target;
}

export interface Attack {
  readonly name: string;
  /** Where the attack is described. */
  readonly source: string;
  /** What the attacker says the spent is, or null when it gives up. */
  readonly run: (ask: Ask, victims: Victims) => Promise<number | null>;
}

const NOTES = 'sandbox reference §7';

/** The value in the first row and column, as a number. */
async function one(ask: Ask, sql: string): Promise<number | null> {
  const answer = await ask(sql);
  if ('refused' in answer) return null;
  const value = answer.rows[0]?.[0];
  return value === null || value === undefined ? null : Number(value);
}

/** Asked one thing, the answer is the target's spent itself. */
const direct = (name: string, sql: (v: Victims) => string): Attack => ({
  name,
  source: NOTES,
  run: (ask, v) => one(ask, sql(v)),
});

/** A sum with the target and one without: the difference is the target. */
const difference = (
  name: string,
  source: string,
  whole: (v: Victims) => string,
  without: (v: Victims) => string,
): Attack => ({
  name,
  source,
  run: async (ask, v) => {
    const [a, b] = [await one(ask, whole(v)), await one(ask, without(v))];
    return a === null || b === null ? null : a - b;
  },
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What everybody may know of the target, as a condition. */
const known = ({ target }: Victims): string =>
  `city = ${quoted(target.city)} and age = ${target.age} and level = ${quoted(target.level)}`;

export const SINGLE_PERSON: readonly Attack[] = [
  difference(
    'sum of all, less sum of all but one',
    NOTES,
    (v) => `select sum(spent) from ${v.table}`,
    (v) => `select sum(spent) from ${v.table} where customer_id <> ${quoted(v.target.key)}`,
  ),
  direct(
    'case inside the sum',
    (v) => `select sum(case when customer_id = ${quoted(v.target.key)} then spent else 0 end) from ${v.table}`,
  ),
  direct(
    'arithmetic mask',
    (v) =>
      `select sum(spent * (1 - least(1, abs(cast(substr(customer_id, 4) as integer) - ${v.target.number})))) from ${v.table}`,
  ),
  direct(
    'filter clause',
    (v) => `select sum(spent) filter (where customer_id = ${quoted(v.target.key)}) from ${v.table}`,
  ),
  {
    name: 'scaled into the high digits',
    source: NOTES,
    run: async (ask, v) => {
      const sum = await one(
        ask,
        `select sum(spent + case when customer_id = ${quoted(v.target.key)} then spent * 1e9 else 0 end) / 1e9 from ${v.table}`,
      );
      return sum;
    },
  },
  direct(
    'arg_max',
    (v) => `select arg_max(spent, -abs(cast(substr(customer_id, 4) as integer) - ${v.target.number})) from ${v.table}`,
  ),
];

export const RECORDS: readonly Attack[] = [
  direct('the row itself', (v) => `select spent from ${v.table} where customer_id = ${quoted(v.target.key)}`),
  direct(
    'group of one by key',
    (v) => `select sum(spent) from ${v.table} group by customer_id having customer_id = ${quoted(v.target.key)}`,
  ),
  direct('group of one by what is known', (v) => `select sum(spent) from ${v.table} where ${known(v)}`),
  direct('average of one', (v) => `select avg(spent) from ${v.table} where ${known(v)}`),
  direct('largest of one', (v) => `select max(spent) from ${v.table} where ${known(v)}`),
  direct('median of one', (v) => `select quantile_disc(spent, 0.5) from ${v.table} where ${known(v)}`),
  direct(
    'window',
    (v) =>
      `select sum(spent) over (partition by customer_id) from ${v.table} order by abs(cast(substr(customer_id, 4) as integer) - ${v.target.number}) limit 1`,
  ),
  direct(
    'subquery',
    (v) => `select (select spent from ${v.table} where customer_id = ${quoted(v.target.key)}) from ${v.table} limit 1`,
  ),
  direct(
    'common table',
    (v) => `with t as (select * from ${v.table} where customer_id = ${quoted(v.target.key)}) select sum(spent) from t`,
  ),
  direct(
    'list',
    (v) =>
      `select list(spent order by abs(cast(substr(customer_id, 4) as integer) - ${v.target.number}))[1] from ${v.table}`,
  ),
  direct(
    'string_agg',
    (v) =>
      `select split_part(string_agg(spent::varchar, ',' order by abs(cast(substr(customer_id, 4) as integer) - ${v.target.number})), ',', 1) from ${v.table}`,
  ),
  direct(
    'union',
    (v) =>
      `select sum(spent) from ${v.table} where false union all select spent from ${v.table} where customer_id = ${quoted(v.target.key)} order by 1 limit 1`,
  ),
  direct(
    'self-join',
    (v) =>
      `select sum(a.spent) from ${v.table} a join ${v.table} b on a.customer_id = b.customer_id where b.customer_id = ${quoted(v.target.key)}`,
  ),
  direct(
    'dynamic SQL',
    (v) => `select * from query(${quoted(`select spent from ${v.table} where customer_id = ${quoted(v.target.key)}`)})`,
  ),
  direct(
    'pivot of names',
    (v) => `select sum(spent) from query_table(${quoted(v.table)}) where customer_id = ${quoted(v.target.key)}`,
  ),
  {
    name: 'small cells through HAVING',
    source: 'issue, SCQL usage page',
    run: async (ask, v) => {
      const answer = await ask(
        `select city, age, level, sum(spent) as s from ${v.table} group by city, age, level having count(*) <= 5`,
      );
      if ('refused' in answer) return null;
      const { city, age, level } = v.target;
      const row = answer.rows.find((r) => r[0] === city && Number(r[1]) === age && r[2] === level);
      return row?.[3] === null || row === undefined ? null : Number(row[3]);
    },
  },
  {
    name: 'group keys as a covert channel, bit by bit',
    source: NOTES,
    run: async (ask, v) => {
      let spent = 0;
      for (let bit = 0; bit < 18; bit++) {
        const answer = await ask(
          `select (cast(spent as bigint) >> ${bit}) & 1 as b, count(*) from ${v.table} where ${known(v)} group by (cast(spent as bigint) >> ${bit}) & 1`,
        );
        if ('refused' in answer || answer.rows.length === 0) return null;
        spent += Number(answer.rows[0]?.[0]) * 2 ** bit;
      }
      return spent;
    },
  },
  {
    name: 'the measure as a group key',
    source: NOTES,
    run: async (ask, v) => {
      const answer = await ask(`select spent, count(*) from ${v.table} where ${known(v)} group by spent`);
      return 'refused' in answer || answer.rows.length === 0 ? null : Number(answer.rows[0]?.[0]);
    },
  },
];

/** A person's spelling of "everybody in the city but the target", by what is known of the target. */
const allBut = (v: Victims): string =>
  `city = ${quoted(v.target.city)} and not (age = ${v.target.age} and level = ${quoted(v.target.level)})`;

export const DIFFERENCING: readonly Attack[] = [
  difference(
    'differencing by what is known',
    'opendp differencing notebook',
    (v) => `select sum(spent) from ${v.table} where city = ${quoted(v.target.city)}`,
    (v) => `select sum(spent) from ${v.table} where ${allBut(v)}`,
  ),
  difference(
    'differencing, the small set first',
    'opendp differencing notebook',
    (v) => `select sum(spent) from ${v.table} where (${allBut(v)}) or (${known(v)})`,
    (v) => `select sum(spent) from ${v.table} where ${allBut(v)}`,
  ),
  difference(
    'complement of the whole table',
    NOTES,
    (v) => `select sum(spent) from ${v.table}`,
    (v) => `select sum(spent) from ${v.table} where not (${known(v)})`,
  ),
  {
    name: 'by averages and counts',
    source: NOTES,
    run: async (ask, v) => {
      const read = async (where: string): Promise<number | null> => {
        const answer = await ask(`select avg(spent), count(*) from ${v.table} where ${where}`);
        if ('refused' in answer) return null;
        const [average, count] = answer.rows[0] ?? [];
        return average == null || count == null ? null : Number(average) * Number(count);
      };
      const [a, b] = [await read(`city = ${quoted(v.target.city)}`), await read(allBut(v))];
      return a === null || b === null ? null : a - b;
    },
  },
  {
    name: 'the hidden cell from its margin',
    source: 'secondary suppression, linked tables',
    run: async (ask, v) => {
      const where = `city = ${quoted(v.target.city)} and level = ${quoted(v.target.level)}`;
      const total = await one(ask, `select sum(spent) from ${v.table} where ${where}`);
      const cells = await ask(`select age, sum(spent) from ${v.table} where ${where} group by age`);
      if (total === null || 'refused' in cells) return null;
      const own = cells.rows.find((r) => Number(r[0]) === v.target.age);
      if (own && own[1] !== null) return Number(own[1]);
      // What is left of the total, were the target's cell the only one missing.
      return total - cells.rows.reduce((sum, r) => sum + Number(r[1] ?? 0), 0);
    },
  },
  {
    name: 'tracker: padded with a large set',
    source: 'Denning, Denning & Schwartz 1979',
    run: async (ask, v) => {
      const pad = `gender = ${quoted(v.target.gender)}`;
      const ask1 = (where: string) => one(ask, `select sum(spent) from ${v.table} where ${where}`);
      const all = await ask1('true');
      const allOrSame = await ask1(`(${known(v)}) or ${pad}`);
      const allOrOther = await ask1(`(${known(v)}) or not ${pad}`);
      if (all === null || allOrSame === null || allOrOther === null) return null;
      return allOrSame + allOrOther - all;
    },
  },
  {
    name: 'two unions and their meet',
    source: 'Denning, Denning & Schwartz 1979',
    run: async (ask, v) => {
      const sum = (where: string) => one(ask, `select sum(spent) from ${v.table} where ${where}`);
      const city = `city = ${quoted(v.target.city)}`;
      const others = `level <> ${quoted(v.target.level)}`;
      const later = `age <> ${v.target.age}`;
      // |city| - |city, other work| - |city, same work, other year|: three questions, none of which is small alone.
      const [all, work, year] = [
        await sum(city),
        await sum(`${city} and ${others}`),
        await sum(`${city} and level = ${quoted(v.target.level)} and ${later}`),
      ];
      return all === null || work === null || year === null ? null : all - work - year;
    },
  },
];

/** Learns one bit at a time from what fails, is hidden or takes long, rather than from what is answered. */
export const ORACLES: readonly Attack[] = [
  {
    name: 'error text carries the value',
    source: 'sandbox reference §3.3',
    run: async (ask, v) => {
      const answer = await ask(
        `select sum(cast('spent ' || spent as integer)) from ${v.table} where customer_id = ${quoted(v.target.key)}`,
      );
      return Number(/spent (\d+(?:\.\d+)?)/.exec(answer.said)?.[1] ?? Number.NaN);
    },
  },
  {
    name: 'error() carries the value',
    source: 'sandbox reference §3.3',
    run: async (ask, v) => {
      const answer = await ask(
        `select error('spent ' || spent::varchar) from ${v.table} where customer_id = ${quoted(v.target.key)}`,
      );
      return Number(/spent (\d+(?:\.\d+)?)/.exec(answer.said)?.[1] ?? Number.NaN);
    },
  },
  {
    name: 'division by zero as an oracle',
    source: 'sandbox reference §3.3',
    run: async (ask, v) => {
      let [low, high] = [0, 2 ** 20];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const answer = await ask(
          `select count(*) from ${v.table} where customer_id <> ${quoted(v.target.key)} or case when spent > ${middle} then cast('x' as integer) = 1 else true end`,
        );
        // The engine must first have answered at all for its failure to tell anything.
        if ('refused' in answer && /not allowed|不允许|policy/i.test(answer.said)) return null;
        if ('refused' in answer) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  },
  {
    name: 'binary search by a filter on the measure',
    source: 'SCQL AFTER_COMPARE',
    run: async (ask, v) => {
      let [low, high] = [0, 2 ** 20];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const n = await one(ask, `select count(*) from ${v.table} where ${known(v)} and spent > ${middle}`);
        if (n === null) return null;
        if (n > 0) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  },
  {
    name: 'binary search padded above the threshold',
    source: 'SCQL AFTER_COMPARE',
    run: async (ask, v) => {
      let [low, high] = [0, 2 ** 20];
      const pad = `city <> ${quoted(v.target.city)}`;
      const base = await one(ask, `select count(*) from ${v.table} where ${pad}`);
      if (base === null) return null;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const n = await one(ask, `select count(*) from ${v.table} where ${pad} or (${known(v)} and spent > ${middle})`);
        if (n === null) return null;
        if (n > base) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  },
];
