import { stat } from 'node:fs/promises';
import { csvColumn } from './csv-out.ts';
import { cellOf, type Engine } from './engine.ts';
import { columnsOf } from './parquet.ts';
import { checkValues, compileFilters } from './recipe.ts';
import { bytesAt, columnNamed, copyToParquet, parquetOf, quoteName, quoteText } from './sql.ts';
import type { Column, Filter, RowSet, WrittenFormat } from './types.ts';

export async function sampleIn(engine: Engine, path: string, rows: number, seed: number): Promise<RowSet> {
  const from = parquetOf([path]);
  const columns = await columnsOf(engine, from);
  const total = Number((await engine.rows(`select count(*) from ${from}`))[0]?.[0] ?? 0);
  // Rows are chosen by a hash of their place, so that the sample does not depend on the engine's threads.
  const select = columns.map((c) => quoteName(c.name)).join(', ');
  const chosen = await engine.rows(
    `with chosen as (select file_row_number as place from read_parquet([${quoteText(path)}], file_row_number = true)
       order by hash(file_row_number + ${Math.trunc(seed)}::BIGINT * 1000003), place limit ${Math.trunc(rows)})
     select ${select} from read_parquet([${quoteText(path)}], file_row_number = true)
     where file_row_number in (select place from chosen) order by file_row_number`,
  );
  return {
    columns: columns.map(plain),
    rows: chosen.map((row) => row.map((v, i) => cellOf(v, columns[i] ?? TEXT_COLUMN))),
    truncated: total > rows,
  };
}

export async function queryIn(
  engine: Engine,
  path: string,
  query: { readonly filters: readonly Filter[]; readonly columns: readonly string[] | null; readonly limit: number },
): Promise<RowSet> {
  const from = parquetOf([path]);
  const all = await columnsOf(engine, from);
  const columns = query.columns ? query.columns.map((name) => columnNamed(all, name)) : all;
  const { sql, values } = compileFilters(query.filters, all);
  await checkValues(engine, query.filters, all);
  const limit = Math.max(0, Math.trunc(query.limit));
  const select = columns.map((c) => quoteName(c.name)).join(', ');
  const found = await engine.rows(`select ${select} from ${from}${sql} limit ${limit + 1}`, values);
  const rows = found.slice(0, limit).map((row) => row.map((v, i) => cellOf(v, columns[i] ?? TEXT_COLUMN)));
  return { columns: columns.map(plain), rows, truncated: found.length > limit };
}

export async function convertIn(
  engine: Engine,
  path: string,
  format: WrittenFormat,
  output: string,
): Promise<{ bytes: number }> {
  const from = parquetOf([path]);
  const size = bytesAt(path);
  const onShare = (share: number) =>
    engine.report({ stage: 'writing', done: Math.round(size * share), total: size, unit: 'bytes' });
  if (format === 'parquet') await engine.write(copyToParquet(`select * from ${from}`, output), onShare);
  else {
    const columns = await columnsOf(engine, from);
    const select = columns.map((c) => csvColumn(c, format === 'csv')).join(', ');
    await engine.write(
      `copy (select ${select} from ${from}) to ${quoteText(output)} (format csv, header true, use_tmp_file false)`,
      onShare,
    );
  }
  return { bytes: (await stat(output)).size };
}

const TEXT_COLUMN: Column = { name: '', type: 'text' };
const plain = ({ name, type }: Column): Column => ({ name, type });
