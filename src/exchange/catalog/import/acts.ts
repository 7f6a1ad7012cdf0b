import { isIP } from 'node:net';
import { sql } from 'kysely';
import { z } from 'zod';
import { keepErasuresOut } from '../../../kernel/access/index.ts';
import { type Act, type Actor, act, notFound, refused, role, system } from '../../../kernel/acts/index.ts';
import { isPublicAddress } from '../../../kernel/addresses.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { SEARCH_VERSION } from '../../../kernel/search.ts';
import { TextSchema, text } from '../../../kernel/text.ts';
import { FileId, getFile } from '../../../kernel/vault/index.ts';
import { registeredEntity } from '../../parties/index.ts';
import { lockDirectory } from '../acts-directory.ts';
import * as catalogueRules from '../rules.ts';
import { governmentGathered, utilitiesGathered } from '../rules-directory.ts';
import { catalogueSetting } from '../setting.ts';
import { holderFacts } from '../store.ts';
import {
  Defaults,
  type DirectoryImport,
  ImportId,
  type ImportKind,
  type ImportSettings,
  READ_TASK,
  SNAPSHOT_TASK,
} from './model.ts';
import * as rules from './rules.ts';
import { sealSecret } from './secret.ts';

const ATTEMPTS_MAX = 3;
const SNAPSHOT_ATTEMPTS_MAX = 5;
const HOUR_MS = 3_600_000;
const PROVIDER = role('data-provider');
const DefaultsField = Defaults.default({}).meta({
  title: '来源没有写明的，一律按此填写',
  'x-title-en': 'Where the source does not say',
});

async function startFacts(tx: Tx, actor: Actor) {
  const holder = await holderFacts(tx, actor);
  const { reading } = await tx
    .selectFrom('directory_import')
    .select((e) => e.fn.countAll<number>().as('reading'))
    .where('holder_id', '=', holder.holderId)
    .where('state', '=', 'reading')
    .executeTakeFirstOrThrow();
  return { ...holder, reading: Number(reading) };
}

interface Start {
  readonly id: string;
  readonly holderId: string;
  readonly personId: string | null;
  readonly kind: ImportKind;
  readonly place: string;
  readonly settings: ImportSettings;
  readonly secret: Buffer | null;
  readonly at: Date;
}

async function start(tx: Tx, s: Start): Promise<void> {
  await tx
    .insertInto('directory_import')
    .values({
      id: s.id,
      holder_id: s.holderId,
      person_id: s.personId,
      kind: s.kind,
      place: s.place,
      settings: JSON.stringify(s.settings),
      secret: s.secret,
      state: 'reading',
      started_at: s.at,
      read_at: null,
      settled_at: null,
    })
    .execute();
}

const readJob = (importId: string) => ({
  task: READ_TASK,
  payload: { importId },
  key: importId,
  attemptsMax: ATTEMPTS_MAX,
});

/** 从文件导入目录: a table of entries, CSV or Excel, kept as a paper beforehand. */
export const importFile = act({
  name: 'directory.import-file',
  title: text('从文件导入目录', 'Import a directory from a file'),
  by: PROVIDER,
  input: z.object({ fileId: FileId, defaults: DefaultsField }),
  output: z.object({ importId: ImportId }),
  rules: [registeredEntity, catalogueRules.publicProvider, rules.importsAtOnce],
  facts: async ({ tx, actor, input }) => {
    const file = await getFile(tx, input.fileId);
    if (!file || file.partyId !== actor.partyId) throw notFound();
    if (file.state !== 'kept')
      throw refused(
        'state',
        'HS-3.22',
        text('文件尚未保存完毕', 'The file is not kept yet'),
        text('文件仍在保存。', 'The file is still being kept.'),
        text('请稍候再试。', 'Try again in a moment.'),
      );
    return { ...(await startFacts(tx, actor)), file };
  },
  perform: async ({ tx, actor, input, facts, at, enqueue }) => {
    const importId = newId('dim');
    const settings = { defaults: input.defaults, fileId: input.fileId };
    const { holderId, file } = facts;
    await start(tx, {
      ...{
        id: importId,
        holderId,
        personId: actor.personId,
        kind: 'file',
        place: file.name,
        settings,
        secret: null,
        at,
      },
    });
    enqueue(readJob(importId));
    return { importId };
  },
  entry: ({ facts, result }) => ({ subject: result.importId, sealed: { file: facts.file.sha256 } }),
});

