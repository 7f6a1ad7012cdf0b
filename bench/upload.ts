/**
 * A CSV of one gigabyte over HTTP (tus) to a registered, profiled resource, against plain DuckDB that copies the same file
 * to Parquet in a process of its own with the same memory and threads. Also the highest resident memory of the server
 * process while it happens: the file goes through, the server must not grow with it. `UPLOAD_BYTES` sets another size.
 */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client, print, readAccounts } from './client.ts';
import { temporaryFolder, withExchange } from './exchange.ts';

const BYTES = Number(process.env.UPLOAD_BYTES ?? 1_000_000_000);
/** Measured length of a row of {@link writeCsv}. */
const ROW_BYTES = 105.4;
const MEMORY = '1GiB';
const THREADS = '2';
const POLL_MS = 100;
const MEBIBYTE = 1024 ** 2;

interface Dataset {
  readonly state: 'ingesting' | 'ready' | 'failed';
  readonly rows: number | null;
  readonly failure: { readonly en: string } | null;
  readonly columns: readonly { readonly name: string }[];
}

/** Integers, codes with leading zeros, amounts, dates, times, Chinese words, booleans and long keys, some missing. */
async function writeCsv(path: string): Promise<void> {
  const rows = Math.round(BYTES / ROW_BYTES);
  const instance = await DuckDBInstance.create(':memory:', { threads: THREADS, memory_limit: MEMORY });
  const connection = await instance.connect();
  await connection.run(`copy (select range as id, lpad((range % 999)::varchar, 6, '0') as code, (hash(range) % 1000000) / 100.0 as amount,
    date '2020-01-01' + (range % 1500)::int as day, timestamp '2020-01-01' + interval (range % 90000000) second as moment,
    ['北京市', '上海市', '广州市', '深圳市', '杭州市'][((hash(range * 7) % 5) + 1)::bigint] as city, range % 2 = 0 as flag,
    hash(range * 3) % 1000 as quantity, case when range % 50 = 0 then null else md5(range::varchar) end as reference
    from range(${rows})) to '${path}' (header)`);
  connection.closeSync();
}

/** Plain DuckDB in a fresh process: CSV to Parquet, nothing checked, nothing counted. Milliseconds with its start. */
async function plainCopy(csv: string, parquet: string): Promise<number> {
  const module = pathToFileURL(
    join(import.meta.dirname, '..', 'node_modules', '@duckdb', 'node-api', 'lib', 'index.js'),
  );
  const script = `const { DuckDBInstance } = await import('${module}');
    const i = await DuckDBInstance.create(':memory:', { threads: '${THREADS}', memory_limit: '${MEMORY}' });
    await (await i.connect()).run("copy (select * from read_csv('${csv}')) to '${parquet}' (format parquet, compression zstd)");`;
  const started = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error('plain DuckDB failed');
  await rm(parquet);
  return performance.now() - started;
}

/** Watches the resident memory of a process. */
function watch(pid: number) {
  let highest = 0;
  const look = async (): Promise<number> => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const now = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    highest = Math.max(highest, now);
    return now;
  };
  const timer = setInterval(() => void look(), POLL_MS);
  return {
    look,
    stop: () => {
      clearInterval(timer);
      return highest;
    },
  };
}

async function send(client: Client, path: string): Promise<string> {
  const { size } = await stat(path);
  const headers = { authorization: `Bearer ${client.token}`, 'tus-resumable': '1.0.0' };
  const created = await fetch(`${client.url}/v1/uploads`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(size),
      'upload-metadata': `filename ${Buffer.from('big.csv').toString('base64')}`,
    },
  });
  const location = created.headers.get('location');
  if (created.status !== 201 || !location) throw new Error(`no upload: ${created.status} ${await created.text()}`);
  const sent = await fetch(new URL(location, client.url), {
    method: 'PATCH',
    headers: {
      ...headers,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': '0',
      'content-length': String(size),
    },
    body: Readable.toWeb(createReadStream(path, { highWaterMark: MEBIBYTE })) as never,
    duplex: 'half',
  } as RequestInit);
  if (sent.status !== 204) throw new Error(`the upload broke: ${sent.status} ${await sent.text()}`);
  return location.split('/').at(-1) ?? '';
}

async function untilReady(client: Client, datasetId: string): Promise<Dataset> {
  for (;;) {
    const dataset = await client.get<Dataset>(`/datasets/${datasetId}`);
    if (dataset.state === 'ready') return dataset;
    if (dataset.state === 'failed') throw new Error(dataset.failure?.en ?? 'failed');
    await sleep(POLL_MS);
  }
}

async function register(client: Client, datasetId: string, dataset: Dataset): Promise<void> {
  await client.act('resource.register', {
    title: '一吉字节的表',
    summary: '用于测量入库速度的合成数据。',
    source: 'self-generated',
    sourceStatement: '由测量程序生成。',
    sector: '测试',
    classification: { class: '测试数据', grade: 'general' },
    containsPersonalInformation: false,
    updateFrequency: '一次性',
    coverage: { region: '全国' },
    opening: 'conditional',
    datasetId,
    columns: dataset.columns.map(({ name }) => ({ name, titleZh: name, sensitive: false })),
  });
}

const folder = await temporaryFolder();
try {
  const csv = join(folder, 'big.csv');
  await writeCsv(csv);
  const { size } = await stat(csv);
  const before = await plainCopy(csv, join(folder, 'plain.parquet'));
  const measured = await withExchange(async (exchange) => {
    const provider = (await readAccounts(exchange.folder)).find((a) => a.roles.includes('data-provider'));
    if (!provider) throw new Error('the sample has no data provider');
    const client = await Client.signIn(exchange.url, provider);
    const memory = watch(exchange.pid);
    const memoryBefore = await memory.look();
    const started = performance.now();
    const uploadId = await send(client, csv);
    const sent = performance.now() - started;
    const { result } = await client.act<{ datasetId: string }>('dataset.ingest', { uploadId });
    const dataset = await untilReady(client, result.datasetId);
    const ready = performance.now() - started;
    await register(client, result.datasetId, dataset);
    const total = performance.now() - started;
    return { sent, ready, total, memoryBefore, memoryHighest: memory.stop() };
  });
  // The machine may be busier at one end of the work than at the other.
  const plain = (before + (await plainCopy(csv, join(folder, 'plain.parquet')))) / 2;
  const baseline = `plain DuckDB copy of the same ${(size / 1e9).toPrecision(3)} GB file, before and after, s`;
  const second = (name: string, ms: number) =>
    print({ name, value: ms / 1000, unit: 's', baseline, baselineValue: plain / 1000 });
  second('upload to registered resource', measured.total);
  second('upload alone', measured.sent);
  second('ingest and profile alone', measured.ready - measured.sent);
  print({
    name: 'server memory during upload and ingest',
    value: measured.memoryHighest / MEBIBYTE,
    unit: 'MiB, highest',
    baseline: 'before the upload, MiB',
    baselineValue: measured.memoryBefore / MEBIBYTE,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
