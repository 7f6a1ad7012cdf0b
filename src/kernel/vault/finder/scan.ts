import type { Engine } from '../tables/engine.ts';
import { columnsOf } from '../tables/parquet.ts';
import { parquetOf, quoteName, quoteText } from '../tables/sql.ts';
import type { Column } from '../tables/types.ts';
import { hinted } from './hints.ts';
import { judge, type Tally } from './judge.ts';
import { mask } from './masks.ts';
import { type Finding, KINDS, type Kind } from './model.ts';
import { couldBe, PATTERNS, type Pattern } from './patterns.ts';

/** Different values of a column and kind that are checked in full; of more, these are chosen by a hash. */
const CHECKED_MAX = 20_000;
/** Longest part of a text that is searched. */
const TEXT_LENGTH_MAX = 2_000;
const SAMPLES = 3;
const FIRST_LONG_NUMBER = 10_000_000_000;
/** What a masked or hashed value looks like. */
const MASKED = '[*＊]{2,}|^[0-9A-Fa-f]{32}$|^[0-9A-Fa-f]{40}$|^[0-9A-Fa-f]{64}$';
const MASKED_SHARE = 0.5;
/** What people type where they know nothing. */
const BLANK = '^(无|空|不详|未知|暂无|待补充|未填写|[-—/.]+|(?i:n/?a|null|none|nil|unknown))?$';
/** Version numbers look like addresses; their first parts are small. */
const FIRST_OF_ADDRESSES = 10;
/** Kinds whose names of columns tell of persons even when the values are masked. */
const TOLD_BY_NAME: readonly Kind[] = ['identity-number', 'passport', 'bank-card', 'mobile', 'name', 'email', 'plate'];

/**
 * Looks for personal data in every column of a table, in the process that read the file. Every row is compared with the
 * form of each kind by the engine; what looks right is then checked in full (check digits, days, regions, issuers).
 */
export async function findIn(engine: Engine, path: string): Promise<Finding[]> {
  const from = parquetOf([path]);
  const columns = await columnsOf(engine, from);
  const findings: Finding[] = [];
  for (const [i, column] of columns.entries()) {
    findings.push(...(await findInColumn(engine, from, column)));
    engine.report({ stage: 'profiling', done: i + 1, total: columns.length, unit: 'columns' });
  }
  return findings;
}

async function findInColumn(engine: Engine, from: string, column: Column): Promise<Finding[]> {
  const name = quoteName(column.name);
  if (column.type === 'double' || column.type === 'decimal') return coordinatesOf(engine, from, column);
  if (column.type === 'integer') {
    const [row] = await engine.rows(`select max(${name}) from ${from}`);
    if (Number(row?.[0] ?? 0) < FIRST_LONG_NUMBER) return [];
  } else if (column.type !== 'text') return [];
  const patterns = PATTERNS.filter((p) => column.type === 'text' || p.ofNumbers);
  await engine.rows(`create or replace temp table looked as
    select left(trim(cast(${name} as VARCHAR)), ${TEXT_LENGTH_MAX}) as v, count(*) as n from ${from}
     where ${name} is not null group by 1`);
  await engine.rows(`delete from looked where regexp_matches(v, ${quoteText(BLANK)})`);
  const counts = [...patterns.map((p) => p.looks), MASKED].map(
    (looks) => `coalesce(sum(n) filter (where regexp_matches(v, ${quoteText(looks)})), 0)`,
  );
  const [row = []] = await engine.rows(`select coalesce(sum(n), 0), ${counts.join(', ')} from looked`);
  const values = Number(row[0]);
  const findings: Finding[] = [];
  for (const [i, pattern] of patterns.entries()) {
    const looks = Number(row[i + 1]);
    const found = looks > 0 ? await checked(engine, pattern, column.name, { values, looks }) : null;
    if (found) findings.push(found);
  }
  const masked = Number(row[patterns.length + 1]);
  const told = findings.length === 0 && values > 0 && masked / values >= MASKED_SHARE;
  const kind = told ? TOLD_BY_NAME.find((k) => hinted(k, column.name)) : undefined;
  if (kind)
    findings.push({
      ...{ column: column.name, kind, strength: 'masked', values, matches: masked },
      ...{ exact: true, within: false, samples: [] },
    });
  return plainest(findings);
}

async function checked(
  engine: Engine,
  { kind, looks: form, match }: Pattern,
  column: string,
  { values, looks }: { readonly values: number; readonly looks: number },
): Promise<Finding | null> {
  const isHinted = hinted(kind, column);
  const rows = await engine.rows(
    `select v, n from looked where regexp_matches(v, ${quoteText(form)}) order by hash(v), v limit ${CHECKED_MAX + 1}`,
  );
  const exact = rows.length <= CHECKED_MAX;
  const count = { seen: 0, could: 0, whole: 0, within: 0, strict: 0, distinct: 0 };
  const firsts = new Set<number>();
  const samples: string[] = [];
  for (const [value, times] of rows.slice(0, CHECKED_MAX)) {
    const [v, n] = [String(value), Number(times)];
    count.seen += n;
    if (couldBe(kind, v)) count.could += n;
    const found = match(v, isHinted);
    if (!found) continue;
    count.distinct++;
    if (found.within) count.within += n;
    else count.whole += n;
    if (found.strict) count.strict += n;
    const first = kind === 'ip' ? Number(found.token.split(/[.:]/)[0]) : 0;
    if (first >= FIRST_OF_ADDRESSES) firsts.add(first);
    if (samples.length < SAMPLES) samples.push(mask(kind, found.token));
  }
  const scale = (n: number): number => (exact ? n : Math.round((n * looks) / Math.max(count.seen, 1)));
  const tally: Tally = {
    ...{ values, looks, distinct: count.distinct, spread: firsts.size },
    ...{ could: scale(count.could), strict: scale(count.strict) },
    ...{ whole: scale(count.whole), within: scale(count.within) },
  };
  const strength = judge(kind, tally, isHinted);
  if (!strength) return null;
  const matches = tally.whole + tally.within;
  return { column, kind, strength, values, matches, exact, within: tally.within > tally.whole, samples };
}

/** Degrees in a column of numbers: told by the name of the column, its range and its decimals. */
async function coordinatesOf(engine: Engine, from: string, column: Column): Promise<Finding[]> {
  if (!hinted('coordinates', column.name)) return [];
  const name = `cast(${quoteName(column.name)} as DOUBLE)`;
  const [row] = await engine.rows(
    `select count(${name}), count(*) filter (where abs(${name}) <= 180), count(*) filter (where ${name} <> round(${name}, 2)) from ${from}`,
  );
  const [values, inRange, fine] = (row ?? []).map(Number) as [number, number, number];
  if (!values || inRange / values < 0.99 || fine / values < 0.3) return [];
  const samples = ['***.***'];
  return [
    {
      column: column.name,
      kind: 'coordinates',
      strength: 'likely',
      values,
      matches: inRange,
      exact: true,
      within: false,
      samples,
    },
  ];
}

/** A value is one thing: of two findings of whole values in a column the surer one stays, then the one earlier in the list. */
function plainest(findings: readonly Finding[]): Finding[] {
  const whole = findings.filter((f) => !f.within);
  if (whole.length < 2) return [...findings];
  const best = [...whole].sort((a, b) => b.matches - a.matches || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))[0];
  return findings.filter((f) => f.within || f === best || f.matches * 2 < (best?.matches ?? 0));
}
