import { z } from 'zod';
import { type Act, type Actor, act, notFound, role, signedIn } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { rightsBehind, rightsLive, sourcesBehind } from '../catalog/index.ts';
import { exchangeNoVendor, getParty, partiesById, registeredEntity } from '../parties/index.ts';
import {
  draftProduct,
  loadRights,
  recordBuild,
  recordBuildFailure,
  reviseProduct,
  SELLERS,
  usedResource,
} from './drafting.ts';
import * as listing from './listing-rules.ts';
import * as market from './market-rules.ts';
import { type Product, ProductId, productLife } from './model.ts';
import { freeForPublicUse, openedDataCapped, priceBasisOf, priceWithinCap } from './price-basis.ts';
import { notRestricted, rightsEvidenceOf } from './rights-evidence.ts';
import * as rules from './rules.ts';
import { lock, opinionsOn } from './store.ts';

const Reason = z.string().trim().min(2).max(1_000);
const Moved = z.object({ productId: ProductId, state: z.string() });

/** 产品挂牌: puts an assessed product on the market (Shanghai draft, article 10). */
export const list = act({
  name: 'product.list',
  title: { zh: '产品挂牌', en: 'List a product' },
  by: role(...SELLERS),
  input: z.object({ productId: ProductId, board: z.enum(['main']).default('main') }),
  output: Moved.extend({ board: z.string(), version: z.number() }),
  rules: [
    registeredEntity,
    exchangeNoVendor,
    rules.operationRight,
    listing.bothAssessed,
    listing.complianceReviewed,
    listing.contentUsable,
    listing.scenarioClear,
    listing.testDataOffered,
    listing.supplySustained,
    market.priceable,
    freeForPublicUse,
    priceWithinCap,
    openedDataCapped,
    market.controllable,
    market.tradedClass,
    market.notOnNegativeList,
    rules.resourcesClassified,
    rules.authorisedOperation,
    rules.processingRight,
    ...rightsLive,
    notRestricted,
    market.sharesComplete,
    market.providerShare,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const product = await lock(tx, input.productId, { heldBy: actor.partyId });
    if (product.state !== 'draft') productLife.move(product.state, 'list');
    return { ...(await listingFacts(tx, product, actor, at)), state: product.state, version: product.version };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at }) => {
    // A draft came this far so that its holder was told everything that is missing; it can be listed only once assessed.
    const state = productLife.move(facts.state, 'list');
    await tx
      .updateTable('product')
      .set({ state, board: input.board, listed_at: at })
      .where('id', '=', input.productId)
      .execute();
    return { productId: input.productId, state, board: input.board, version: facts.version };
  },
  entry: ({ input, facts }) => ({
    subject: input.productId,
    public: true,
    open: { board: input.board, version: facts.version, kind: facts.kind },
    sealed: { price: facts.pricing, shares: facts.shares },
    parties: facts.shares.map((s) => s.partyId),
  }),
});

async function listingFacts(tx: Tx, product: Product, actor: Actor, at: Date) {
  const { content } = product;
  const holder = await getParty(tx, product.holder_id);
  if (!holder) throw notFound();
  const rights = await loadRights(tx, content, product.holder_id, at);
  const resources = rights.map((r) => r.resource);
  // What a component was made of has its providers and its restrictions too.
  const sources = await sourcesBehind(
    tx,
    resources.map((r) => r.id),
  );
  const opinions = await opinionsOn(tx, product.id);
  const parties = await partiesById(
    tx,
    content.shares.map((s) => s.partyId),
  );
  return {
    partyState: holder.state,
    roles: holder.roles,
    holderId: product.holder_id,
    listerId: actor.partyId,
    kind: product.kind,
    scenario: content.scenario,
    offersTestData: content.offersTestData,
    sampleRows: product.sample?.rows.length ?? 0,
    built: product.build_state === 'built',
    rows: product.rows ?? 0,
    grade: product.grade,
    sector: product.sector,
    words: [
      content.title,
      content.summary,
      content.scenario,
      ...resources.map((r) => `${r.title} ${r.class}`),
      ...product.dictionary.map((c) => c.titleZh),
    ].join('\n'),
    containsPersonalInformation: product.contains_personal_information,
    consentRecorded: resources.every((r) => !r.contains_personal_information || (r.consent_basis ?? '').trim() !== ''),
    complianceOpinion: opinions.compliance?.conclusion ?? null,
    qualityOpinion: opinions.quality?.conclusion ?? null,
    supply: content.supply,
    pricing: {
      mode: content.pricing.mode,
      amountFen: content.pricing.price.amountFen,
      callsPerPackage: content.pricing.callsPerPackage ?? null,
    },
    priceBasis: await priceBasisOf(tx, { id: product.id, holderId: product.holder_id }, at),
    terms: content.terms,
    resources: rights.map((r) => usedResource(r, content)),
    useStopped: (await rightsBehind(tx, product.id, product.version, at)).stopped,
    rightsEvidence: await rightsEvidenceOf(tx, [product.id, ...sources.map((s) => s.id)], at),
    shares: content.shares.map((s) => ({
      partyId: s.partyId,
      basisPoints: s.basisPoints,
      admitted: parties.get(s.partyId)?.state === 'admitted',
    })),
    providers: [
      ...new Set(sources.filter((s) => s.publicData && s.holderId !== product.holder_id).map((s) => s.holderId)),
    ],
  };
}

