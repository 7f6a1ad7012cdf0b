import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { buildSample, type SampleAccount } from '../examples/sample.ts';
import { SAMPLE_COUNTS, sampleCounts } from '../examples/testing.ts';
import { type Engine, startEngine } from './engine.ts';
import { schemaOf } from './interfaces/http/openapi.ts';
import { type Act, type Actor, execute, type Read } from './kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from './kernel/database/testing.ts';
import { fsck, settled } from './kernel/evidence/index.ts';
import { checkOpening } from './kernel/evidence/verify/index.ts';

/**
 * The whole exchange is played with a stranger's data planted into everything anybody types, act by act from the
 * catalogue. Then the log, its files and what the server prints are searched; and after the erasure of that person every
 * column of the database. Acts the sample does not play are held to the same by `privacy.test.ts`, which knows them all.
 * A build costs much, so this one is also broken off on its way: what is searched is what it made in seven goes.
 */
const PLANT = {
  name: '欧阳拓跋婧',
  phone: '13977318642',
  identity: '11010519491231002X',
  email: 'tuoba.jing@plant.example',
  login: 'tuoba.jing7731',
  address: '植物园路7731号院',
} as const;
const PLANTED = Object.values(PLANT);
/** A field gets as many of them as it holds, the shortest first. */
const BY_LENGTH = [...PLANTED].sort((a, b) => a.length - b.length);
const TEXT_MAX = 400;

let folder: string;
let database: TestDatabase;
let engine: Engine;
let accounts: readonly SampleAccount[];
let printed = '';
const seeded = new Set<string>();
/** Puts acts and streams back as they were: other tests of this process use them. */
const undo: (() => void)[] = [];

interface Schema {
  type?: string;
  enum?: unknown;
  const?: unknown;
  pattern?: string;
  format?: string;
  'x-id'?: string;
  maxLength?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}
const ID = /^[a-z]{3}_[0-9a-z]{26}$/;
/** Free in form, but checked or compared by what they mean. */
const CODES =
  /(^|\.)(uscc|login|password|displayName|also|objectId|datasetId|sha256|recipe.*|columns\.name|number|numberFormat|holderName|checklist\.item|filters.*|rowFilter.*|columns|kind|keyColumn|ownKey|ownColumn|column|sql|policy\..*|alias)$/;

