import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { type Actor, execute, type Kernel, notFound, refused, SYSTEM } from '../../../kernel/acts/index.ts';
import type { Database } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { task } from '../../../kernel/jobs.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { type Consented, type ObjectInfo, runRecipe, type Vault } from '../../../kernel/vault/index.ts';
import { consents } from '../consents.ts';
import { takeUse } from '../taking.ts';
import { closeDay } from './acts.ts';

export const OPEN_FORMATS = ['csv', 'parquet'] as const;
export type OpenFormat = (typeof OPEN_FORMATS)[number];
const MEDIA_TYPES: Readonly<Record<OpenFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};
const CHECK_MS = 500;

/** Where the bytes come from: the vault, and whoever keeps other forms of what lies in it. */
export interface ContentSource {
  readonly kernel: Kernel;
  readonly vault: Vault;
  readonly renderingOf: (db: Database, objectId: string, format: OpenFormat) => Promise<ObjectInfo>;
}

export interface OpenContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/**
 * 无条件开放下载: for anybody, without signing in. It is no act: it changes nothing and says nothing of anybody. Each
 * download is counted by day; the day's counts are bound in the evidence (docs/decisions/2026-11-26-opening.md).
 * @throws notFound for what is not there or is not open without conditions
 */
export async function serveOpen(source: ContentSource, resourceId: string, format: OpenFormat): Promise<OpenContent> {
  const { db } = source.kernel;
  const resource = await db
    .selectFrom('resource')
    .select(['id', 'title', 'object_id', 'opening', 'version'])
    .where('id', '=', resourceId)
    .where('state', '=', 'registered')
    // What a company holds is its own, whatever it calls it.
    .where('public_data', '=', true)
    .executeTakeFirst();
  if (!resource?.object_id) throw notFound();
  if (resource.opening !== 'unconditional')
    throw refused(
      'forbidden',
      'BJ-6.5',
      text('不是无条件开放', 'Not open without conditions'),
      text('该资源须申请或者付费使用。', 'The resource is used upon application or against payment.'),
      text('请在资源页面办理。', 'Go on from its page.'),
    );
  const object = await source.renderingOf(db, resource.object_id, format);
  const stillOpen = async () =>
    (await db
      .selectFrom('resource')
      .select('id')
      .where('id', '=', resourceId)
      .where('state', '=', 'registered')
      .where('opening', '=', 'unconditional')
      .executeTakeFirst()) !== undefined;
  const meter = (bytes: number, whole: boolean) => count(db, { resourceId, format, bytes, whole });
  return {
    headers: headersOf(object, resource.title, resource.version, format),
    body: Readable.from(metered(await source.vault.open(object.id), stillOpen, meter), { objectMode: false }),
  };
}

/**
 * 有条件开放下载: for the party whose application was granted. Each download is a use of its right, with evidence; the right
 * is asked again every half second.
 * @throws notFound for all others, Refused when the right does not live
 */
export async function serveGranted(
  source: ContentSource,
  actor: Actor,
  applicationId: string,
  format: OpenFormat,
): Promise<OpenContent> {
  const { kernel } = source;
  const found = await kernel.db
    .selectFrom('opening_application as a')
    .innerJoin('resource as r', 'r.id', 'a.resource_id')
    .innerJoin('resource_authorisation as u', 'u.id', 'a.authorisation_id')
    .innerJoin('party as p', 'p.id', 'a.applicant_id')
    .select([
      'p.state as partyState',
      'u.id as rightId',
      'u.columns',
      'r.object_id',
      'r.title',
      'r.version',
      'r.holder_id',
    ])
    .where('a.id', '=', applicationId)
    .where('a.applicant_id', '=', actor.partyId ?? '')
    .where('r.state', '=', 'registered')
    .executeTakeFirst();
  if (!found?.object_id) throw notFound();
  if (found.partyState !== 'admitted')
    throw refused(
      'rule',
      'GY-4.3',
      text('现在不能下载', 'The download is not possible now'),
      text('该单位没有入驻，或已被暂停。', 'The party is not admitted, or is suspended.'),
      text('请先办理入驻或恢复。', 'Apply for admission, or have the suspension lifted.'),
    );
  const consented = await consents().rows(kernel.db, found.rightId);
  const excerpt = await excerptOf(source, {
    consented,
    rightId: found.rightId,
    sourceId: found.object_id,
    columns: found.columns ?? [],
    title: found.title,
    holderId: found.holder_id,
  });
  // Each download is a use of its own.
  const madeId = newId('dwn');
  const taken = await execute(kernel, takeUse, SYSTEM, {
    authorisationId: found.rightId,
    madeId,
    version: found.version,
    rows: excerpt.rows,
  });
  if (!taken.ok) {
    const { violations, title } = taken.refusal;
    const [first] = violations;
    throw first ? refused('rule', first.rule, title, first.fact, first.remedy) : notFound();
  }
  // Who withdrew before the use was counted is not found by it: then the excerpt is of yesterday.
  if (stateOf(await consents().rows(kernel.db, found.rightId)) !== stateOf(consented))
    throw refused(
      'state',
      'PIPL-15.1',
      text('同意记录刚有变化', 'The consents have just changed'),
      text('下载开始时，有人给予或者撤回了同意。', 'Somebody consented or withdrew as the download began.'),
      text('请重新下载。', 'Download again.'),
    );
  const object = await source.renderingOf(kernel.db, excerpt.objectId, format);
  const lives = async () =>
    (await kernel.db
      .selectFrom('resource_authorisation as u')
      .innerJoin('resource as r', 'r.id', 'u.resource_id')
      .innerJoin('party as p', 'p.id', 'u.party_id')
      .select('u.id')
      .where('u.id', '=', found.rightId)
      .where('u.revoked_at', 'is', null)
      .where('u.suspended_at', 'is', null)
      .where('u.valid_until', '>', new Date())
      .where('r.state', '=', 'registered')
      .where('p.state', '=', 'admitted')
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('resource_use as t')
              .select('t.id')
              .where('t.made_id', '=', madeId)
              .where('t.consent_withdrawn_at', 'is not', null),
          ),
        ),
      )
      .executeTakeFirst()) !== undefined;
  return {
    headers: headersOf(object, found.title, found.version, format),
    body: Readable.from(
      metered(await source.vault.open(object.id), lives, async () => undefined),
      { objectMode: false },
    ),
  };
}