/** A name is looked up when it is connected to; an address, and the machine's own name, are judged at once. */
function addressFacts(host: string) {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  const own = isIP(plain) === 0 ? /(^|\.)localhost\.?$/i.test(plain) : !isPublicAddress(plain);
  return { ownNetwork: own, privateAllowed: catalogueSetting().privateAddresses };
}

const Name = z.string().trim().min(1).max(128);
const PORT_MAX = 65_535;

/** 从数据库导入目录: tables and columns with their comments; with `snapshot` the data too, once it is committed. */
export const importDatabase = act({
  name: 'directory.import-database',
  title: text('从数据库导入目录', 'Import a directory from a database'),
  by: PROVIDER,
  input: z.object({
    engine: z.enum(['postgresql', 'mysql']).meta({ title: '数据库类型', 'x-title-en': 'Engine' }),
    host: z
      .string()
      .trim()
      .regex(/^(\[[0-9a-f:.]+\]|[0-9a-z]([0-9a-z.:-]{0,251}[0-9a-z])?)$/i)
      .meta({ title: '主机', 'x-title-en': 'Host' }),
    port: z.number().int().min(1).max(PORT_MAX).meta({ title: '端口', 'x-title-en': 'Port' }),
    database: Name.meta({ title: '数据库', 'x-title-en': 'Database' }),
    schema: Name.default('public').meta({ title: '模式', 'x-title-en': 'Schema' }),
    user: Name.meta({ title: '账号（请使用只读账号）', 'x-title-en': 'User (give a read-only one)' }),
    password: z.string().max(256).meta({ title: '口令', 'x-title-en': 'Password' }),
    tls: z.boolean().default(true).meta({ title: '加密连接', 'x-title-en': 'Encrypted connection' }),
    snapshot: z.boolean().default(false).meta({ title: '同时归集数据', 'x-title-en': 'Gather the data too' }),
    defaults: DefaultsField,
  }),
  secretInput: ['password'],
  output: z.object({ importId: ImportId }),
  rules: [registeredEntity, catalogueRules.publicProvider, rules.importsAtOnce, rules.publicAddress],
  facts: async ({ tx, actor, input }) => ({ ...(await startFacts(tx, actor)), ...addressFacts(input.host) }),
  perform: async ({ tx, actor, input, facts, at, enqueue }) => {
    const importId = newId('dim');
    const { engine, host, port, database, schema, user, tls, snapshot, defaults, password } = input;
    await start(tx, {
      ...{ id: importId, holderId: facts.holderId, personId: actor.personId, kind: engine, at },
      place: `${host}:${port}/${database}`,
      settings: { defaults, snapshot, connection: { host, port, database, schema, user, tls } },
      secret: sealSecret(importId, { password }),
    });
    enqueue(readJob(importId));
    return { importId };
  },
  entry: ({ input, result }) => ({
    subject: result.importId,
    sealed: { engine: input.engine, place: `${input.host}:${input.port}/${input.database}`, snapshot: input.snapshot },
  }),
});