/** In which capacity the actor touches the product. @throws notFound for a stranger */
function capacity(product: Product, actor: Actor): 'holder' | 'exchange' | 'regulator' {
  if (actor.roles.includes('regulator')) return 'regulator';
  if (actor.roles.includes('exchange')) return 'exchange';
  if (actor.partyId !== null && product.holder_id === actor.partyId) return 'holder';
  throw notFound();
}

const Decision = z.object({ productId: ProductId, reason: Reason });

/**
 * 暂停产品: nobody can order it until it is resumed. Suspended by its holder, what was bought stays usable: a seller does
 * not take a paid grant away (HS-5.15). Suspended by the exchange or a regulator, its use rests too (HS-5.10).
 */
export const suspend = act({
  name: 'product.suspend',
  title: { zh: '暂停产品', en: 'Suspend a product' },
  by: signedIn(),
  input: Decision,
  output: Moved,
  facts: async ({ tx, actor, input }) => {
    const product = await lock(tx, input.productId);
    const actsAs = capacity(product, actor);
    return {
      actsAs,
      holderId: product.holder_id,
      version: product.version,
      next: productLife.move(product.state, 'suspend'),
    };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts }) => {
    await tx
      .updateTable('product')
      .set({ state: facts.next, suspended_by: facts.actsAs, suspension_reason: input.reason })
      .where('id', '=', input.productId)
      .execute();
    return { productId: input.productId, state: facts.next };
  },
  entry: ({ input, facts }) => ({
    subject: input.productId,
    public: true,
    open: { by: facts.actsAs },
    sealed: { reason: input.reason },
    parties: [facts.holderId],
  }),
});

/** 恢复产品: back on the market, if the reasons to be there still hold. */
export const resume = act({
  name: 'product.resume',
  title: { zh: '恢复产品', en: 'Resume a product' },
  by: signedIn(),
  input: Decision,
  output: Moved,
  rules: [rules.liftedByRight, registeredEntity, rules.authorisedOperation, ...rightsLive, notRestricted],
  facts: async ({ tx, actor, input, at }) => {
    const product = await lock(tx, input.productId);
    const actsAs = capacity(product, actor);
    const next = productLife.move(product.state, 'resume');
    const holder = await getParty(tx, product.holder_id);
    const rights = await loadRights(tx, product.content, product.holder_id, at);
    const sources = await sourcesBehind(tx, product.content.resourceIds);
    return {
      actsAs,
      suspendedBy: product.suspended_by,
      holderId: product.holder_id,
      partyState: holder?.state ?? 'refused',
      resources: rights.map((r) => usedResource(r, product.content)),
      useStopped: (await rightsBehind(tx, product.id, product.version, at)).stopped,
      rightsEvidence: await rightsEvidenceOf(tx, [product.id, ...sources.map((s) => s.id)], at),
      version: product.version,
      next,
    };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts }) => {
    await tx
      .updateTable('product')
      .set({ state: facts.next, suspended_by: null, suspension_reason: null })
      .where('id', '=', input.productId)
      .execute();
    return { productId: input.productId, state: facts.next };
  },
  entry: ({ input, facts }) => ({
    subject: input.productId,
    public: true,
    open: { by: facts.actsAs },
    sealed: { reason: input.reason },
    parties: [facts.holderId],
  }),
});

/** 产品撤牌: the end of a product on the market; what was bought stays usable for its term. */
export const withdraw = act({
  name: 'product.withdraw',
  title: { zh: '产品撤牌', en: 'Withdraw a product' },
  by: role(...SELLERS),
  input: Decision,
  output: Moved,
  // Where a supervisor suspended it, deliveries stand still; those of a withdrawn product run on, so withdrawing lifts that.
  rules: [rules.liftedByRight],
  facts: async ({ tx, actor, input }) => {
    const product = await lock(tx, input.productId, { heldBy: actor.partyId });
    return {
      actsAs: 'holder',
      suspendedBy: product.suspended_by,
      version: product.version,
      next: productLife.move(product.state, 'withdraw'),
    };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, at }) => {
    await tx
      .updateTable('product')
      .set({ state: facts.next, withdrawn_at: at })
      .where('id', '=', input.productId)
      .execute();
    return { productId: input.productId, state: facts.next };
  },
  entry: ({ input }) => ({ subject: input.productId, public: true, sealed: { reason: input.reason } }),
});

export const acts: readonly Act[] = [
  draftProduct,
  reviseProduct,
  recordBuild,
  recordBuildFailure,
  list,
  suspend,
  resume,
  withdraw,
];
