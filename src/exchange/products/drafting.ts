import { sql } from 'kysely';
import { z } from 'zod';
import { act, type JobRequest, notFound, role, system } from '../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { SEARCH_VERSION, searchVector } from '../../kernel/search.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import {
  carryUses,
  componentStopped,
  grantFor,
  isService,
  Profile,
  rightsBehind,
  rightsLive,
  type UseRight,
  ungranted,
  useRights,
} from '../catalog/index.ts';
import { getParty, registeredEntity } from '../parties/index.ts';
import { Draft, ProductColumn, ProductId, productLife, Sample } from './model.ts';
import { columnsRead, recipeProblems, sameShape } from './recipe.ts';
import * as rules from './rules.ts';
import { grantView, lock } from './store.ts';

export const SELLERS = ['data-merchant', 'operating-unit', 'data-provider'];
export const BUILD_TASK = 'product.build';

/** Grades from the least to the most important; a product has the highest of its resources. */
const GRADES: readonly string[] = ['general', 'important', 'core'];
const highestGrade = (grades: readonly string[]): string =>
  grades.reduce((a, b) => (GRADES.indexOf(b) > GRADES.indexOf(a) ? b : a), 'general');

/** What rules ask about the resources of a product: the right to each, and whether it gives what the recipe reads. */
export function usedResource(right: UseRight, draft: Pick<Draft, 'recipe' | 'authorisationIds'>) {
  const { resource: r, own } = right;
  const columns = columnsRead(draft.recipe);
  const grant = own ? undefined : grantFor(right, columns, draft.authorisationIds);
  return {
    id: r.id,
    title: r.title,
    withdrawn: r.state !== 'registered',
    own,
    authorisedUntil: grant?.validUntil ?? null,
    // What the resource does not have at all is told by the rule on recipes.
    ungranted: grant
      ? ungranted(
          grant,
          columns.filter((c) => r.columns.some(({ name }) => name === c)),
        )
      : [],
    usedUp: grant?.usesLeft === 0 || grant?.rowsLeft === 0,
    class: r.class,
    grade: r.grade,
  };
}

/** Loads the resources of a draft with the party's right to each. @throws notFound for one that does not exist or is hidden */
export async function loadRights(q: Queryable, draft: Draft, partyId: string | null, at: Date): Promise<UseRight[]> {
  const ids = [...new Set(draft.resourceIds)];
  const rights = await useRights(q, ids, partyId, at);
  const hidden = rights.some((r) => r.resource.state !== 'registered' && !r.own && r.authorisedUntil === null);
  if (rights.length < ids.length || hidden) throw notFound();
  return rights;
}

async function draftFacts(tx: Tx, draft: Draft, holderId: string, at: Date) {
  const holder = await getParty(tx, holderId);
  if (!holder) throw notFound();
  const rights = await loadRights(tx, draft, holderId, at);
  const main = rights.find((r) => r.resource.id === draft.recipe.resourceId)?.resource;
  const problems: Text[] = main ? recipeProblems(draft.recipe, main.columns) : [];
  if (!main)
    problems.push(
      text('加工方案的资源不在产品所用资源中', 'the recipe works on a resource that the product does not name'),
    );
  if (!sameShape(rights.map((r) => r.resource))) {
    problems.push(text('合并加工的资源字段不一致', 'resources built together must have the same columns'));
  }
  for (const share of draft.shares) if (!(await getParty(tx, share.partyId))) throw notFound();
  const resources = rights.map((r) => r.resource);
  return {
    holderId,
    holderName: holder.name,
    partyState: holder.state,
    kind: draft.kind,
    service: (await isService(tx, draft.resourceIds)) ? { resources: new Set(draft.resourceIds).size } : null,
    resources: rights.map((r) => usedResource(r, draft)),
    recipeProblems: problems,
    useStopped: await componentStopped(tx, draft.resourceIds, at),
    sector: main?.sector ?? '',
    grade: highestGrade(resources.map((r) => r.grade)),
    containsPersonalInformation: resources.some((r) => r.contains_personal_information),
    publicData: resources.some((r) => r.public_data),
  };
}

