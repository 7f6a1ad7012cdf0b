import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read, role } from '../../kernel/acts/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { ResourceId } from '../catalog/index.ts';
import {
  type Consent,
  ConsentId,
  type ConsentNotice,
  codeOf,
  KEEPERS,
  LEVELS,
  METHOD_TITLES,
  type Method,
  NOTICE_PARTS,
  NoticeId,
  PART_TITLES,
} from './model.ts';

const NoticeItem = z.object({
  id: NoticeId,
  resource: z.object({ id: ResourceId, title: z.string() }),
  purpose: z.string(),
  version: z.number(),
  newest: z.boolean(),
  level: z.enum(LEVELS),
  keyColumn: z.string().nullable(),
  contentHash: z.string(),
  publishedAt: z.iso.datetime(),
  living: z.number(),
  withdrawn: z.number(),
});

interface NoticeRow extends ConsentNotice {
  readonly title: string;
  readonly newest: boolean;
  readonly living: number;
  readonly withdrawn: number;
}

const notices = read({
  path: '/consent-notices',
  title: text('告知书', 'Notices of consent'),
  by: role(...KEEPERS),
  params: z.object({}),
  query: PageQuery.extend({ resource: ResourceId.optional() }),
  output: pageOf(NoticeItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<NoticeRow>`select n.*, r.title,
        not exists (select from consent_notice m where m.resource_id = n.resource_id and m.purpose = n.purpose
                     and m.party_id = n.party_id and m.version > n.version) as newest,
        (select count(*)::int from consent c where c.notice_id = n.id and c.withdrawn_at is null) as living,
        (select count(*)::int from consent c where c.notice_id = n.id and c.withdrawn_at is not null) as withdrawn
      from consent_notice n join resource r on r.id = n.resource_id
     where n.party_id = ${actor.partyId} and (${after}::text is null or n.id < ${after})
       and (${query.resource ?? null}::text is null or n.resource_id = ${query.resource ?? null})
     order by n.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (n) => n.id);
    return {
      items: items.map((n) => ({
        id: n.id,
        resource: { id: n.resource_id, title: n.title },
        purpose: n.purpose,
        version: n.version,
        newest: n.newest,
        level: n.level,
        keyColumn: n.key_column,
        contentHash: n.content_hash,
        publishedAt: n.published_at.toISOString(),
        living: n.living,
        withdrawn: n.withdrawn,
      })),
      nextCursor,
    };
  },
});

/** What those concerned are told, for anybody. */
const notice = read({
  path: '/consent-notices/:noticeId',
  title: text('告知书全文', 'A notice of consent'),
  by: anyone(),
  params: z.object({ noticeId: NoticeId }),
  query: z.object({}),
  output: z.object({
    id: NoticeId,
    resource: z.string(),
    purpose: z.string(),
    version: z.number(),
    contentHash: z.string(),
    publishedAt: z.iso.datetime(),
    parts: z.array(z.object({ name: z.enum(NOTICE_PARTS), title: TextSchema, words: z.string() })),
  }),
  run: async ({ db, params }) => {
    const found = await db
      .selectFrom('consent_notice as n')
      .innerJoin('resource as r', 'r.id', 'n.resource_id')
      .selectAll('n')
      .select('r.title')
      .where('n.id', '=', params.noticeId)
      .executeTakeFirst();
    if (!found) throw notFound();
    return {
      id: found.id,
      resource: found.title,
      purpose: found.purpose,
      version: found.version,
      contentHash: found.content_hash,
      publishedAt: found.published_at.toISOString(),
      parts: NOTICE_PARTS.map((name) => ({ name, title: PART_TITLES[name], words: found.content[name] })),
    };
  },
});

/** Its keeper's consents, with the code to pass on; whose they are is kept nowhere. */
const consents = read({
  path: '/consents',
  title: text('同意记录', 'Consents'),
  by: role(...KEEPERS),
  params: z.object({}),
  query: PageQuery.extend({ notice: NoticeId.optional(), state: z.enum(['living', 'withdrawn']).optional() }),
  output: pageOf(
    z.object({
      id: ConsentId,
      noticeId: NoticeId,
      resource: z.object({ id: ResourceId, title: z.string() }),
      purpose: z.string(),
      version: z.number(),
      subjectKind: z.enum(['person', 'organisation']),
      methodTitle: TextSchema,
      givenAt: z.iso.datetime(),
      recordedAt: z.iso.datetime(),
      proofFileId: z.string().nullable(),
      withdrawnAt: z.iso.datetime().nullable(),
      withdrawnBy: z.enum(['subject', 'keeper']).nullable(),
      code: z.string(),
    }),
  ),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<Consent & { title: string; version: number; salt: string }>`
      select c.*, r.title, n.version, n.salt from consent c join consent_notice n on n.id = c.notice_id
        join resource r on r.id = c.resource_id
       where c.party_id = ${actor.partyId} and (${after}::text is null or c.id < ${after})
         and (${query.notice ?? null}::text is null or c.notice_id = ${query.notice ?? null})
         and (${query.state ?? null}::text is null or (c.withdrawn_at is null) = (${query.state ?? null} = 'living'))
       order by c.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (c) => c.id);
    return {
      items: items.map((c) => ({
        id: c.id,
        noticeId: c.notice_id,
        resource: { id: c.resource_id, title: c.title },
        purpose: c.purpose,
        version: c.version,
        subjectKind: c.subject_kind,
        methodTitle: METHOD_TITLES[c.method as Method],
        givenAt: c.given_at.toISOString(),
        recordedAt: c.recorded_at.toISOString(),
        proofFileId: c.proof_file_id,
        withdrawnAt: c.withdrawn_at?.toISOString() ?? null,
        withdrawnBy: c.withdrawn_by,
        code: codeOf(c.salt, c.id),
      })),
      nextCursor,
    };
  },
});

export const reads: readonly Read[] = [notices, notice, consents];
