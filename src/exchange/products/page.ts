import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Actor, type AnswerVersion, receiptsOf } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, TextSchema } from '../../kernel/text.ts';
import { Profile } from '../catalog/index.ts';
import { partiesById } from '../parties/index.ts';
import { Draft, type Product, ProductColumn, ProductId, Quality, Sample } from './model.ts';
import { opinionsOn } from './store.ts';

const RECEIPTS_MAX = 30;

/** What happens to a product after it is listed, told by the domains that do it; products do not know them. */
export interface Downstream {
  readonly kind: string;
  readonly title: Text;
  /** A query with one row for each of its cases; counted up to {@link COUNTED_MAX}, so it needs an index. */
  readonly cases: (productId: string) => RawBuilder<unknown>;
}
/** A page must not get slower with every sale: above this it says “more”. */
const COUNTED_MAX = 1_000;
const counted = (n: number): string => (n > COUNTED_MAX ? `${COUNTED_MAX}+` : `${n}`);
const downstream: Downstream[] = [];
export const addDownstream = (d: Downstream): void => void downstream.push(d);

/** `titleEn` where the title is ours; names that people gave stay as they gave them. */
const Node = z.object({ id: z.string(), kind: z.string(), title: z.string(), titleEn: z.string().optional() });
const Edge = z.object({ from: z.string(), to: z.string(), label: z.string() });

export const ProductPage = z.object({
  id: ProductId,
  title: z.string(),
  kind: z.string(),
  state: z.string(),
  summary: z.string(),
  scenario: z.string(),
  seller: z.object({ id: z.string(), name: z.string() }),
  sector: z.string(),
  version: z.number(),
  classification: z.object({ grade: z.string() }),
  containsPersonalInformation: z.boolean(),
  publicData: z.boolean(),
  pricing: Draft.shape.pricing,
  terms: Draft.shape.terms,
  supply: Draft.shape.supply,
  offersTestData: z.boolean(),
  build: z.object({
    state: z.string(),
    failure: TextSchema.nullable(),
    builtAt: z.iso.datetime().nullable(),
    rows: z.number().nullable(),
    bytes: z.number().nullable(),
  }),
  dictionary: z.array(ProductColumn),
  sample: Sample.nullable(),
  profile: Profile.nullable(),
  quality: Quality.nullable(),
  opinions: z.array(
    z.object({
      assessmentId: z.string(),
      kind: z.string(),
      assessor: z.object({ id: z.string(), name: z.string() }),
      conclusion: z.string(),
      statement: z.string(),
      issuedAt: z.iso.datetime(),
    }),
  ),
  lineage: z.object({ nodes: z.array(Node), edges: z.array(Edge) }),
  shares: z.array(z.object({ partyId: z.string(), name: z.string(), basisPoints: z.number(), reason: z.string() })),
  listing: z.object({ board: z.string(), listedAt: z.iso.datetime() }).nullable(),
  suspension: z.object({ by: z.string(), reason: z.string().nullable() }).nullable(),
  receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  /** How it is made, for its holder only. */
  recipe: Draft.shape.recipe.nullable(),
});

/** Everything a person sees of a product; whether they may see it was decided before. */
export async function productPage(q: Queryable, p: Product, actor: Actor): Promise<z.input<typeof ProductPage>> {
  const { content } = p;
  const own = p.holder_id === actor.partyId;
  const opinions = Object.values(await opinionsOn(q, p.id));
  const names = await partiesById(q, [
    p.holder_id,
    ...content.shares.map((s) => s.partyId),
    ...opinions.map((o) => o.assessor_id),
  ]);
  const nameOf = (id: string): string => names.get(id)?.name ?? '';
  return {
    id: p.id,
    title: p.title,
    kind: p.kind,
    state: p.state,
    summary: content.summary,
    scenario: content.scenario,
    seller: { id: p.holder_id, name: nameOf(p.holder_id) },
    sector: p.sector,
    version: p.version,
    classification: { grade: p.grade },
    containsPersonalInformation: p.contains_personal_information,
    publicData: p.public_data,
    pricing: content.pricing,
    terms: content.terms,
    supply: content.supply,
    offersTestData: content.offersTestData,
    build: {
      state: p.build_state,
      failure: own ? p.build_failure : null,
      builtAt: p.built_at?.toISOString() ?? null,
      rows: p.rows,
      bytes: p.bytes,
    },
    dictionary: [...p.dictionary],
    sample: p.sample,
    profile: p.profile,
    quality: p.quality,
    opinions: opinions.map((o) => ({
      assessmentId: o.assessment_id,
      kind: o.kind,
      assessor: { id: o.assessor_id, name: nameOf(o.assessor_id) },
      conclusion: o.conclusion,
      statement: o.statement,
      issuedAt: o.issued_at.toISOString(),
    })),
    lineage: await lineageOf(q, p),
    shares: content.shares.map((s) => ({ ...s, name: nameOf(s.partyId) })),
    listing: p.board !== null && p.listed_at !== null ? { board: p.board, listedAt: p.listed_at.toISOString() } : null,
    suspension: p.suspended_by === null ? null : { by: p.suspended_by, reason: own ? p.suspension_reason : null },
    receipts: await receiptsOf(q, [p.id, ...opinions.map((o) => o.assessment_id)], RECEIPTS_MAX),
    recipe: own ? content.recipe : null,
  };
}

