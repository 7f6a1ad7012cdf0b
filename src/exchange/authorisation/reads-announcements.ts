import { z } from 'zod';
import { afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read } from '../../kernel/acts/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { PartyId } from '../parties/index.ts';
import { type Announcement, AnnouncementId, Criterion, MODE_TITLES, MODES } from './model.ts';
import { INTEREST_TITLES, INTERESTS } from './model-duties.ts';
import { type NameOf, namesOf, Party } from './reads-shared.ts';

const AnnouncementItem = z.object({
  id: AnnouncementId,
  title: z.string(),
  mode: z.enum(MODES),
  modeTitle: TextSchema,
  authoriser: Party,
  publishedAt: z.iso.datetime(),
  applyUntil: z.iso.datetime(),
  open: z.boolean(),
  resources: z.number().int(),
});

const announcementShown = (a: Announcement, name: NameOf, at: Date) => ({
  id: a.id,
  title: a.title,
  mode: a.mode,
  modeTitle: MODE_TITLES[a.mode],
  authoriser: name(a.authoriser_id),
  publishedAt: a.published_at.toISOString(),
  applyUntil: a.apply_until.toISOString(),
  open: a.apply_until > at,
  resources: a.resource_ids.length,
});

const announcements = read({
  path: '/announcements',
  title: text('授权运营公告', 'Announcements of authorised operation'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({ open: z.enum(['true', 'false']).optional(), authoriser: PartyId.optional() }),
  output: pageOf(AnnouncementItem),
  run: async ({ db, query, at }) => {
    let rows = db.selectFrom('operation_announcement').selectAll();
    const after = afterOf(query.cursor);
    if (after) rows = rows.where('id', '<', after);
    if (query.authoriser) rows = rows.where('authoriser_id', '=', query.authoriser);
    if (query.open === 'true') rows = rows.where('apply_until', '>', at);
    if (query.open === 'false') rows = rows.where('apply_until', '<=', at);
    const found = await rows
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(found, query.limit, (a) => a.id);
    const name = await namesOf(
      db,
      items.map((a) => a.authoriser_id),
    );
    return { items: items.map((a) => announcementShown(a, name, at)), nextCursor };
  },
});

const announcement = read({
  path: '/announcements/:announcementId',
  title: text('授权运营公告详情', 'Announcement of authorised operation'),
  by: anyone(),
  params: z.object({ announcementId: AnnouncementId }),
  query: z.object({}),
  output: AnnouncementItem.extend({
    scope: z.string(),
    conditions: z.string(),
    requirements: z.string(),
    criteria: z.array(Criterion),
    passScore: z.number(),
    authority: Party,
    /** 六项利益: what the authorising unit made sure is protected, and how. */
    interests: z.array(z.object({ name: z.string(), title: TextSchema })),
    protection: z.string(),
    resourceList: z.array(z.object({ id: z.string(), title: z.string() })),
  }),
  run: async ({ db, params, at }) => {
    const a = await db
      .selectFrom('operation_announcement')
      .selectAll()
      .where('id', '=', params.announcementId)
      .executeTakeFirst();
    if (!a) throw notFound();
    const name = await namesOf(db, [a.authoriser_id, a.authority_id]);
    const resources = await db
      .selectFrom('resource')
      .select(['id', 'title'])
      .where('id', 'in', a.resource_ids)
      .orderBy('title')
      .execute();
    return {
      ...announcementShown(a, name, at),
      scope: a.scope,
      conditions: a.conditions,
      requirements: a.requirements,
      criteria: [...a.criteria],
      passScore: a.pass_score,
      authority: name(a.authority_id),
      interests: INTERESTS.filter((i) => a.interests.includes(i)).map((i) => ({ name: i, title: INTEREST_TITLES[i] })),
      protection: a.protection,
      resourceList: resources,
    };
  },
});

export const announcementReads: readonly Read[] = [announcements, announcement];
