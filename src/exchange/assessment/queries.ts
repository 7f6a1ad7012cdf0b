import { z } from 'zod';
import {
  type Actor,
  afterOf,
  anyone,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  receiptsOf,
  signedIn,
} from '../../kernel/acts/index.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { TextSchema } from '../../kernel/text.ts';
import { partiesById } from '../parties/index.ts';
import { getProduct, ProductId, Quality, titlesOf } from '../products/index.ts';
import { CHECKLISTS, NORMS } from './checklists.ts';
import { DIMENSIONS } from './indicators.ts';
import { Answer, AssessmentId, assessmentLife, KINDS } from './model.ts';

/** Requested, measured, concluded; a measurement may be repeated. */
const RECEIPTS_MAX = 20;

const Party = z.object({ id: z.string(), name: z.string() });
const Summary = z.object({
  id: AssessmentId,
  kind: z.string(),
  state: z.string(),
  product: z.object({ id: ProductId, title: z.string(), version: z.number() }),
  holder: Party,
  assessor: Party,
  norm: z.string(),
  requestedAt: z.iso.datetime(),
  conclusion: z.string().nullable(),
  issuedAt: z.iso.datetime().nullable(),
});

const supervises = (actor: Actor): boolean =>
  actor.roles.some((r) => r === 'exchange' || r === 'regulator' || r === 'data-authority');

const list = read({
  path: '/assessments',
  title: { zh: '评估', en: 'Assessments' },
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({
    state: z.enum(assessmentLife.states).optional(),
    kind: z.enum(KINDS).optional(),
    productId: ProductId.optional(),
  }),
  output: pageOf(Summary),
  run: async ({ db, actor, query }) => {
    const self = actor.partyId ?? '';
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('assessment as a')
      .selectAll('a')
      .$if(!supervises(actor), (q) =>
        q.where((e) => e.or([e('a.assessor_id', '=', self), e('a.holder_id', '=', self)])),
      )
      .$if(query.state !== undefined, (q) => q.where('a.state', '=', query.state ?? 'issued'))
      .$if(query.kind !== undefined, (q) => q.where('a.kind', '=', query.kind ?? 'quality'))
      .$if(query.productId !== undefined, (q) => q.where('a.product_id', '=', query.productId ?? ''))
      .$if(after !== undefined, (q) => q.where('a.id', '<', after ?? ''))
      .orderBy('a.id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const names = await partiesById(
      db,
      rows.flatMap((r) => [r.holder_id, r.assessor_id]),
    );
    const titles = await titlesOf(
      db,
      rows.map((r) => r.product_id),
    );
    const nameOf = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return {
      items: items.map((r) => ({
        id: r.id,
        kind: r.kind,
        state: r.state,
        product: { id: r.product_id, title: titles.get(r.product_id) ?? '', version: r.product_version },
        holder: nameOf(r.holder_id),
        assessor: nameOf(r.assessor_id),
        norm: r.norm,
        requestedAt: r.requested_at.toISOString(),
        conclusion: r.conclusion,
        issuedAt: r.issued_at?.toISOString() ?? null,
      })),
      nextCursor,
    };
  },
});

const one = read({
  path: '/assessments/:assessmentId',
  title: { zh: '评估详情', en: 'An assessment' },
  by: signedIn(),
  params: z.object({ assessmentId: AssessmentId }),
  query: z.object({}),
  output: Summary.extend({
    measurement: Quality.nullable(),
    measuredAt: z.iso.datetime().nullable(),
    statement: z.string().nullable(),
    checklist: z.array(Answer).nullable(),
    /** Who must act next, in one sentence; null when it is concluded. */
    waitingFor: z.object({ party: Party, what: TextSchema }).nullable(),
    receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  }),
  run: async ({ db, actor, params }) => {
    const row = await db.selectFrom('assessment').selectAll().where('id', '=', params.assessmentId).executeTakeFirst();
    const involved = row && (row.assessor_id === actor.partyId || row.holder_id === actor.partyId || supervises(actor));
    const product = row && involved ? await getProduct(db, row.product_id) : undefined;
    if (!row || !product) throw notFound();
    const names = await partiesById(db, [row.holder_id, row.assessor_id]);
    const nameOf = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    const assessor = nameOf(row.assessor_id);
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      product: { id: product.id, title: product.title, version: row.product_version },
      holder: nameOf(row.holder_id),
      assessor,
      norm: row.norm,
      requestedAt: row.requested_at.toISOString(),
      conclusion: row.conclusion,
      issuedAt: row.issued_at?.toISOString() ?? null,
      measurement: row.measurement,
      measuredAt: row.measured_at?.toISOString() ?? null,
      statement: row.statement,
      checklist: row.checklist && [...row.checklist],
      waitingFor:
        row.state === 'issued'
          ? null
          : { party: assessor, what: { zh: '请评估机构出具结论', en: 'The assessor concludes' } },
      receipts: await receiptsOf(db, [row.id], RECEIPTS_MAX),
    };
  },
});

const checklist = read({
  path: '/assessment-checklists/:kind',
  title: { zh: '评估清单', en: 'Assessment checklist' },
  by: anyone(),
  params: z.object({ kind: z.enum(KINDS) }),
  query: z.object({}),
  output: z.object({
    kind: z.string(),
    norm: z.string(),
    validFrom: z.string(),
    items: z.array(z.object({ item: z.string(), title: TextSchema, source: z.string() })),
    dimensions: z.array(z.object({ dimension: z.string(), title: TextSchema })),
  }),
  run: async ({ params, at }) => {
    const current = valueAt(CHECKLISTS[params.kind], at);
    return {
      kind: params.kind,
      norm: NORMS[params.kind],
      validFrom: current.from,
      items: [...current.value],
      dimensions:
        params.kind === 'quality' ? Object.entries(DIMENSIONS).map(([dimension, title]) => ({ dimension, title })) : [],
    };
  },
});

export const reads: readonly Read[] = [list, one, checklist];
