import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createDoor, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acts as accessActs, createPerson, useAccessKey } from '../../../kernel/access/index.ts';
import type { Act, Actor } from '../../../kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../../../kernel/database/testing.ts';
import { sheetRow, workbook } from '../../../kernel/vault/tables/testing.ts';
import { ANONYMOUS, refusedKind, rulesOf, type TestExchange, testExchange } from '../../testing.ts';
import { changeEntry, listEntry } from '../acts-directory.ts';
import { configureCatalogue, reads, tasks } from '../index.ts';
import { commitImport, discardImport, importCatalogue, importDatabase, importFile } from './acts.ts';
import { isBomb } from './guard.ts';

type Person = Actor & { readonly partyId: string };
let x: TestExchange;
let department: Person;
let other: Person;
let source: TestDatabase;
const servers: Server[] = [];

beforeAll(async () => {
  useAccessKey(randomBytes(32));
  x = await testExchange(tasks);
  source = await testDatabase();
  department = await x.party('样例交通局', ['data-provider'], 'administrative-organ');
  other = await x.party('样例气象局', ['data-provider'], 'administrative-organ');
  configureCatalogue({ privateAddresses: true });
});
afterAll(async () => {
  configureCatalogue({ privateAddresses: false });
  for (const server of servers) server.close();
  await source?.drop();
  await x?.close();
});

interface Preview {
  state: string;
  counts: Record<string, number>;
  failure: { zh: string; en: string } | null;
  snapshots: Record<string, number>;
}
interface Row {
  number: string;
  title: string;
  outcome: string;
  resourceId: string | null;
  changes: { part: string; from: unknown; to: unknown }[];
  problems: { rule: string; fact: { zh: string; en: string } }[];
  snapshot: string | null;
  failure: { zh: string } | null;
}
const look = (importId: string, actor: Actor = department) =>
  x.read(reads, '/directory-imports/:importId', actor, { importId }) as Promise<Preview>;
const rowsOf = async (importId: string, query: Record<string, unknown> = {}) =>
  ((await x.read(reads, '/directory-imports/:importId/rows', department, { importId }, query)) as { items: Row[] })
    .items;
