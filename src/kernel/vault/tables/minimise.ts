import { constants, copyFile, link, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { sourceOf } from './portion.ts';
import type { Minimise, Share } from './protocol.ts';
import { columnNamed, copyToParquet, quoteName, quoteText } from './sql.ts';
import type { Minimised } from './types.ts';

/** Names the pseudonym of whom or what a row is about; no column of a table may be called so. */
export const ENTITY_COLUMN = '_e';
const ATTACHED = 'made';
const SHARED = 'whole';

/**
 * Writes the least that a sandbox needs of a table: a file of the engine with one table `data` of the chosen columns and
 * granted rows, the entity key replaced by a number drawn at random for this file. A new file, not a copy with columns
 * removed, whose free blocks could keep them. Rows without a key count as one entity together. Rows lie by those numbers,
 * so that some entities can be read alone, and those of one entity in random order: the order tells nothing that the
 * numbers do not.
 */
export async function minimiseIn(
  engine: Engine,
  { portion, keep, entityKey, output, format }: Minimise,
): Promise<Omit<Minimised, 'bytes'>> {
  const whole = await sourceOf(engine, [{ ...portion, columns: null }]);
  const columns = keep.map((name) => columnNamed(whole.columns, name));
  const key = entityKey === null ? null : quoteName(columnNamed(whole.columns, entityKey).name);
  const chosen = columns.map((c) => quoteName(c.name));
  const source = `select ${[...chosen, ...(key === null ? [] : [`${key} as __sbx_key`])].join(', ')} from ${whole.sql}`;
  // The values of the conditions are bound once, where the rows are read; all else works on what was read.
  await engine.write(`create temp table read_rows as ${source}`, share(engine, 0), whole.values);
  if (key !== null)
    await engine.write(
      `create temp table entities as select __sbx_key, row_number() over (order by random()) as __sbx_e
         from (select distinct __sbx_key from read_rows where __sbx_key is not null)`,
      share(engine, 1),
    );
  const numbered =
    key === null
      ? `select ${chosen.join(', ')}, random() as __sbx_place from read_rows`
      : `select ${chosen.map((c) => `r.${c}`).join(', ')}, coalesce(n.__sbx_e, 0) as __sbx_e, random() as __sbx_place
           from read_rows r left join entities n on n.__sbx_key = r.__sbx_key`;
  const entity = key === null ? 'row_number() over (order by __sbx_place)' : '__sbx_e';
  const data = `select cast(${entity} as UBIGINT) as ${quoteName(ENTITY_COLUMN)}${chosen.map((c) => `, ${c}`).join('')}
    from (${numbered}) order by ${key === null ? '' : '__sbx_e, '}__sbx_place`;
  if (format === 'parquet') await engine.write(copyToParquet(data, output), share(engine, 2));
  else await writeDatabase(engine, data, output, share(engine, 2));
  const [counts] = await engine.rows('select count(*) from read_rows');
  const rows = Number(counts?.[0] ?? 0);
  const [distinct] = key === null ? [[rows]] : await engine.rows('select count(*) from entities');
  return { rows, entities: Number(distinct?.[0] ?? 0), columns: columns.map(({ name, type }) => ({ name, type })) };
}

/**
 * Writes the rows of some entities of such a file, in their order: of all shares together each row is in one, and all rows
 * of an entity in the same. Numbers were drawn at random, so that the shares are about equal.
 */
export async function shareIn(engine: Engine, { path, index, of, output }: Share): Promise<{ readonly rows: number }> {
  const [part, parts] = [index, of].map((n) => String(Math.trunc(n)));
  // The engine looks for a log beside a database, which it may do in its own folder alone.
  const whole = join(engine.folder, 'whole.db');
  await link(path, whole).catch(() => copyFile(path, whole, constants.COPYFILE_FICLONE));
  await engine.rows(`attach ${quoteText(whole)} as ${SHARED} (read_only)`);
  const rows = `${SHARED}.main.data where ${quoteName(ENTITY_COLUMN)} % ${parts} = ${part}`;
  await writeDatabase(engine, `select * from ${rows}`, output, (done) =>
    engine.report({ stage: 'writing', done: Math.round(done * 100), total: 100, unit: 'rows' }),
  );
  const [count] = await engine.rows(`select count(*) from ${rows}`);
  return { rows: Number(count?.[0] ?? 0) };
}

/** Made in the engine's own folder, where its log may stand beside it, and moved when it is whole. */
async function writeDatabase(
  engine: Engine,
  data: string,
  output: string,
  onShare: (share: number) => void,
): Promise<void> {
  const making = join(engine.folder, 'made.db');
  await engine.rows(`attach ${quoteText(making)} as ${ATTACHED}`);
  await engine.write(`create table ${ATTACHED}.data as ${data}`, onShare);
  await engine.rows(`checkpoint ${ATTACHED}`);
  await engine.rows(`detach ${ATTACHED}`);
  await rename(making, output);
}

const STEPS = 3;
const share = (engine: Engine, step: number) => (done: number) =>
  engine.report({ stage: 'writing', done: Math.round(((step + done) / STEPS) * 100), total: 100, unit: 'rows' });