/** 从开放目录导入: another catalogue's entries, CKAN or DCAT. */
export const importCatalogue = act({
  name: 'directory.import-catalogue',
  title: text('从开放目录导入', 'Import a directory from a catalogue'),
  by: PROVIDER,
  input: z.object({
    format: z.enum(['ckan', 'dcat']).meta({ title: '目录类型', 'x-title-en': 'Kind of catalogue' }),
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      // A password in an address would be kept and shown with it.
      .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
        message: '网址中不得含有用户名或口令 no user or password in the address',
      })
      .meta({ title: '网址', 'x-title-en': 'Address' }),
    defaults: DefaultsField,
  }),
  output: z.object({ importId: ImportId }),
  rules: [registeredEntity, catalogueRules.publicProvider, rules.importsAtOnce, rules.publicAddress],
  facts: async ({ tx, actor, input }) => ({
    ...(await startFacts(tx, actor)),
    ...addressFacts(URL.canParse(input.url) ? new URL(input.url).hostname : ''),
  }),
  perform: async ({ tx, actor, input, facts, at, enqueue }) => {
    const importId = newId('dim');
    const { format, url, defaults } = input;
    await start(tx, {
      ...{ id: importId, holderId: facts.holderId, personId: actor.personId, kind: format, place: url, at },
      ...{ settings: { defaults, url }, secret: null },
    });
    enqueue(readJob(importId));
    return { importId };
  },
  entry: ({ input, result }) => ({ subject: result.importId, sealed: { format: input.format, url: input.url } }),
});

async function lockImport(
  tx: Tx,
  importId: string,
  holds: (row: DirectoryImport) => boolean,
): Promise<DirectoryImport> {
  const row = await tx
    .selectFrom('directory_import')
    .selectAll()
    .where('id', '=', importId)
    .forUpdate()
    .executeTakeFirst();
  if (!row || !holds(row)) throw notFound();
  return row;
}

function mustBe(row: DirectoryImport, ...states: DirectoryImport['state'][]): void {
  if (states.includes(row.state)) return;
  throw refused(
    'state',
    'HS-18.10',
    text('导入不在可办理的阶段', 'The import is not at that stage'),
    text(`该导入的状态是“${STATES[row.state].zh}”。`, `The import is ${STATES[row.state].en}.`),
    text('请刷新查看最新情况。', 'Reload and look again.'),
  );
}
export const STATES = {
  reading: text('读取中', 'being read'),
  preview: text('待确认', 'to be confirmed'),
  failed: text('读取失败', 'not readable'),
  committed: text('已生效', 'committed'),
  discarded: text('已放弃', 'discarded'),
} as const;

/** 目录读取完成: the preview is there, or why there is none. */
export const recordRead = act({
  name: 'directory.record-read',
  title: text('目录读取完成', 'Record what an import read'),
  by: system(),
  input: z.object({ importId: ImportId, failure: TextSchema.nullable() }),
  output: z.object({ total: z.number(), added: z.number(), changed: z.number(), same: z.number(), faulty: z.number() }),
  facts: async ({ tx, input }) => {
    const row = await lockImport(tx, input.importId, () => true);
    mustBe(row, 'reading');
    return row;
  },
  perform: async ({ tx, input, at }) => {
    const { rows } = await sql<Record<'total' | 'added' | 'changed' | 'same' | 'faulty', number>>`
      select count(*)::int as total, count(*) filter (where outcome = 'new')::int as added,
             count(*) filter (where outcome = 'changed')::int as changed,
             count(*) filter (where outcome = 'same')::int as same,
             count(*) filter (where outcome = 'faulty')::int as faulty
        from directory_import_row where import_id = ${input.importId}`.execute(tx);
    const counts = rows[0] ?? { total: 0, added: 0, changed: 0, same: 0, faulty: 0 };
    await tx
      .updateTable('directory_import')
      .set((e) => ({
        ...counts,
        state: input.failure === null ? ('preview' as const) : ('failed' as const),
        failure: input.failure && JSON.stringify(input.failure),
        ...(input.failure === null ? {} : { secret: null, settled_at: at }),
        read_at: at,
        version: e('version', '+', 1),
      }))
      .where('id', '=', input.importId)
      .execute();
    return counts;
  },
  entry: ({ input, facts, result }) => ({
    subject: input.importId,
    sealed: { ...result, failed: input.failure !== null },
    parties: [facts.holder_id],
  }),
});

