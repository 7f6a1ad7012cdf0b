/**
 * A catalogue of 100,000 entries: imported through the acts as a file, then listed, searched and reported over HTTP, against
 * PostgreSQL doing the bare query on the same rows. Milliseconds of one request at a time, medians; the baseline's
 * connection is as local as ours.
 */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { searchQuery } from '../src/kernel/search.ts';
import { Client, median, print, readAccounts } from './client.ts';
import { type Exchange, withExchange } from './exchange.ts';

const ENTRIES = Number(process.env.CATALOGUE_ENTRIES ?? 100_000);
const REPEATS = 15;
const POLL_MS = 100;
const PLACES = ['历下', '市中', '槐荫', '天桥', '历城', '长清', '章丘', '济阳', '莱芜', '钢城', '平阴', '商河'];
const THINGS = [
  '公交',
  '供水',
  '学校',
  '医院',
  '停车场',
  '气象站',
  '企业',
  '许可',
  '处罚',
  '河道',
  '路灯',
  '管网',
  '绿地',
  '景区',
  '药店',
  '仓库',
];
const ASPECTS = [
  '位置',
  '名录',
  '年度统计',
  '运行记录',
  '监测数据',
  '收费标准',
  '变更信息',
  '信用评价',
  '检查结果',
  '巡查日志',
];
const SECTORS = ['交通运输', '公共管理', '医疗健康', '教育', '城市管理', '能源', '农业', '文化旅游'];

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

function csv(): string {
  const lines = ['目录编号,名称,简介,行业,数据类别,开放属性,开放条件,更新频率,覆盖地区,责任处室,数据项'];
  for (let i = 0; i < ENTRIES; i++) {
    const [place, thing, aspect] = [pick(PLACES, i), pick(THINGS, i * 7 + (i >> 4)), pick(ASPECTS, i * 3 + (i >> 9))];
    const rare = i % 3_500 === 0 ? '海洋碳汇' : '';
    const opening = pick(['无条件开放', '有条件开放', '有偿使用'], i >> 2);
    lines.push(
      `N-${i},${place}区${thing}${aspect}${rare},${place}区各街道${thing}的${aspect}，由主管部门逐条核对后汇总,${pick(SECTORS, i >> 3)},${thing},${opening},限于公益用途,${pick(['每日', '每月', '每年'], i)},济南市${place}区,信息中心,id:编号:text;name:名称:text;value:数值:double`,
    );
  }
  return lines.join('\n');
}

async function upload(client: Client, body: Buffer): Promise<string> {
  const headers = { authorization: `Bearer ${client.token}`, 'tus-resumable': '1.0.0' };
  const name = Buffer.from('directory.csv').toString('base64');
  const created = await fetch(`${client.url}/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(body.length), 'upload-metadata': `filename ${name}` },
  });
  const location = created.headers.get('location') ?? '';
  const sent = await fetch(new URL(location, client.url), {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
    body: Readable.toWeb(Readable.from(body)) as never,
    duplex: 'half',
  } as RequestInit);
  if (sent.status !== 204) throw new Error(`the upload broke: ${sent.status}`);
  return location.split('/').at(-1) ?? '';
}

async function until<T extends { state: string }>(client: Client, path: string, busy: string): Promise<T> {
  for (;;) {
    const answer = await client.get<T>(path);
    if (answer.state !== busy) return answer;
    await sleep(POLL_MS);
  }
}

const seconds = (from: number): number => (performance.now() - from) / 1_000;

async function importAll(client: Client): Promise<{ read: number; commit: number }> {
  const uploadId = await upload(client, Buffer.from(csv()));
  const { result: kept } = await client.act<{ fileId: string }>('file.keep', { uploadId });
  await until(client, `/files/${kept.fileId}`, 'keeping');
  const reading = performance.now();
  const { result } = await client.act<{ importId: string }>('directory.import-file', { fileId: kept.fileId });
  const preview = await until<{ state: string; counts: { added: number; faulty: number } }>(
    client,
    `/directory-imports/${result.importId}`,
    'reading',
  );
  if (preview.counts.added !== ENTRIES)
    throw new Error(`only ${preview.counts.added} entries, ${preview.counts.faulty} faulty`);
  const read = seconds(reading);
  const committing = performance.now();
  await client.act('directory.commit-import', { importId: result.importId });
  return { read, commit: seconds(committing) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  await work();
  for (let i = 0; i < REPEATS; i++) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  return median(times);
}

async function compare(exchange: Exchange, db: pg.Client): Promise<void> {
  const stranger = new Client(exchange.url, '');
  const match = (q: string) => `search @@ '${(searchQuery(q) ?? '').replaceAll("'", "''")}'::tsquery`;
  const newest = (where: string) =>
    `select * from resource where state <> 'withdrawn' and ${where} order by id desc limit 21`;
  const asked: [string, string, string][] = [
    ['list', '/resources', newest('true')],
    [
      'list, two facets chosen',
      '/resources?opening=conditional&sector=教育',
      newest(`opening = 'conditional' and sector = '教育'`),
    ],
    ['search of two characters, common', '/resources?q=供水', newest(match('供水'))],
    ['search, rare', '/resources?q=海洋碳汇', newest(match('海洋碳汇'))],
    ['search across words, none', '/resources?q=洋碳水', newest(match('洋碳水'))],
    [
      'report of all departments',
      '/departments',
      `select holder_id, count(*), count(*) filter (where state = 'registered'), count(*) filter (where missing = '{}')
         from resource where public_data and state <> 'withdrawn' group by holder_id`,
    ],
  ];
  for (const [name, path, query] of asked)
    print({
      name: `catalogue ${name}`,
      value: await timed(() => stranger.get(encodeURI(path))),
      unit: 'ms',
      baseline: 'PostgreSQL, the bare query, ms',
      baselineValue: await timed(() => db.query(query)),
    });
}

await withExchange(async (exchange) => {
  const provider = (await readAccounts(exchange.folder)).find((a) => a.roles.includes('data-provider'));
  if (!provider) throw new Error('the sample has no data provider');
  const { read, commit } = await importAll(await Client.signIn(exchange.url, provider));
  const db = new pg.Client({ connectionString: exchange.databaseUrl('postgres') });
  await db.connect();
  await db.query('vacuum analyze resource');
  const copying = performance.now();
  await db.query('create table copied as select * from resource');
  const copy = seconds(copying);
  await db.query('drop table copied');
  const entries = `${ENTRIES.toLocaleString('en-US')} entries`;
  const baseline = 'PostgreSQL copying the rows, s';
  print({ name: `catalogue read and judge ${entries}`, value: read, unit: 's', baseline, baselineValue: copy });
  print({ name: `catalogue commit ${entries}`, value: commit, unit: 's', baseline, baselineValue: copy });
  await compare(exchange, db);
  await db.end();
});