const headersOf = ({ bytes, sha256 }: ObjectInfo, title: string, version: number, format: OpenFormat) => ({
  'content-type': MEDIA_TYPES[format],
  'content-length': String(bytes),
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`${title}-v${version}.${format}`)}`,
  'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
});

interface Wanted {
  readonly consented: readonly Consented[] | null;
  readonly rightId: string;
  readonly sourceId: string;
  readonly columns: readonly string[];
  readonly title: string;
  readonly holderId: string;
}

/** Stands for who consents now; empty where consent is not by row. */
const stateOf = (consented: readonly Consented[] | null): string =>
  consented === null ? '' : createHash('sha256').update(JSON.stringify(consented)).digest('hex');

/**
 * The granted columns alone, of the rows of those who consent; made once for each state of the data and the consents.
 * Nothing is kept of a state that is over.
 */
async function excerptOf(
  { kernel: { db }, vault }: ContentSource,
  w: Wanted,
): Promise<{ objectId: string; rows: number }> {
  const consents = stateOf(w.consented);
  const kept = () =>
    db
      .selectFrom('opening_excerpt')
      .select(['object_id as objectId', 'rows'])
      .where('authorisation_id', '=', w.rightId)
      .where('source_object_id', '=', w.sourceId)
      .where('consents', '=', consents)
      .executeTakeFirst();
  const before = await kept();
  if (before) return before;
  const made = await vault.withFolder((folder) =>
    vault.withFile(w.sourceId, async (path) => {
      const output = join(folder, 'excerpt.parquet');
      const recipe = { filters: [], groupBy: [], columns: w.columns.map((name) => ({ name })) };
      const input = w.consented ? { path, columns: [...w.columns], rows: [], consented: w.consented } : path;
      const { rows } = await runRecipe({ inputs: [input], recipe, output, folder });
      const meta = { ownerPartyId: w.holderId, name: `${w.title}.parquet`, mediaType: MEDIA_TYPES.parquet };
      return { objectId: (await vault.putFile(output, meta)).id, rows };
    }),
  );
  const row = {
    authorisation_id: w.rightId,
    source_object_id: w.sourceId,
    consents,
    object_id: made.objectId,
    rows: made.rows,
  };
  const { numInsertedOrUpdatedRows: written } = await db
    .insertInto('opening_excerpt')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow();
  if (written === 1n) {
    await forget(db, vault, row);
    return made;
  }
  // Another download was first: its excerpt stays.
  await vault.remove(made.objectId);
  return (await kept()) ?? made;
}

/** Removes the excerpts of the right by consents that stand no more: rows of who withdrew are in them. */
async function forget(
  db: Database,
  vault: Vault,
  made: { readonly authorisation_id: string; readonly consents: string },
): Promise<void> {
  const over = await db
    .deleteFrom('opening_excerpt')
    .where('authorisation_id', '=', made.authorisation_id)
    .where('consents', '<>', made.consents)
    .returning('object_id')
    .execute();
  for (const { object_id } of over) await vault.remove(object_id);
}

/** Passes the bytes on, counts them, and breaks off when the data are not open any more. */
async function* metered(
  source: Readable,
  open: () => Promise<boolean>,
  done: (bytes: number, whole: boolean) => Promise<void>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let whole = false;
  // Before the first byte too: whoever asked may begin to read long after.
  let checkedMs = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (Date.now() - checkedMs >= CHECK_MS) {
        if (!(await open())) throw new Error('the data are not open any more');
        checkedMs = Date.now();
      }
      bytes += chunk.length;
      yield chunk;
    }
    whole = true;
  } finally {
    source.destroy();
    await done(bytes, whole);
  }
}

interface Counted {
  readonly resourceId: string;
  readonly format: OpenFormat;
  readonly bytes: number;
  readonly whole: boolean;
}
async function count(db: Database, { resourceId, format, bytes, whole }: Counted): Promise<void> {
  const [downloads, broken] = whole ? [1, 0] : [0, 1];
  await sql`insert into opening_download (resource_id, day, format, downloads, broken, bytes)
    values (${resourceId}, ${beijingDay(new Date())}, ${format}, ${downloads}, ${broken}, ${bytes})
    on conflict (resource_id, day, format) do update set downloads = opening_download.downloads + ${downloads},
      broken = opening_download.broken + ${broken}, bytes = opening_download.bytes + ${bytes}`.execute(db);
}

/** Every day that is over and not closed yet; run again, it closes nothing twice. */
export const closeDaysTask = task(
  'opening.close-days',
  async (_, { kernel }) => {
    const { rows } = await sql<{ day: string }>`select distinct day::text as day from opening_download d
      where day < ${beijingDay(new Date())}::date and not exists (select from opening_day o where o.day = d.day)
      order by day limit 366`.execute(kernel.db);
    for (const { day } of rows)
      await execute(kernel, closeDay, SYSTEM, { day }, { idempotencyKey: `opening.close-day ${day}` });
  },
  // A quarter past one in Beijing: downloads that ran over midnight are counted.
  { cron: '15 17 * * *' },
);
