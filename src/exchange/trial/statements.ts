import type { Measure } from './model.ts';
import { neutralOf } from './score.ts';

/** Names under which the two tables are attached; of our own choosing, as is every word of a statement but the columns. */
export const PRODUCT = 'product';
export const OWN = 'own';

/** Greater figures are left out: their squares could overflow and fail on the data. */
const GREATEST = '1e100';

export interface Columns {
  readonly productKey: string;
  readonly productColumn: string | null;
  readonly ownKey: string;
  readonly ownColumn: string | null;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const figure = (column: string): string => {
  const value = `try_cast(${quoted(column)} as double)`;
  return `case when isfinite(${value}) and abs(${value}) < ${GREATEST} then ${value} end`;
};
const keyOf = (column: string): string => `trim(cast(${quoted(column)} as varchar))`;

/** One row a key on both sides, so that nobody counts twice: the mean of its figures, or whether it has any value. */
function sides(measure: Measure, c: Columns): string {
  const product =
    c.productColumn === null
      ? 'null'
      : measure === 'coverage'
        ? `max(case when ${quoted(c.productColumn)} is not null then 1 end)`
        : `avg(${figure(c.productColumn)})`;
  const own = c.ownColumn === null ? 'null' : figure(c.ownColumn);
  // A key labelled both ways has no label.
  const label = measure === 'auc' ? `case when min(${own}) = max(${own}) then min(${own}) end` : `avg(${own})`;
  return `p as (select ${keyOf(c.productKey)} as k, ${product} as x from ${PRODUCT}.data
      where ${quoted(c.productKey)} is not null group by 1),
    o as (select ${keyOf(c.ownKey)} as k, ${c.ownColumn === null ? 'null' : label} as y from ${OWN}.data
      where ${quoted(c.ownKey)} is not null group by 1)`;
}

/** Of the buyer's own table alone: keys, labels, figures that are no label, and the digest of what is used. */
export const ownStatement = (measure: Measure, c: Columns): string => `with ${sides(measure, c)}
  select count(*), count(*) filter (where y = 1), count(*) filter (where y = 0), count(*) filter (where y not in (0, 1)),
    sha256(coalesce(string_agg(k || chr(31) || coalesce(cast(y as varchar), ''), chr(30) order by k), '')) from o`;

/** How many keys meet, and how many of those have all that the measure needs. */
export function countsStatement(measure: Measure, c: Columns): string {
  const usable = c.ownColumn === null ? 'x is not null' : 'x is not null and y is not null';
  return `with ${sides(measure, c)} select count(*), count(*) filter (where ${usable}) from p join o using (k)`;
}

/** The statistic of each block in thousandths, added up. @param salt letters and digits, drawn anew for each trial */
export function blocksStatement(
  measure: 'correlation' | 'auc',
  c: Columns,
  { blocks, salt }: { readonly blocks: number; readonly salt: string },
): string {
  const neutral = neutralOf(measure);
  const met = `met as (select hash(k || '${salt}') % ${blocks} as b, x, y from p join o using (k)
    where x is not null and y is not null)`;
  const statistic =
    measure === 'correlation'
      ? `scored as (select b, corr(x, y) as s from met group by b)`
      : `ranked as (select b, y, rank() over (partition by b order by x)
            + (count(*) over (partition by b, x) - 1) / 2.0 as r from met),
          scored as (select b, (sum(r) filter (where y = 1) - n1 * (n1 + 1) / 2.0) / nullif(n1 * n0, 0) as s
            from (select *, count(*) filter (where y = 1) over (partition by b) as n1,
              count(*) filter (where y = 0) over (partition by b) as n0 from ranked) group by b, n1, n0)`;
  return `with ${sides(measure, c)}, ${met}, ${statistic}
    select coalesce(sum(case when s is null or isnan(s) then ${neutral}
      else cast(round(s * 1000) as bigint) end), 0), count(*) from scored`;
}
