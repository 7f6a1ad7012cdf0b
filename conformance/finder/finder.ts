import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, KINDS } from '../../src/kernel/vault/finder/model.ts';
import { ingestTable, inspectTable } from '../../src/kernel/vault/index.ts';
import { hardNegatives, type Labelled, madePositives } from './made.ts';
import { realColumns } from './real.ts';

/**
 * Precision and recall of the finder on a labelled set, through the same process that reads uploads. A column counts as found
 * when the finder names its kind with a strength of `certain` or `likely`; any other kind it names is a false alarm.
 */
const PRECISION_MIN = 0.95;
const RECALL_MIN = 0.9;
const COLUMNS_AT_ONCE = 40;

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

/** Columns of equal length as one table; their own names are kept by numbering them in a way no hint looks at. */
async function inspect(columns: readonly Labelled[], folder: string): Promise<Finding[][]> {
  const names = columns.map(
    (c, i) => `${c.name}${'\u200b'.repeat(columns.slice(0, i).filter((d) => d.name === c.name).length)}`,
  );
  const rows = Math.max(...columns.map((c) => c.values.length));
  const lines = [names.map(quoted).join(',')];
  for (let r = 0; r < rows; r++) lines.push(columns.map((c) => quoted(c.values[r] ?? '')).join(','));
  const [path, output] = [join(folder, 'set.csv'), join(folder, 'set.parquet')];
  await writeFile(path, `${lines.join('\n')}\n`);
  const { columns: read } = await ingestTable({ path, output, folder });
  const { findings } = await inspectTable(output, { folder });
  await rm(output);
  return columns.map((_, i) => findings.filter((f) => f.column === read[i]?.name && f.strength !== 'masked'));
}

const folder = await mkdtemp(join(tmpdir(), 'finder-'));
const set = [...madePositives(), ...hardNegatives(), ...realColumns()];
const bySize = new Map<number, Labelled[]>();
for (const column of set) bySize.set(column.values.length, [...(bySize.get(column.values.length) ?? []), column]);
const judged: { column: Labelled; found: Finding[] }[] = [];
for (const columns of bySize.values())
  for (let i = 0; i < columns.length; i += COLUMNS_AT_ONCE) {
    const part = columns.slice(i, i + COLUMNS_AT_ONCE);
    const found = await inspect(part, folder);
    judged.push(...part.map((column, n) => ({ column, found: found[n] ?? [] })));
  }
await rm(folder, { recursive: true, force: true });

const share = (part: number, of: number): string => (of === 0 ? '   –' : (part / of).toFixed(3));
const total = { hit: 0, miss: 0, alarm: 0 };
process.stdout.write(`${set.length} columns, ${set.filter((c) => c.label !== null).length} of them labelled\n`);
process.stdout.write('kind               columns  found  missed  false   precision  recall\n');
for (const kind of KINDS) {
  const of = judged.filter((j) => j.column.label === kind);
  const hit = of.filter((j) => j.found.some((f) => f.kind === kind)).length;
  const alarm = judged.filter((j) => j.column.label !== kind && j.found.some((f) => f.kind === kind)).length;
  total.hit += hit;
  total.miss += of.length - hit;
  total.alarm += alarm;
  process.stdout.write(
    `${kind.padEnd(18)} ${String(of.length).padStart(7)} ${String(hit).padStart(6)} ${String(of.length - hit).padStart(7)} ${String(alarm).padStart(6)}   ${share(hit, hit + alarm).padStart(9)}  ${share(hit, of.length).padStart(6)}\n`,
  );
}
const [precision, recall] = [total.hit / (total.hit + total.alarm), total.hit / (total.hit + total.miss)];
process.stdout.write(`all: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}\n`);
for (const group of ['named', 'opaque', 'dirty', 'in-text', 'real'] as const) {
  const of = judged.filter((j) => j.column.group === group && j.column.label !== null);
  const hit = of.filter((j) => j.found.some((f) => f.kind === j.column.label)).length;
  process.stdout.write(`  ${group.padEnd(10)} recall ${share(hit, of.length)} of ${of.length}\n`);
}
for (const { column, found } of judged) {
  const wrong = found
    .filter((f) => f.kind !== column.label)
    .map((f) => `${f.kind}/${f.strength} ${f.matches}/${f.values}`);
  const missed = column.label !== null && !found.some((f) => f.kind === column.label);
  if (wrong.length > 0 || missed)
    process.stdout.write(
      `  ${column.group} “${column.name}”: ${missed ? `missed ${column.label}` : ''} ${wrong.length > 0 ? `taken for ${wrong.join(', ')}` : ''}\n`,
    );
}
process.exit(precision >= PRECISION_MIN && recall >= RECALL_MIN ? 0 : 1);