const draftRules = [
  registeredEntity,
  rules.authorisedOperation,
  rules.processingRight,
  rules.withinTheRight,
  rules.rightNotUsedUp,
  rules.productForm,
  rules.serviceAlone,
  rules.recipeFits,
  ...rightsLive,
] as const;

type DraftFacts = Awaited<ReturnType<typeof draftFacts>>;

/** The columns of a product that follow from its draft. */
function draftColumns(draft: Draft, facts: DraftFacts, at: Date) {
  return {
    state: 'draft' as const,
    content: JSON.stringify(draft),
    title: draft.title,
    kind: draft.kind,
    sector: facts.sector,
    price_mode: draft.pricing.mode,
    grade: facts.grade,
    contains_personal_information: facts.containsPersonalInformation,
    public_data: facts.publicData,
    revised_at: at,
    build_state: 'building' as const,
    build_failure: null,
    built_at: null,
    object_id: null,
    rows: null,
    bytes: null,
    dictionary: '[]',
    sample: null,
    profile: null,
    quality: null,
    board: null,
    listed_at: null,
    search: sql`${searchVector([
      { text: draft.title, weight: 'A' },
      { text: `${facts.sector} ${facts.holderName}`, weight: 'B' },
      { text: draft.recipe.columns.map((c) => `${c.titleZh} ${c.titleEn ?? ''}`).join(' '), weight: 'C' },
      { text: `${draft.summary} ${draft.scenario}`, weight: 'D' },
    ])}::tsvector`,
    search_version: SEARCH_VERSION,
  };
}

async function relate(tx: Tx, productId: string, draft: Draft): Promise<void> {
  await tx.deleteFrom('product_resource').where('product_id', '=', productId).execute();
  await tx
    .insertInto('product_resource')
    .values([...new Set(draft.resourceIds)].map((resource_id) => ({ product_id: productId, resource_id })))
    .execute();
  await grantView(
    tx,
    productId,
    draft.shares.map((s) => s.partyId),
  );
}

const buildJob = (productId: string, version: number): JobRequest => ({
  task: BUILD_TASK,
  payload: { productId, version },
  key: `${BUILD_TASK} ${productId}`,
});

/** 起草产品: describes a product and how it is made; a job then builds it. */
export const draftProduct = act({
  name: 'product.draft',
  title: { zh: '起草产品', en: 'Draft a product' },
  by: role(...SELLERS),
  input: Draft,
  output: z.object({ productId: ProductId }),
  rules: [...draftRules],
  facts: ({ tx, actor, input, at }) => {
    if (actor.partyId === null) throw notFound();
    return draftFacts(tx, input, actor.partyId, at);
  },
  perform: async ({ tx, input, facts, at, enqueue }) => {
    const productId = newId('prd');
    await tx
      .insertInto('product')
      .values({
        ...draftColumns(input, facts, at),
        id: productId,
        holder_id: facts.holderId,
        drafted_at: at,
        suspended_by: null,
        suspension_reason: null,
        withdrawn_at: null,
      })
      .execute();
    await relate(tx, productId, input);
    enqueue(buildJob(productId, 1));
    return { productId };
  },
  entry: ({ input, result }) => ({
    subject: result.productId,
    sealed: {
      kind: input.kind,
      version: 1,
      resources: input.resourceIds,
      price: input.pricing.price,
      shares: input.shares,
    },
  }),
});