const start = async (act: Parameters<TestExchange['run']>[0], input: unknown, actor: Actor = department) => {
  const importId = String((await x.run(act, actor, input)).importId);
  await x.jobs();
  return importId;
};
const count = async () =>
  Number(
    (
      await x.db
        .selectFrom('resource')
        .select((e) => e.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  );

const HEAD = '目录编号,名称,简介,行业,数据类别,数据级别,开放属性,更新频率,覆盖地区,责任处室,数据项\n';
const line = (number: string, title = '公交线路', more = '每年') =>
  `${number},${title},"线路、站点,以及""首末班""",交通运输,公交,一般,无条件开放,${more},济南市,信息中心,线路号:线路号:text;站数:站数:integer:座\n`;
const defaults = {
  sector: '交通运输',
  class: '公交',
  opening: 'paid',
  updateFrequency: '每年',
  region: '济南市',
  office: '信息中心',
};

describe('from a file', () => {
  test('is previewed, committed as a whole, and shows what changed the next time', async () => {
    const before = await count();
    const fileId = await x.paper(department, '目录.csv', HEAD + line('1.10') + line('1.2'));
    const importId = await start(importFile, { fileId });
    expect(await look(importId)).toMatchObject({
      state: 'preview',
      counts: { total: 2, added: 2, changed: 0, same: 0, faulty: 0 },
    });
    expect(await count()).toBe(before);
    const committed = await x.run(commitImport, department, { importId });
    expect(committed).toEqual({ importId, added: 2, changed: 0, snapshots: 0 });
    const [first] = await rowsOf(importId);
    const page = (await x.read(reads, '/resources/:resourceId', ANONYMOUS, { resourceId: first?.resourceId })) as {
      dictionary: unknown[];
      receipts: { act: string }[];
    };
    expect(page).toMatchObject({
      number: '1.10',
      state: 'listed',
      summary: '线路、站点,以及"首末班"',
      opening: 'unconditional',
    });
    expect(page.dictionary).toMatchObject([
      { name: '线路号', type: 'text' },
      { name: '站数', type: 'integer', unit: '座' },
    ]);
    expect(page.receipts.map((r) => r.act)).toContain('directory.commit-import');
    const found = (await x.read(reads, '/resources', ANONYMOUS, {}, { q: '交线路' })) as { items: unknown[] };
    expect(found.items).toHaveLength(2);

    const again = await start(importFile, {
      fileId: await x.paper(
        department,
        '目录二.csv',
        HEAD + line('1.10') + line('1.2', '公交线路', '每月') + line('1.3'),
      ),
    });
    expect((await look(again)).counts).toEqual({ total: 3, added: 1, changed: 1, same: 1, faulty: 0 });
    expect((await rowsOf(again, { outcome: 'changed' }))[0]?.changes).toEqual([
      { part: 'updateFrequency', from: '每年', to: '每月' },
    ]);
    await x.run(commitImport, department, { importId: again });
    const [changed] = await rowsOf(again, { outcome: 'changed' });
    const versions = (await x.read(reads, '/resources/:resourceId/versions', ANONYMOUS, {
      resourceId: changed?.resourceId,
    })) as { items: { version: number; event: string; changed: string[] }[] };
    expect(versions.items.map((v) => [v.version, v.event, v.changed])).toEqual([
      [2, 'import', ['updateFrequency']],
      [1, 'import', []],
    ]);
  });

  test('one faulty row keeps all out, and each is told what is wrong with it', async () => {
    const before = await count();
    const faulty = [
      line('2.1'),
      line('2.1'),
      line('2.2').replace('无条件开放', '随便开放'),
      line('2.3').replace('线路号:线路号', '身份证号*:身份证号'),
      line('2.4').replace(',一般,', ',核心,'),
      line('2.5').replace('2.5,公交线路', '2.5,'),
    ];
    const importId = await start(importFile, { fileId: await x.paper(department, '坏.csv', HEAD + faulty.join('')) });
    expect((await look(importId)).counts).toEqual({ total: 6, added: 1, changed: 0, same: 0, faulty: 5 });
    const problems = (await rowsOf(importId, { outcome: 'faulty' })).map((r) => [
      r.number,
      r.problems.map((p) => p.rule),
    ]);
    expect(problems).toEqual([
      ['2.1', ['HS-18.5']],
      ['2.2', ['HS-1.6']],
      ['2.3', ['JN-6.2', 'PIPL-25.1']],
      ['2.4', ['HS-3.23', 'HS-18.1']],
      ['2.5', ['HS-1.6']],
    ]);
    expect(rulesOf(await x.refusal(commitImport, department, { importId }))).toEqual(['HS-18.10']);
    expect(await count()).toBe(before);
  });

  test('an Excel sheet, GB 18030 and semicolons are read alike', async () => {
    const sheet = workbook(sheetRow(1, ['目录编号', '名称', '简介']) + sheetRow(2, ['3.10', '站牌', '电子站牌的位置']));
    const importId = await start(importFile, { fileId: await x.paper(department, '目录.xlsx', sheet), defaults });
    expect(await rowsOf(importId)).toMatchObject([{ number: '3.10', title: '站牌', outcome: 'new' }]);
    const gb = Buffer.concat([
      Buffer.from([0xc4, 0xbf, 0xc2, 0xbc, 0xb1, 0xe0, 0xba, 0xc5]), // 目录编号
      Buffer.from(';'),
      Buffer.from([0xc3, 0xfb, 0xb3, 0xc6]), // 名称
      Buffer.from(';summary\n3.11;'),
      Buffer.from([0xd5, 0xbe, 0xc5, 0xc6]), // 站牌
      Buffer.from(';signs\n'),
    ]);
    const other2 = await start(importFile, { fileId: await x.paper(department, 'gb.csv', gb), defaults });
    expect(await rowsOf(other2)).toMatchObject([{ number: '3.11', title: '站牌', outcome: 'new' }]);
  });

  test.each([
    ['empty', '', '文件是空的。'],
    ['without its head', '甲,乙\n1,2\n', /目录编号/],
    ['with a quote that never closes', `${HEAD}4.1,"${'长'.repeat(100_100)}`, /引号/],
    ['with a head alone', HEAD, '来源中没有条目。'],
  ])('a file %s says so', async (_, content, words) => {
    const importId = await start(importFile, { fileId: await x.paper(department, 'x.csv', content || ' ') });
    const { state, failure } = await look(importId);
    expect(state).toBe('failed');
    expect(failure?.zh).toMatch(content === '' ? /表头|空/ : words);
  });

  test('what changed after the preview is not written over; nor is an old preview', async () => {
    const { resourceId } = await x.run(listEntry, department, {
      ...{
        number: '5.1',
        title: '停车场',
        summary: '公共停车场位置',
        sector: '交通运输',
        class: '停车',
        grade: 'general',
      },
      ...{ containsPersonalInformation: false, opening: 'unconditional', updateFrequency: '每年', region: '济南市' },
      ...{ office: '信息中心', source: 'self-generated', sourceStatement: '履职产生', columns: [] },
    });
    const importId = await start(importFile, { fileId: await x.paper(department, '停车.csv', HEAD + line('5.1')) });
    await x.run(changeEntry, department, { resourceId, change: { summary: '公共停车场的位置和泊位数' } });
    expect(rulesOf(await x.refusal(commitImport, department, { importId }))).toEqual(['HS-18.9']);
    const fresh = await start(importFile, { fileId: await x.paper(department, '停车.csv', HEAD + line('5.1')) });
    const old = new Date(Date.now() - 25 * 3_600_000);
    await x.db.updateTable('directory_import').set({ read_at: old }).where('id', '=', fresh).execute();
    expect(rulesOf(await x.refusal(commitImport, department, { importId: fresh }))).toEqual(['HS-18.9']);
    await x.run(discardImport, department, { importId: fresh });
    expect((await x.refusal(commitImport, department, { importId: fresh })).kind).toBe('state');
    expect(await rowsOf(fresh)).toEqual([]);
  });

  test('belongs to one party', async () => {
    const fileId = await x.paper(department, '目录.csv', HEAD + line('6.1'));
    expect((await x.refusal(importFile, other, { fileId })).kind).toBe('not-found');
    const importId = await start(importFile, { fileId });
    for (const act of [commitImport, discardImport]) {
      expect((await x.refusal(act, other, { importId })).kind).toBe('not-found');
      expect((await x.refusal(act, ANONYMOUS, { importId })).kind).toBe('unauthenticated');
    }
    expect(await refusedKind(look(importId, other))).toBe('not-found');
  });
});

/** Serves JSON by path; the paths asked for are kept. */
async function site(answers: (path: string, base: string) => unknown): Promise<{ base: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    asked.push(request.url ?? '');
    const answer = await answers(request.url ?? '', base);
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === 'string') response.writeHead(302, { location: answer }).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('from a CKAN site', () => {
  const packages = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      id: `id-${String(i).padStart(4, '0')}`,
      name: `bus-stops-${i}`,
      title: `公交站点 ${i}`,
      notes: '站点的位置',
      state: 'active',
      organization: { title: '公交总公司' },
      groups: [{ title: '交通运输' }],
      tags: [{ display_name: '公交' }],
      extras: [{ key: 'frequency', value: 'http://publications.europa.eu/resource/authority/frequency/MONTHLY' }],
    }));
  const ckan = (all: ReturnType<typeof packages>) =>
    site((path) => {
      const query = new URL(path, 'http://x').searchParams;
      const [start, rows] = [Number(query.get('start')), Number(query.get('rows'))];
      if (!path.startsWith('/api/3/action/package_search')) return undefined;
      return { success: true, result: { count: all.length, results: all.slice(start, start + rows) } };
    });

  test('is read page by page, mapped, and the next time shows what changed there', async () => {
    const all = packages(230);
    const { base, asked } = await ckan(all);
    const importId = await start(importCatalogue, {
      format: 'ckan',
      url: `${base}/`,
      defaults: { ...defaults, sector: undefined },
    });
    expect((await look(importId)).counts).toMatchObject({ total: 230, added: 230, faulty: 0 });
    expect(asked.map((a) => /start=(\d+)/.exec(a)?.[1])).toEqual(['0', '100', '200']);
    await x.run(commitImport, department, { importId });
    const [row] = await rowsOf(importId, { limit: 1 });
    const page = await x.read(reads, '/resources/:resourceId', ANONYMOUS, { resourceId: row?.resourceId });
    expect(page).toMatchObject({
      ...{ number: 'bus-stops-0', sector: '交通运输', office: '公交总公司', updateFrequency: '每月' },
      origin: { kind: 'ckan', page: `${base}/dataset/bus-stops-0`, place: null },
    });
    Object.assign(all[7] as object, { notes: '站点的位置和站牌' });
    const again = await start(importCatalogue, {
      format: 'ckan',
      url: base,
      defaults: { ...defaults, sector: undefined },
    });
    expect((await look(again)).counts).toEqual({ total: 230, added: 0, changed: 1, same: 229, faulty: 0 });
  });

  test('a person erased while it is read does not come back with it', async () => {
    const login = 'liu.erased77';
    const person = await x.db.transaction().execute((tx) =>
      createPerson(tx, {
        partyId: department.partyId,
        login,
        displayName: '刘样例',
        email: null,
        password: 'long-enough-77-words',
        roles: [],
        personalRoles: [],
        at: new Date(),
      }),
    );
    const erase = accessActs.find((a) => a.name === 'access.erase-person') as Act;
    const all = packages(101);
    let erased = false;
    const { base, asked } = await site(async (path) => {
      const start = Number(new URL(path, 'http://x').searchParams.get('start'));
      if (start > 0 && !erased) {
        erased = true;
        const manager = { ...department, roles: ['party-admin'] };
        await x.run(erase, manager, { personId: person.id, reason: '本人申请' });
      }
      return { success: true, result: { count: all.length, results: all.slice(start, start + 100) } };
    });
    const importId = await start(importCatalogue, {
      format: 'ckan',
      url: base,
      defaults: { ...defaults, office: `信息中心 ${login}` },
    });
    // Read anew from the start, by what the import says now.
    expect(asked).toHaveLength(4);
    expect((await look(importId)).counts).toMatchObject({ total: 101 });
    const { rows } = await sql<{ entry: string }>`
      select entry::text from directory_import_row where import_id = ${importId}`.execute(x.db);
    expect(rows.filter((r) => r.entry?.includes(login))).toEqual([]);
  });

  test.each<[string, (path: string, base: string) => unknown, RegExp]>([
    ['no CKAN', () => ({ hello: 'world' }), /不是 CKAN/],
    ['an error', () => undefined, /404/],
    ['the same page for ever', () => ({ success: true, result: { count: 9_999, results: packages(100) } }), /同一页/],
    ['an endless redirect', (_, base) => `${base}/again`, /转向/],
  ])('%s is told as such', async (_, answers, words) => {
    const { base } = await site(answers);
    const { failure } = await look(await start(importCatalogue, { format: 'ckan', url: base, defaults }));
    expect(failure?.zh).toMatch(words);
  });
});