const countsOf = (productId: string): RawBuilder<unknown> =>
  sql.join(downstream.map((d) => sql`(select count(*) from (${d.cases(productId)} limit ${COUNTED_MAX + 1}) c)`));

/**
 * The version of a product's page as anybody sees it who is not its holder: everything {@link productPage} reads, by the
 * numbers of the transactions that wrote it (`xmin`), in one statement of index reads. Null for a product that was never
 * on the market. A page that reads something new must name it here; the tests change all of it in turn.
 */
export async function pageVersion(q: Queryable, productId: string, actor: Actor): Promise<AnswerVersion | null> {
  const { rows } = await sql<{ subject: number; state: string; holder_id: string; listed: boolean }>`
    select p.version as subject, p.holder_id, p.listed_at is not null as listed,
           concat_ws(' ', p.xmin,
             (select string_agg(concat(r.id, r.xmin), ',' order by r.id) from product_resource x
                join resource r on r.id = x.resource_id where x.product_id = p.id),
             (select string_agg(concat(r.id, r.xmin), ',' order by r.id) from product_resource x
                join resource_derivation d on d.resource_id = x.resource_id join resource r on r.id = d.source_id where x.product_id = p.id),
             (select string_agg(concat(n.id, n.xmin), ',' order by n.id) from party n
               where n.id = any (o.assessors || p.holder_id || array(select s ->> 'partyId' from jsonb_array_elements(p.content -> 'shares') s))),
             (select string_agg(coalesce(a.id, ''), ',') from unnest(o.ids || p.id) s (id)
               left join lateral (select id from act_log where subject = s.id order by id desc limit 1) a on true),
             array[${countsOf(productId)}]::int[]) as state
      from product p,
           lateral (select coalesce(array_agg(assessment_id order by assessment_id), '{}') as ids,
                           coalesce(array_agg(assessor_id), '{}') as assessors
                      from product_opinion where product_id = p.id) o
     where p.id = ${productId}`.execute(q);
  const [row] = rows;
  if (!row?.listed || row.holder_id === actor.partyId) return null;
  return { subject: row.subject, state: row.state };
}

const once = <T extends { readonly id: string }>(items: readonly T[]): T[] => [
  ...new Map(items.map((i) => [i.id, i])).values(),
];

/** What made a component: a job of the sandbox, or a service of approved queries. */
const madeWord = (madeId: string) =>
  madeId.startsWith('sbs_')
    ? { kind: 'sandbox-service', title: '沙箱查询服务', titleEn: 'Sandbox query service' }
    : { kind: 'sandbox-job', title: '沙箱作业', titleEn: 'Sandbox job' };

/** Columns of resources → sandbox jobs → components, and resources → build → product → what came of it. */
async function lineageOf(q: Queryable, p: Product): Promise<z.input<typeof ProductPage>['lineage']> {
  const resources = await q
    .selectFrom('product_resource as r')
    .innerJoin('resource', 'resource.id', 'r.resource_id')
    .select(['resource.id', 'resource.title', 'resource.rows'])
    .where('r.product_id', '=', p.id)
    .orderBy('resource.id')
    .execute();
  const made = await q
    .selectFrom('product_resource as r')
    .innerJoin('resource_derivation as d', 'd.resource_id', 'r.resource_id')
    .innerJoin('resource as s', 's.id', 'd.source_id')
    .select(['d.resource_id', 'd.made_id', 'd.columns', 's.id', 's.title'])
    .where('r.product_id', '=', p.id)
    .orderBy('d.resource_id')
    .orderBy('s.id')
    .execute();
  const origins = made.filter((m) => !resources.some((r) => r.id === m.id));
  const build = `build:${p.id}:${p.version}`;
  const { rows } = await sql<{ n: number[] }>`select array[${countsOf(p.id)}]::int[] as n`.execute(q);
  const reached = downstream.map((d, i) => ({ ...d, n: rows[0]?.n[i] ?? 0 })).filter((d) => d.n > 0);
  return {
    nodes: [
      ...once(origins.map((m) => ({ id: m.id, kind: 'resource', title: m.title }))),
      ...once(made.map((m) => ({ id: m.made_id, ...madeWord(m.made_id) }))),
      ...resources.map((r) => ({ id: r.id, kind: 'resource', title: r.title })),
      { id: build, kind: 'build', title: `加工 v${p.version}`, titleEn: `Build v${p.version}` },
      { id: p.id, kind: 'product', title: p.title },
      ...reached.map((d) => ({
        id: `${d.kind}:${p.id}`,
        kind: d.kind,
        title: `${d.title.zh} ${counted(d.n)}`,
        titleEn: `${d.title.en} ${counted(d.n)}`,
      })),
    ],
    edges: [
      ...once(
        made.map((m) => ({ id: `${m.id} ${m.made_id}`, from: m.id, to: m.made_id, label: `${m.columns.length}` })),
      ),
      ...once(
        made.map((m) => ({ id: `${m.made_id} ${m.resource_id}`, from: m.made_id, to: m.resource_id, label: '' })),
      ),
      ...resources.map((r) => ({ from: r.id, to: build, label: `${r.rows}` })),
      { from: build, to: p.id, label: p.rows === null ? '' : `${p.rows}` },
      ...reached.map((d) => ({ from: p.id, to: `${d.kind}:${p.id}`, label: counted(d.n) })),
    ],
  };
}
