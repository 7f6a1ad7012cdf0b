import { sql } from 'kysely';
import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import { afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { resourceStates } from '../catalog/index.ts';
import { orderLife } from '../contracts/index.ts';
import { productStates } from '../products/index.ts';
import { countsOf, eventsOf, type SubjectCount } from './events.ts';
import { lifeOf } from './life.ts';
import { LIVING, STAGE_OF, STAGE_TITLES, STAGES, type Stage } from './model.ts';

/** Subjects named at a station; a product of many trades has more, and its events say them all. */
const SUBJECTS_SHOWN = 12;

/** `titleEn` where the title is ours; names that people gave stay as they gave them. */
const Subject = z.object({
  id: z.string(),
  title: z.string(),
  titleEn: z.string().optional(),
  state: TextSchema.nullable(),
});

const Event = z.object({
  receiptId: z.string(),
  act: z.string(),
  at: z.iso.datetime(),
  stage: z.enum(STAGES),
  subject: Subject.omit({ state: true }),
  party: z.object({ id: z.string(), name: z.string() }).nullable(),
  level: z.enum(['committed', 'sequenced', 'witnessed']),
  index: z.number().int().nullable(),
  /** The reader may open the receipt, not only know of it. */
  mine: z.boolean(),
});

const Timeline = pageOf(Event).extend({
  subject: Subject,
  stages: z.array(
    z.object({
      stage: z.enum(STAGES),
      title: TextSchema,
      events: z.number().int(),
      first: z.iso.datetime().nullable(),
      last: z.iso.datetime().nullable(),
      subjects: z.array(Subject),
      /** Of which {@link subjects} names the latest. */
      subjectsTotal: z.number().int(),
    }),
  ),
  /** There were more trades than are shown. */
  truncated: z.boolean(),
});

const SubjectId = z
  .string()
  .regex(new RegExp(`^(${LIVING.join('|')})_[0-9a-hjkmnp-tv-z]{26}$`))
  .meta({ title: '事项编号', 'x-title-en': 'Subject', 'x-id': LIVING.join('|') });

/** 全生命周期: the whole life a subject is part of, from the resource to the certificate, with a receipt for each step. */
const timeline = read({
  path: '/timelines/:subjectId',
  title: text('全程存证', 'The whole life of a subject'),
  by: anyone(),
  params: z.object({ subjectId: SubjectId }),
  query: PageQuery.extend({ stage: z.enum(STAGES).optional() }),
  output: Timeline,
  run: async ({ db, actor, params, query }) => {
    const life = await lifeOf(db, actor, params.subjectId);
    const counts = life ? await countsOf(db, actor, life.subjects) : [];
    // Nothing of it that the reader may see: the same as if there were nothing.
    if (!life?.about.some((id) => counts.some((c) => c.subject === id))) throw notFound();
    const found = await eventsOf(db, actor, life.subjects, {
      after: afterOf(query.cursor),
      limit: query.limit,
      names: query.stage && wordsOf(query.stage),
    });
    const seen = await namesOf(db, [params.subjectId, ...counts.map((c) => c.subject)]);
    const parties = await partiesById(
      db,
      found.flatMap((e) => e.party_id ?? []),
    );
    const { items, nextCursor } = page(found, query.limit, (e) => e.id);
    const subjectOf = (id: string) => seen.get(id) ?? { id, title: id, state: null };
    return {
      subject: subjectOf(params.subjectId),
      stages: stagesOf(counts, subjectOf),
      truncated: life.truncated,
      nextCursor,
      items: items.map((e) => ({
        receiptId: e.id.replace(/^act_/, 'rct_'),
        act: e.name,
        at: e.at.toISOString(),
        stage: stageOf(e.name.split('.')[0] ?? ''),
        subject: subjectOf(e.subject),
        party: e.party_id === null ? null : { id: e.party_id, name: parties.get(e.party_id)?.name ?? e.party_id },
        level:
          e.index === null ? ('committed' as const) : e.witnessed ? ('witnessed' as const) : ('sequenced' as const),
        index: e.index,
        mine: e.mine,
      })),
    };
  },
});

const stageOf = (word: string): Stage => {
  const stage = STAGE_OF[word];
  if (!stage) throw new Error(`acts of ${word} belong to no station`);
  return stage;
};
const wordsOf = (stage: Stage): string[] =>
  Object.entries(STAGE_OF).flatMap(([word, at]) => (at === stage ? [word] : []));

function stagesOf(
  counts: readonly SubjectCount[],
  subjectOf: (id: string) => z.input<typeof Subject>,
): z.input<typeof Timeline>['stages'] {
  return STAGES.map((stage) => {
    const here = counts.filter((c) => stageOf(c.word) === stage);
    const subjects = [...new Set(here.map((c) => c.subject))].sort().reverse();
    const times = here.flatMap((c) => [c.first, c.last]).sort((a, b) => a.getTime() - b.getTime());
    return {
      stage,
      title: STAGE_TITLES[stage],
      events: here.reduce((sum, c) => sum + c.count, 0),
      first: times.at(0)?.toISOString() ?? null,
      last: times.at(-1)?.toISOString() ?? null,
      subjects: subjects.slice(0, SUBJECTS_SHOWN).map(subjectOf),
      subjectsTotal: subjects.length,
    };
  });
}

const ASSESSMENTS: Readonly<Record<string, Text>> = {
  compliance: text('合规评估', 'Compliance assessment'),
  quality: text('质量评估', 'Quality assessment'),
};

const titleOf = (title: string): { title: string; titleEn?: string } => {
  const ours = ASSESSMENTS[title];
  return ours ? { title: ours.zh, titleEn: ours.en } : { title };
};

/** What people call each subject, and how it stands. */
async function namesOf(q: Queryable, ids: readonly string[]): Promise<Map<string, z.input<typeof Subject>>> {
  const { rows } = await sql<{ id: string; title: string; state: string | null }>`
    select id, title, state from resource where id = any(${[...ids]}::text[])
    union all select id, title, state from product where id = any(${[...ids]}::text[])
    union all select id, kind, null from assessment where id = any(${[...ids]}::text[])
    union all select id, terms->'product'->>'title', state from trade_order where id = any(${[...ids]}::text[])
    union all select d.id, o.terms->'product'->>'title', null from delivery d join trade_order o on o.id = d.order_id
      where d.id = any(${[...ids]}::text[])
    union all select a.id, r.title, null from resource_authorisation a join resource r on r.id = a.resource_id
      where a.id = any(${[...ids]}::text[])
    union all select id, number, null from certificate where id = any(${[...ids]}::text[])`.execute(q);
  return new Map(
    rows.map(({ id, title, state }) => [
      id,
      { id, ...titleOf(title), state: state === null ? null : stateOf(id, state) },
    ]),
  );
}

function stateOf(id: string, state: string): Text {
  if (id.startsWith('res_')) return resourceStates.title(state as never);
  return id.startsWith('prd_') ? productStates.title(state as never) : orderLife.title(state as never);
}

export const reads: readonly Read[] = [timeline];