describe('from a DCAT catalogue', () => {
  test('expanded, compact and plain JSON-LD, over pages, in the language there is', async () => {
    const { base } = await site((path, at) =>
      path.startsWith('/expanded')
        ? [
            {
              '@id': `${at}/expanded`,
              '@type': ['http://www.w3.org/ns/hydra/core#PagedCollection'],
              ...(path.includes('page=2')
                ? {}
                : { 'http://www.w3.org/ns/hydra/core#next': [{ '@id': `${at}/expanded?page=2` }] }),
            },
            {
              '@id': `https://data.example/dataset/${path.includes('page=2') ? 'b' : 'a'}`,
              '@type': ['http://www.w3.org/ns/dcat#Dataset'],
              'http://purl.org/dc/terms/title': [
                { '@language': 'en', '@value': 'Rain gauges' },
                { '@language': 'zh-CN', '@value': '雨量站' },
              ],
              'http://purl.org/dc/terms/publisher': [{ '@id': '_:p' }],
            },
            {
              '@id': '_:p',
              '@type': ['http://xmlns.com/foaf/0.1/Agent'],
              'http://xmlns.com/foaf/0.1/name': [{ '@value': '水文中心' }],
            },
          ]
        : path === '/compact'
          ? {
              '@graph': [
                {
                  '@id': 'urn:c',
                  '@type': 'dcat:Dataset',
                  'dct:title': '地下水位',
                  'dct:description': '监测井水位',
                  'dct:identifier': 'GW-1',
                  'dct:accrualPeriodicity': { '@id': 'http://purl.org/cld/freq/annual' },
                },
              ],
            }
          : {
              '@context': 'https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld',
              dataset: [{ identifier: 'P-1', title: '路灯', description: '路灯位置', keyword: ['照明'] }],
            },
    );
    const read = async (path: string) =>
      rowsOf(await start(importCatalogue, { format: 'dcat', url: `${base}${path}`, defaults }));
    expect((await read('/expanded')).map((r) => [r.outcome, r.title])).toEqual([
      ['new', '雨量站'],
      ['new', '雨量站'],
    ]);
    expect(await read('/compact')).toMatchObject([{ number: 'GW-1', title: '地下水位', outcome: 'new' }]);
    expect(await read('/data.json')).toMatchObject([{ number: 'P-1', title: '路灯', outcome: 'new' }]);
  });

  test('pages in a circle, and an answer without data sets, end', async () => {
    const { base } = await site((path, at) =>
      path === '/none'
        ? { hello: 1 }
        : {
            '@type': 'hydra:PagedCollection',
            'hydra:next': `${at}/circle`,
            'dcat:dataset': { '@type': 'dcat:Dataset', 'dct:title': '甲乙', 'dct:identifier': 'X' },
          },
    );
    const why = async (path: string) =>
      (await look(await start(importCatalogue, { format: 'dcat', url: base + path, defaults }))).failure?.zh;
    expect(await why('/circle')).toMatch(/成环/);
    expect(await why('/none')).toMatch(/没有数据集/);
  });
});