/** 确认导入: all that the preview shows enters the directory at once. */
export const commitImport = act({
  name: 'directory.commit-import',
  title: text('确认导入', 'Commit an import'),
  by: PROVIDER,
  input: z.object({ importId: ImportId }),
  output: z.object({ importId: ImportId, added: z.number(), changed: z.number(), snapshots: z.number() }),
  rules: [
    registeredEntity,
    catalogueRules.publicProvider,
    rules.importWhole,
    rules.importFresh,
    governmentGathered,
    utilitiesGathered,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const holder = await holderFacts(tx, actor);
    // Its rows are copied: an erasure must find them where they were or where they come to be.
    await keepErasuresOut(tx);
    await lockDirectory(tx, holder.holderId);
    const row = await lockImport(tx, input.importId, (r) => r.holder_id === holder.holderId);
    mustBe(row, 'preview');
    return {
      ...holder,
      row,
      faulty: row.faulty,
      total: row.total,
      readHoursAgo: (at.getTime() - (row.read_at ?? at).getTime()) / HOUR_MS,
      changedMeanwhile: await changedMeanwhile(tx, row),
      gathered: row.added === 0,
      exceptionBasis: null,
    };
  },
  version: (f) => f.row.version,
  perform: async ({ tx, actor, facts: { row }, at, enqueue }) => {
    await writeEntries(tx, row, actor.personId, at);
    const snapshots = row.settings.snapshot ? await wanted(tx, row.id) : 0;
    await tx
      .updateTable('directory_import')
      .set((e) => ({
        state: 'committed' as const,
        settled_at: at,
        version: e('version', '+', 1),
        ...(snapshots > 0 ? {} : { secret: null }),
      }))
      .where('id', '=', row.id)
      .execute();
    if (snapshots > 0)
      enqueue({
        task: SNAPSHOT_TASK,
        payload: { importId: row.id },
        key: `snapshot ${row.id}`,
        attemptsMax: SNAPSHOT_ATTEMPTS_MAX,
      });
    return { importId: row.id, added: row.added, changed: row.changed, snapshots };
  },
  entry: ({ facts: { row }, result }) => ({
    subject: result.importId,
    public: true,
    open: { added: result.added, changed: result.changed },
    sealed: { kind: row.kind, place: row.place },
  }),
});

