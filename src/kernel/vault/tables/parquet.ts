import { stat } from 'node:fs/promises';
import type { Made, Source } from './csv.ts';
import { type Engine, machineFailure } from './engine.ts';
import { failures } from './failures.ts';
import { copyToParquet, normalise, parquetOf, quoteName, tidyNames } from './sql.ts';
import type { Column } from './types.ts';

/** Parquet → Parquet of the closed set of types; every page is read on the way, so a damaged file does not get in. */
export async function ingestParquet(engine: Engine, { path, output, limits }: Source): Promise<Made> {
  const { size } = await stat(path);
  if (size === 0) throw failures.empty();
  const from = parquetOf([path]);
  try {
    const described = await engine.rows(`describe select * from ${from}`);
    if (described.length > limits.columnsMax) throw failures.tooManyColumns(described.length, limits.columnsMax);
    const names = tidyNames(described.map(([name]) => String(name)));
    const fields = described.map(([name, type], i) => ({
      source: quoteName(String(name)),
      name: names[i] ?? '',
      ...normalise(String(type)),
    }));
    const select = fields.map((f) => `${f.cast(f.source)} as ${quoteName(f.name)}`).join(', ');
    const rows = await engine.write(copyToParquet(`select ${select} from ${from}`, output), (share) =>
      engine.report({ stage: 'reading', done: Math.round(size * share), total: size, unit: 'bytes' }),
    );
    if (rows === 0) throw failures.noRows();
    return { rows, columns: fields.map(({ name, type }) => ({ name, type })), encoding: null, delimiter: null };
  } catch (error) {
    throw machineFailure(error) ?? failures.parquet();
  }
}

/** Columns of a file of our own making, in the closed set of types. */
export async function columnsOf(engine: Engine, from: string): Promise<Column[]> {
  const described = await engine.rows(`describe select * from ${from}`);
  return described.map(([name, type]) => ({ name: String(name), type: normalise(String(type)).type }));
}