describe('answers and files made to fill the memory', () => {
  test.each([
    ['objects of nothing', `[${'{},'.repeat(1_500_000)}0]`, true],
    ['numbers without end', `[${'0,'.repeat(2_100_000)}0]`, true],
    ['brackets without end', `${'['.repeat(101)}${']'.repeat(101)}`, true],
    ['a deep page', `${'['.repeat(100)}${']'.repeat(100)}`, false],
    ['a long page with brackets in its texts', JSON.stringify(Array(10_000).fill('[[{{,,"\\')), false],
  ])('%s', (_, json, bomb) => expect(isBomb(Buffer.from(json))).toBe(bomb));

  test('are refused in words', async () => {
    const { base } = await site(() => ({ success: true, result: { results: Array(1_100_000).fill([0]) } }));
    const importId = await start(importCatalogue, { format: 'ckan', url: base, defaults });
    expect((await look(importId)).failure?.en).toMatch(/too many values/);
    const fileId = await x.paper(department, '逗号.csv', `${HEAD.trim()}${','.repeat(1_000)}\n`);
    expect((await look(await start(importFile, { fileId }))).failure?.en).toMatch(/more than 1000 cells/);
  });
});

describe('addresses', () => {
  test('private ones are refused at once or, behind a name or a redirect, when they are connected to', async () => {
    configureCatalogue({ privateAddresses: false });
    const database = { engine: 'postgresql', port: 5432, database: 'd', user: 'u', password: 'p', defaults };
    for (const host of ['127.0.0.1', '[::1]', '169.254.169.254', 'localhost', '10.0.0.8'])
      expect(rulesOf(await x.refusal(importDatabase, department, { ...database, host }))).toEqual(['HS-18.8']);
    for (const host of ['/var/run/postgresql', 'a b', 'x;y', ''])
      expect((await x.refusal(importDatabase, department, { ...database, host })).kind).toBe('invalid');
    for (const url of ['http://127.0.0.1:1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::ffff:127.0.0.1]/'])
      expect(rulesOf(await x.refusal(importCatalogue, department, { format: 'ckan', url, defaults }))).toEqual([
        'HS-18.8',
      ]);
    for (const url of [
      'file:///etc/passwd',
      'ftp://example.com/',
      'gopher://x/',
      'https://u:p@example.org/',
      'https://u@example.org/',
    ])
      expect((await x.refusal(importCatalogue, department, { format: 'ckan', url, defaults })).kind).toBe('invalid');
    // The name of this machine resolves to an address of its own network.
    const named = await start(importCatalogue, { format: 'ckan', url: 'http://ip6-localhost/', defaults });
    expect((await look(named)).failure?.zh).toMatch(/内部网络|找不到/);
    configureCatalogue({ privateAddresses: true });
  });
});