/** Entries that are not as they were when the preview was made. */
async function changedMeanwhile(tx: Tx, row: DirectoryImport): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from directory_import_row r
      left join resource e on e.holder_id = ${row.holder_id} and e.number = r.number and e.state <> 'withdrawn'
     where r.import_id = ${row.id} and r.outcome in ('new', 'changed')
       and (e.id is not null) <> (r.outcome = 'changed')
        or r.import_id = ${row.id} and r.outcome = 'changed' and e.version is distinct from r.base_version`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** The parts of an entry that are columns of the table, by the names of the entry. */
const PARTS = sql`number = r.entry->>'number', title = r.entry->>'title', summary = r.entry->>'summary',
  source = r.entry->>'source', source_statement = r.entry->>'sourceStatement', sector = r.entry->>'sector',
  class = r.entry->>'class', grade = r.entry->>'grade',
  contains_personal_information = (r.entry->>'containsPersonalInformation')::boolean,
  consent_basis = nullif(r.entry->>'consentBasis', ''), opening = r.entry->>'opening',
  conditions = nullif(r.entry->>'conditions', ''), zone = nullif(r.entry->>'zone', ''),
  exception_basis = nullif(r.entry->>'exceptionBasis', ''), update_frequency = r.entry->>'updateFrequency',
  region = r.entry->>'region', covers_from = (r.entry->>'coversFrom')::date, covers_to = (r.entry->>'coversTo')::date,
  office = nullif(r.entry->>'office', ''), columns = r.dictionary, missing = r.missing, search = r.search::tsvector`;

/** Everything in three statements: a hundred thousand entries are one act. */
async function writeEntries(tx: Tx, row: DirectoryImport, personId: string | null, at: Date): Promise<void> {
  await sql`insert into resource (id, holder_id, state, number, title, summary, source, source_statement, sector, class,
      grade, contains_personal_information, consent_basis, opening, conditions, zone, exception_basis, update_frequency,
      region, covers_from, covers_to, office, columns, missing, search, search_version, public_data, rows, bytes,
      responsible_id, registered_at, origin)
    select r.resource_id, ${row.holder_id}, 'listed', r.entry->>'number', r.entry->>'title', r.entry->>'summary',
      r.entry->>'source', r.entry->>'sourceStatement', r.entry->>'sector', r.entry->>'class', r.entry->>'grade',
      (r.entry->>'containsPersonalInformation')::boolean, nullif(r.entry->>'consentBasis', ''), r.entry->>'opening',
      nullif(r.entry->>'conditions', ''), nullif(r.entry->>'zone', ''), nullif(r.entry->>'exceptionBasis', ''),
      r.entry->>'updateFrequency', r.entry->>'region', (r.entry->>'coversFrom')::date, (r.entry->>'coversTo')::date,
      nullif(r.entry->>'office', ''), r.dictionary, r.missing, r.search::tsvector, ${SEARCH_VERSION}::int, true, 0, 0,
      ${personId}, ${at}, r.origin
      from directory_import_row r where r.import_id = ${row.id} and r.outcome = 'new'`.execute(tx);
  await sql`update resource e set ${PARTS}, search_version = ${SEARCH_VERSION}::int, version = e.version + 1,
      update_due_at = case when e.data_at is null then null else r.update_due_at end,
      origin = case when e.origin ? 'takenAt' then r.origin || jsonb_build_object('takenAt', e.origin->'takenAt') else r.origin end,
      responsible_id = ${personId}
     from directory_import_row r where r.import_id = ${row.id} and r.outcome = 'changed' and e.id = r.resource_id`.execute(
    tx,
  );
  await sql`insert into resource_version (resource_id, holder_id, version, at, person_id, event, changed, content)
    select r.resource_id, ${row.holder_id}, coalesce(r.base_version, 0) + 1, ${at}, ${personId}, 'import', r.changed, r.entry
      from directory_import_row r where r.import_id = ${row.id} and r.outcome in ('new', 'changed')`.execute(tx);
}

async function wanted(tx: Tx, importId: string): Promise<number> {
  const { n } = await tx
    .selectFrom('directory_import_row')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('import_id', '=', importId)
    .where('snapshot', '=', 'wanted')
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** 放弃导入: nothing of it stays but that there was one. */
export const discardImport = act({
  name: 'directory.discard-import',
  title: text('放弃导入', 'Discard an import'),
  by: PROVIDER,
  input: z.object({ importId: ImportId }),
  output: z.object({ importId: ImportId }),
  facts: async ({ tx, actor, input }) => {
    const row = await lockImport(tx, input.importId, (r) => r.holder_id === actor.partyId);
    mustBe(row, 'reading', 'preview');
    return row;
  },
  version: (f) => f.version,
  perform: async ({ tx, input, at }) => {
    await tx.deleteFrom('directory_import_row').where('import_id', '=', input.importId).execute();
    await tx
      .updateTable('directory_import')
      .set((e) => ({ state: 'discarded' as const, secret: null, settled_at: at, version: e('version', '+', 1) }))
      .where('id', '=', input.importId)
      .execute();
    return { importId: input.importId };
  },
  entry: ({ input }) => ({ subject: input.importId }),
});

export const importActs: readonly Act[] = [
  importFile,
  importDatabase,
  importCatalogue,
  recordRead,
  commitImport,
  discardImport,
];