/** The value with the stranger's data added to every text somebody may type there. */
function planted(act: string, schema: Schema, value: unknown, path = ''): unknown {
  const fit = schema.anyOf?.find((s) => s.type === (Array.isArray(value) ? 'array' : typeof value)) ?? schema;
  if (typeof value === 'string') {
    const free = fit.type === 'string' && !fit.enum && !fit.const && !fit.pattern && !fit.format && !fit['x-id'];
    if (!free || ID.test(value) || CODES.test(path)) return value;
    let text = value;
    for (const word of BY_LENGTH) {
      if (`${text} ${word}`.length <= Math.min(fit.maxLength ?? TEXT_MAX, TEXT_MAX)) text = `${text} ${word}`;
    }
    if (text !== value) seeded.add(act);
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => planted(act, fit.items ?? {}, item, path));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      planted(act, fit.properties?.[name] ?? {}, part, path === '' ? name : `${path}.${name}`),
    ]),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shuheng-privacy-'));
  database = await testDatabase();
  for (const stream of [process.stdout, process.stderr]) {
    const { write: given } = stream;
    const write = given.bind(stream);
    undo.push(() => Object.assign(stream, { write: given }));
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      printed += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return write(chunk, ...rest);
    }) as typeof stream.write;
  }
  engine = await startEngine({ database, dataFolder: folder });
  for (const act of engine.acts) {
    const { input } = act;
    const schema = schemaOf(input, 'input') as Schema;
    // Jobs report what the machine measured, not what somebody typed.
    if (act.by.kind === 'system') continue;
    undo.push(() => Object.assign(act, { input }));
    Object.assign(act, { input: z.preprocess((raw) => planted(act.name, schema, raw), input) });
  }
  // Broken off again and again, as a kill would: each build goes on where the one before stopped.
  for (const [where, done] of [
    ['单位', 4],
    ['数据入库', 6],
    ['公共数据授权运营', 2],
    ['公共数据授权运营', 7],
    ['交易', 2],
    ['交易', 9],
  ] as const) {
    await expect(build(breakAt(where, done))).rejects.toThrow('broken off');
  }
  accounts = await build(() => undefined);
  // Its court bundle is made in the background, and sealed in the log.
  const making = () => database.db.selectFrom('evidence_bundle').select('id').where('state', '=', 'making').execute();
  await vi.waitFor(async () => expect(await making()).toEqual([]), { timeout: 60_000, interval: 200 });
  await settled(database.db);
});
afterAll(async () => {
  for (const back of undo) back();
  await engine.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const build = (report: Parameters<typeof buildSample>[1]) => buildSample(engine, report, { size: 'small' });

const breakAt = (where: string, done: number) => (step: string, progress?: { readonly done: number }) => {
  if (step.startsWith(where) && progress?.done === done) throw new Error('broken off');
};

const actNamed = (name: string): Act => {
  const found = engine.acts.find((a) => a.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
async function run<T>(name: string, actor: Actor, input: unknown): Promise<T & { receiptId: string }> {
  const outcome = await execute(engine.kernel, actNamed(name), actor, input);
  if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.refusal.violations)}`);
  return { ...(outcome.result as T), receiptId: outcome.receipt.id };
}
async function actorOf(login: string): Promise<Actor> {
  const { rows } = await sql<{ id: string; party_id: string; roles: string[]; personal_roles: string[] }>`
    select id, party_id, roles, personal_roles from person where login = ${login}`.execute(database.db);
  const [row] = rows;
  if (!row) throw new Error(`nobody is ${login}`);
  return {
    kind: 'person',
    personId: row.id,
    partyId: row.party_id,
    roles: [...row.roles, ...row.personal_roles],
    scopes: null,
    secondFactor: true,
  };
}
const found = (text: string): string[] => PLANTED.filter((word) => text.includes(word));

/** Names of all places of the database that hold one of the words. */
async function placesWith(words: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ table: string; column: string }>`
    select c.table_schema || '.' || c.table_name as table, c.column_name as column from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and c.table_schema in ('public', 'graphile_worker')
       and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'tsvector')`.execute(
    database.db,
  );
  const places: string[] = [];
  for (const { table, column } of rows) {
    const ref = sql.ref(column);
    const pattern = words.join('|');
    const { rows: hits } = await sql`select 1 from ${sql.table(table)}
      where (case when pg_typeof(${ref})::text = 'bytea' then encode(${ref}::text::bytea, 'escape') else ${ref}::text end) ~* ${pattern} limit 1`.execute(
      database.db,
    );
    if (hits.length > 0) places.push(`${table}.${column}`);
  }
  return places;
}

describe('building the sample', () => {
  it('made nothing twice although it was broken off', async () => {
    expect(await sampleCounts(database.db)).toEqual(SAMPLE_COUNTS);
  });

  it('changes nothing when it is built again', async () => {
    const acts = async () =>
      (await sql<{ n: number }>`select count(*) as n from act_log`.execute(database.db)).rows[0]?.n;
    const before = await acts();
    expect(await build(() => undefined)).toEqual(accounts);
    expect(await sampleCounts(database.db)).toEqual(SAMPLE_COUNTS);
    expect(await acts()).toBe(before);
  });
});

describe('the log', () => {
  it('was played with the stranger’s data in what people type', async () => {
    const { rows } = await sql<{ name: string }>`select distinct name from act_log`.execute(database.db);
    expect(rows.length).toBeGreaterThan(30);
    expect(seeded.size).toBeGreaterThan(12);
    // It did arrive: the database holds it, in openings and in its tables.
    const places = await placesWith(PLANTED);
    expect(places).toContain('public.evidence_entry.sealed');
    expect(places.length).toBeGreaterThan(10);
  });

  it('holds none of it: not in an entry, a bundle, a tile or a checkpoint', async () => {
    const { rows } = await sql<{
      id: string;
      entry: string;
    }>`select id, convert_from(bytes, 'utf8') as entry from evidence_entry`.execute(database.db);
    expect(rows.length).toBeGreaterThan(100);
    for (const { id, entry } of rows) expect([id, found(entry)]).toEqual([id, []]);
    const files = await readdir(join(folder, 'log'), { recursive: true, withFileTypes: true });
    let searched = 0;
    for (const file of files.filter((f) => f.isFile())) {
      const text = (await readFile(join(file.parentPath, file.name))).toString('utf8');
      expect([file.name, found(text)]).toEqual([file.name, []]);
      searched++;
    }
    expect(searched).toBeGreaterThan(3);
  });

  it('names no party, product, order or sum of a trade: only its own number, the act and the time', async () => {
    const { rows } = await sql<{
      entry: string;
    }>`select convert_from(bytes, 'utf8') as entry from evidence_entry`.execute(database.db);
    const { rows: names } = await sql<{
      name: string;
    }>`select name from party union select title from product union select title from resource`.execute(database.db);
    let closed = 0;
    for (const { entry } of rows) {
      for (const { name } of names) expect(entry).not.toContain(name);
      expect(entry).not.toContain('amountFen');
      const { id, party, subject, open, ...rest } = JSON.parse(entry) as Record<string, unknown>;
      if (subject !== null) continue;
      closed++;
      // A court bundle is sealed under its own number, which the bundle itself carries out of the house.
      const named = Object.values(open as object).filter((v) => typeof v === 'string' && ID.test(v));
      expect([party, named.filter((v) => !v.startsWith('bdl_'))]).toEqual([null, []]);
      expect(JSON.stringify(rest)).not.toMatch(/[a-z]{3}_[0-9a-z]{26}/);
    }
    expect(closed).toBeGreaterThan(80);
  });

  it('nor does what the server prints', () => {
    expect(found(printed)).toEqual([]);
  });
});

describe('erasing the person', () => {
  it('leaves nothing of them in any column, every proof valid and every other payload checkable', async () => {
    const { db } = database;
    const admin = await actorOf('retailer');
    const before =
      (await sql<{ n: number }>`select count(*)::int as n from evidence_entry`.execute(db)).rows[0]?.n ?? 0;
    // The stranger becomes one of the buyer's people, and leaves traces of every kind.
    const invited = await run<{ personId: string }>('access.invite-person', admin, {
      login: PLANT.login,
      displayName: PLANT.name,
      email: PLANT.email,
      roles: ['buyer'],
    });
    const stranger = await actorOf(PLANT.login);
    await run('access.create-key', stranger, { title: `${PLANT.name}的密钥`, scopes: null, validDays: 30 });
    const demand = await run<{ demandId: string }>('demand.publish', stranger, {
      title: `${PLANT.name}求购数据`,
      description: `联系 139 7731 8642 或 ${PLANT.email}`,
      sector: '金融',
      purpose: '行业研究',
      until: new Date(Date.now() + 10 * 86_400_000).toISOString(),
    });
    await run('demand.close', stranger, { demandId: demand.demandId, reason: `${PLANT.name}不再需要` });
    await sql`insert into session (id, token_hash, person_id, opened_at, last_seen_at, expires_at, second_factor, method, address, agent)
      values ('ses_x', '\\x00', ${stranger.personId}, now(), now(), now(), false, 'password', '10.0.0.1', ${PLANT.name})`.execute(
      db,
    );
    await run('access.request-erasure', stranger, { reason: `我是${PLANT.name}，请删除` });
    // Years later, when the law keeps no record of a trade any more.
    for (const [table, column] of [
      ['act_log', 'at'],
      ['trade_order', 'placed_at'],
      ['delivery', 'delivered_at'],
      ['withdrawal', 'requested_at'],
      ['bank_deposit', 'at'],
    ] as const)
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} - interval '4 years'`.execute(
        db,
      );

    expect((await placesWith(PLANTED)).length).toBeGreaterThan(15);
    const erased = await run<{ openings: number; texts: number; kept: number }>('access.erase-person', admin, {
      personId: invited.personId,
      reason: `${PLANT.name}本人申请`,
      also: [PLANT.phone, PLANT.identity, PLANT.address, PLANT.name],
    });
    expect(erased.kept).toBe(0);
    expect(erased.openings).toBeGreaterThan(20);
    expect(erased.texts).toBeGreaterThan(20);
    // A certificate is a signed paper in its holder's hands: one that names a person is revoked and issued anew. Who
    // represents a party is a fact of the public register.
    const left = (await placesWith([...PLANTED, '139 7731 8642'])).filter(
      (place) => !/^public\.(certificate\.|party\.legal_representative$)/.test(place),
    );
    expect(left).toEqual([]);
    const { rows } = await sql<{
      display_name: string;
      login: string;
    }>`select display_name, login from person where id = ${invited.personId}`.execute(db);
    expect(rows).toEqual([{ display_name: '［已删除］', login: invited.personId }]);
    expect(
      await execute(engine.kernel, actNamed('access.enable-person'), admin, { personId: invited.personId }),
    ).toMatchObject({
      refusal: { kind: 'not-found' },
    });

    await settled(db);
    expect(await fsck(db, engine.logFiles)).toMatchObject({ ok: true });
    const opened = engine.reads.find((r) => r.path === '/receipts/:receiptId/openings') as Read;
    const openingsOf = async (receiptId: string) =>
      (await opened.run({ db, actor: admin, params: { receiptId }, query: {}, at: new Date() } as never)) as {
        openings: { name: string; state: string; salt: string | null; value: unknown; erasedAt: string | null }[];
      };
    const gone = (await openingsOf(demand.receiptId)).openings;
    expect(gone.find((o) => o.name === 'title')).toMatchObject({
      state: 'erased',
      value: null,
      erasedAt: expect.stringMatching(/^20/),
    });
    expect(gone.find((o) => o.name === 'until')).toMatchObject({ state: 'open' });

    // Every opening that is left still fits its entry.
    const { rows: entries } = await sql<{ bytes: Buffer; sealed: Record<string, { salt?: string; value?: unknown }> }>`
      select bytes, sealed from evidence_entry`.execute(db);
    expect(entries.length).toBeGreaterThan(before);
    let fits = 0;
    for (const { bytes, sealed } of entries)
      for (const [name, { salt, value }] of Object.entries(sealed)) {
        if (salt === undefined) continue;
        expect([name, checkOpening(bytes, name, { salt, value })]).toEqual([name, 'opened']);
        fits++;
      }
    expect(fits).toBeGreaterThan(500);
    expect(found(printed)).toEqual([]);
  });
});