describe('from PostgreSQL', () => {
  let databasePort: number;
  let databaseName: string;
  let owner: string;
  const connection = (change: Record<string, unknown> = {}) => {
    return {
      ...{ engine: 'postgresql', host: '127.0.0.1', port: databasePort, database: databaseName },
      ...{ user: owner, password: '', schema: 'yard', tls: false },
      ...{ defaults, ...change },
    };
  };
  beforeAll(async () => {
    const { rows } = await source.pool.query<{ name: string; owner: string; folder: string; port: string }>(
      `select current_database() as name, current_user as owner, setting as folder, current_setting('port') as port
         from pg_settings where name = 'unix_socket_directories'`,
    );
    const { name = '', folder = '', port = '' } = rows[0] ?? {};
    databaseName = name;
    owner = rows[0]?.owner ?? '';
    databasePort = await doorTo(`${folder.split(',')[0]}/.s.PGSQL.${port}`);
    await source.pool.query(`create schema yard;
      create table yard.station (id int, name text, opened date, flow numeric(12,3));
      comment on table yard.station is '地铁车站。含位置';
      comment on column yard.station.name is '站名，运营名称';
      insert into yard.station values (1, '济南站', '2019-04-01', 12.500), (2, '大明湖', null, 0.125), (3, '', '2021-01-01', 9);
      create table yard.card (phone text, balance int); comment on column yard.card.phone is '手机号';
      create table yard.empty (a int)`);
  });

  test('tables, types and comments become entries; columns that speak of persons are marked', async () => {
    const importId = await start(importDatabase, connection());
    const rows = await rowsOf(importId);
    expect(rows.map((r) => [r.number, r.title, r.outcome, r.problems.map((p) => p.rule)])).toEqual([
      ['card', '数据表 card', 'faulty', ['JN-6.2']],
      ['empty', '数据表 empty', 'new', []],
      ['station', '地铁车站', 'new', []],
    ]);
    await x.run(discardImport, department, { importId });
  });

  test('data come into the zone with where they come from; the password is gone', async () => {
    await source.pool.query('drop table yard.card');
    const password = 'S3cret-word';
    await source.pool.query(`do $$ begin if not exists (select from pg_roles where rolname = 'yard_reader') then
      create role yard_reader login password '${password}'; end if; end $$;
      grant usage on schema yard to yard_reader; grant select on all tables in schema yard to yard_reader`);
    const importId = await start(importDatabase, connection({ user: 'yard_reader', password, snapshot: true }));
    const kept = await x.db
      .selectFrom('directory_import')
      .selectAll()
      .where('id', '=', importId)
      .executeTakeFirstOrThrow();
    expect(kept.secret).not.toBeNull();
    expect(JSON.stringify({ ...kept, secret: kept.secret?.toString('latin1') })).not.toContain(password);
    expect(await x.run(commitImport, department, { importId })).toMatchObject({ added: 2, snapshots: 2 });
    await x.jobs();
    expect(await look(importId)).toMatchObject({ snapshots: { wanted: 0, taken: 1, failed: 1 } });
    const rows = await rowsOf(importId);
    expect(rows.map((r) => [r.number, r.snapshot])).toEqual([
      ['empty', 'failed'],
      ['station', 'taken'],
    ]);
    expect(rows[0]?.failure?.zh).toMatch(/\p{Script=Han}/u);
    const resourceId = rows[1]?.resourceId;
    const page = (await x.read(reads, '/resources/:resourceId', department, { resourceId })) as Record<string, unknown>;
    expect(page).toMatchObject({
      ...{ state: 'registered', rows: 3, version: 2 },
      origin: { kind: 'postgresql', place: expect.stringMatching(/^127\.0\.0\.1:\d+\//), takenAt: expect.any(String) },
    });
    expect(page.dictionary).toMatchObject([
      { name: 'id', type: 'integer' },
      { name: 'name', titleZh: '站名', description: '运营名称', type: 'text' },
      { name: 'opened', type: 'date' },
      { name: 'flow' },
    ]);
    const { secret } = await x.db
      .selectFrom('directory_import')
      .select('secret')
      .where('id', '=', importId)
      .executeTakeFirstOrThrow();
    expect(secret).toBeNull();
    const { rows: log } = await sql`select * from act_log where subject = ${importId}`.execute(x.db);
    expect(log.length).toBeGreaterThan(0);
    expect(JSON.stringify(log)).not.toContain(password);
    const { rows: entries } = await sql`select convert_from(bytes, 'UTF8'), sealed from evidence_entry`.execute(x.db);
    expect(JSON.stringify(entries)).not.toContain(password);

    // The same again brings newer data to the same resource.
    await source.pool.query(`insert into yard.station values (4, '泉城广场', null, 1)`);
    const again = await start(importDatabase, connection({ snapshot: true }));
    expect((await look(again)).counts).toMatchObject({ added: 0, changed: 0, same: 2 });
    await x.run(commitImport, department, { importId: again });
    await x.jobs();
    expect(await x.read(reads, '/resources/:resourceId', department, { resourceId })).toMatchObject({
      rows: 4,
      version: 3,
    });
  });

  test('a wrong password, a missing schema and a closed port are told without a word of the server', async () => {
    const why = async (change: Record<string, unknown>) =>
      (await look(await start(importDatabase, connection(change)))).failure?.zh;
    expect(await why({ schema: 'nowhere' })).toMatch(/看不到任何表/);
    expect(await why({ port: 1 })).toMatch(/连接或读取失败/);
    expect(await why({ user: 'nobody_here' })).toMatch(/账号或口令|连接或读取失败/);
    expect(await why({ database: 'no_such_database' })).toMatch(/没有这个数据库/);
  });
});

const MARIADB = ['/usr/sbin/mariadbd', '/usr/bin/mariadbd'].find((path) => existsSync(path));

describe.skipIf(!MARIADB)('from MySQL (a real MariaDB server)', () => {
  let folder: string;
  let server: ReturnType<typeof spawn>;
  let port: number;
  const password = 'Pass;wörd';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maria-'));
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    const made = spawnSync('mariadb-install-db', [
      `--datadir=${folder}/data`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...user,
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    port = await freePort();
    server = spawn(
      MARIADB ?? '',
      [
        ...['--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/s`, `--port=${port}`],
        ...['--bind-address=127.0.0.1', `--pid-file=${folder}/pid`, ...user],
      ],
      { stdio: 'ignore' },
    );
    const { createConnection } = await import('mysql2/promise');
    const until = Date.now() + 60_000;
    for (;;) {
      const root = await createConnection({ host: '127.0.0.1', port, user: 'root' }).catch(() => undefined);
      if (root) {
        for (const statement of [
          'create database yard character set utf8mb4',
          'use yard',
          `create table bus (no varchar(10) comment '线路号', stops int comment '站数，座', price decimal(10,2), since datetime, note text) comment '公交线路'`,
          `insert into bus values ('K1', 12, 1.50, '2024-01-01 05:30:00', 'a,"b"'), ('K2', null, 12345678.90, null, '')`,
          `create user reader@'%' identified by '${password}'`,
          "grant select on yard.* to reader@'%'",
        ])
          await root.query(statement);
        await root.end();
        break;
      }
      if (Date.now() > until) throw new Error('MariaDB did not start');
      await new Promise((done) => setTimeout(done, 200));
    }
  }, 120_000);
  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('schema, comments and data; nothing is lost on the way', async () => {
    const input = {
      engine: 'mysql',
      host: '127.0.0.1',
      port,
      database: 'yard',
      user: 'reader',
      password,
      tls: false,
      snapshot: true,
      defaults,
    };
    const importId = await start(importDatabase, input);
    expect(await rowsOf(importId)).toMatchObject([
      { number: 'bus', title: '公交线路', outcome: 'new', columnCount: 5 },
    ]);
    await x.run(commitImport, department, { importId });
    await x.jobs();
    const [row] = await rowsOf(importId);
    expect(row).toMatchObject({ snapshot: 'taken', failure: null });
    const page = (await x.read(reads, '/resources/:resourceId', department, { resourceId: row?.resourceId })) as {
      dictionary: { name: string; titleZh: string; type: string }[];
      profile: { columns: { name: string; nulls: number; max: unknown }[] };
    };
    expect(page.dictionary.map((c) => [c.name, c.titleZh, c.type])).toEqual([
      ['no', '线路号', 'text'],
      ['stops', '站数', 'integer'],
      ['price', 'price', 'double'],
      ['since', 'since', 'timestamp'],
      ['note', 'note', 'text'],
    ]);
    // An empty text counts as missing, as in every table of the vault.
    expect(page.profile.columns.map((c) => c.nulls)).toEqual([0, 1, 0, 1, 1]);
    const wrong = await start(importDatabase, { ...input, password: 'no' });
    expect((await look(wrong)).failure?.zh).toMatch(/账号或口令/);
  });
});

/** The embedded server listens on a socket of the file system alone; imports connect to ports. */
async function doorTo(socket: string): Promise<number> {
  const door = createDoor((from) => {
    const to = connect(socket);
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
  });
  servers.push(door);
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
  return (door.address() as AddressInfo).port;
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