/** 修订产品: a new version, which is built and assessed anew. What is left out stays as it was. */
export const reviseProduct = act({
  name: 'product.revise',
  title: { zh: '修订产品', en: 'Revise a product' },
  by: role(...SELLERS),
  input: Draft.partial().extend({ productId: ProductId }),
  output: z.object({ productId: ProductId, version: z.number(), state: z.string() }),
  rules: [...draftRules],
  facts: async ({ tx, actor, input, at }) => {
    const product = await lock(tx, input.productId, { heldBy: actor.partyId });
    const next = productLife.move(product.state, 'revise');
    const { productId: _, ...change } = input;
    const draft = Draft.parse({ ...product.content, ...change });
    return { ...(await draftFacts(tx, draft, product.holder_id, at)), version: product.version, next, draft };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at, enqueue }) => {
    const version = facts.version + 1;
    await tx
      .updateTable('product')
      .set({ ...draftColumns(facts.draft, facts, at), state: facts.next, version })
      .where('id', '=', input.productId)
      .execute();
    await relate(tx, input.productId, facts.draft);
    enqueue(buildJob(input.productId, version));
    return { productId: input.productId, version, state: facts.next };
  },
  entry: ({ facts, result }) => ({
    subject: result.productId,
    sealed: {
      kind: facts.draft.kind,
      version: result.version,
      resources: facts.draft.resourceIds,
      price: facts.draft.pricing.price,
      shares: facts.draft.shares,
    },
  }),
});

/** 记录加工结果: what the job built. A result for an older version is refused, so that a slow job cannot overtake a revision. */
export const recordBuild = act({
  name: 'product.record-build',
  title: { zh: '记录加工结果', en: 'Record a build' },
  by: system(),
  input: z.object({
    productId: ProductId,
    version: z.number().int(),
    objectId: z.string(),
    sha256: z.string(),
    rows: z.number().int(),
    bytes: z.number().int(),
    dictionary: z.array(ProductColumn),
    sample: Sample,
    profile: Profile,
  }),
  // Kept with the product; the evidence holds the digest of the object they describe.
  secretInput: ['dictionary', 'sample', 'profile'],
  output: z.object({ productId: ProductId }),
  // The right may have been suspended, or have ended, while the build ran.
  rules: [...rightsLive],
  facts: async ({ tx, input, at }) => {
    const product = await lock(tx, input.productId);
    if (product.version !== input.version || product.build_state === 'built') throw notFound();
    const { stopped } = await rightsBehind(tx, product.id, product.version, at);
    const { resourceIds } = product.content;
    return {
      holderId: product.holder_id,
      resourceIds,
      useStopped: stopped ?? (await componentStopped(tx, resourceIds, at)),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    await carryUses(tx, facts.resourceIds, { id: input.productId, version: input.version });
    await tx
      .updateTable('product')
      .set({
        build_state: 'built',
        build_failure: null,
        built_at: at,
        object_id: input.objectId,
        rows: input.rows,
        bytes: input.bytes,
        dictionary: JSON.stringify(input.dictionary),
        sample: JSON.stringify(input.sample),
        profile: JSON.stringify(input.profile),
      })
      .where('id', '=', input.productId)
      .execute();
    await tx
      .insertInto('product_object')
      .values({ object_id: input.objectId, product_id: input.productId, version: input.version, built_at: at })
      .execute();
    return { productId: input.productId };
  },
  entry: ({ input, facts }) => ({
    subject: input.productId,
    sealed: {
      version: input.version,
      rows: input.rows,
      columns: input.dictionary.length,
      content: `sha256:${input.sha256}`,
    },
    parties: [facts.holderId],
  }),
});

/** 记录加工失败: why nothing could be built; the holder revises the draft. */
export const recordBuildFailure = act({
  name: 'product.record-build-failure',
  title: { zh: '记录加工失败', en: 'Record a failed build' },
  by: system(),
  input: z.object({ productId: ProductId, version: z.number().int(), failure: TextSchema }),
  output: z.object({ productId: ProductId }),
  facts: async ({ tx, input }) => {
    const product = await lock(tx, input.productId);
    if (product.version !== input.version || product.build_state !== 'building') throw notFound();
    return { holderId: product.holder_id };
  },
  perform: async ({ tx, input }) => {
    await tx
      .updateTable('product')
      .set({ build_state: 'failed', build_failure: JSON.stringify(input.failure) })
      .where('id', '=', input.productId)
      .execute();
    return { productId: input.productId };
  },
  entry: ({ input, facts }) => ({
    subject: input.productId,
    sealed: { version: input.version, failure: input.failure },
    parties: [facts.holderId],
  }),
});
