import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { type Text, text } from '../../kernel/text.ts';
import { DatasetId, getDataset } from '../../kernel/vault/index.ts';
import { rightsBehind, rightsLive } from '../catalog/index.ts';
import { TRADERS } from '../contracts/index.ts';
import { getParty, registeredEntity } from '../parties/index.ts';
import { getProduct, lock, type Product, ProductId } from '../products/index.ts';
import { refusalOf, secureBits, takePlace } from '../sandbox/index.ts';
import { isFigure, isNumber, MEASURES, NEEDS, type Offer, Outcome, type Run, scoreOf, TrialId } from './model.ts';
import { numbersAt } from './parameters.ts';
import * as rules from './rules.ts';
import { meet } from './run.ts';
import { type Scored, scoreFor } from './score.ts';
import { chargedOf } from './store.ts';

const SELLERS = ['data-merchant', 'operating-unit', 'data-provider'] as const;
const COLUMNS_MAX = 50;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const Name = z.string().min(1).max(200);
const MeasureSchema = z.enum(MEASURES);

const openTrial = act({
  name: 'trial.open',
  title: text('开放试用', 'Open for trial'),
  by: role(...SELLERS),
  input: z.object({
    productId: ProductId,
    keyColumn: Name.meta(field('匹配字段', 'Column to match on')),
    columns: z.array(Name).max(COLUMNS_MAX).meta(field('可试用的字段', 'Columns that may be tried')),
    measures: z.array(MeasureSchema).min(1).max(MEASURES.length).meta(field('可用的指标', 'Measures')),
  }),
  output: z.object({ productId: ProductId }),
  rules: [rules.onTheMarket, rules.offerFits, ...rightsLive],
  facts: async ({ tx, actor, input, at }) => {
    const product = await lock(tx, input.productId, { heldBy: actor.partyId });
    const types = new Map(product.dictionary.map((c) => [c.name, c.type]));
    const serves = (need: 'any' | 'number' | null) =>
      need === null || input.columns.some((c) => need === 'any' || isNumber(types.get(c)));
    return {
      product: { id: product.id, kind: product.kind, state: product.state },
      unknown: [input.keyColumn, ...input.columns].filter((c) => !types.has(c)),
      without: input.measures.filter((m) => !serves(NEEDS[m].product)),
      useStopped: (await rightsBehind(tx, product.id, product.version, at)).stopped,
    };
  },
  perform: async ({ tx, input, at }) => {
    const offer = {
      key_column: input.keyColumn,
      columns: [...new Set(input.columns)],
      measures: [...new Set(input.measures)],
      opened_at: at,
      closed_at: null,
    };
    await tx
      .insertInto('trial_offer')
      .values({ product_id: input.productId, ...offer })
      .onConflict((c) => c.column('product_id').doUpdateSet(offer))
      .execute();
    return { productId: input.productId };
  },
  entry: ({ input }) => ({
    subject: input.productId,
    sealed: { keyColumn: input.keyColumn, columns: input.columns, measures: input.measures },
  }),
});

const closeTrial = act({
  name: 'trial.close',
  title: text('停止试用', 'Close the trial'),
  by: role(...SELLERS),
  input: z.object({ productId: ProductId }),
  output: z.object({ productId: ProductId }),
  facts: async ({ tx, actor, input }) => {
    await lock(tx, input.productId, { heldBy: actor.partyId });
    const offer = await offerOf(tx, input.productId);
    if (!offer) throw notFound();
    return {};
  },
  perform: async ({ tx, input, at }) => {
    await tx.updateTable('trial_offer').set({ closed_at: at }).where('product_id', '=', input.productId).execute();
    return { productId: input.productId };
  },
  entry: ({ input }) => ({ subject: input.productId }),
});

const offerOf = (tx: Tx, productId: string): Promise<Offer | undefined> =>
  tx
    .selectFrom('trial_offer')
    .selectAll()
    .where('product_id', '=', productId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();

const RunInput = z.object({
  productId: ProductId,
  measure: MeasureSchema.meta(field('指标', 'Measure')),
  column: Name.nullable().default(null).meta(field('产品字段', 'Column of the product')),
  datasetId: DatasetId,
  ownKey: Name.meta(field('自备表的匹配字段', 'Column of the own table to match on')),
  ownColumn: Name.nullable().default(null).meta(field('自备表的指标字段', 'Column of the own table to compare')),
  lawful: z.boolean().meta(field('确认有权使用自备数据', 'The own table is lawfully used')),
});
type RunInput = z.output<typeof RunInput>;

/** What of the product or the measure is not open, or null. */
function notOpen(offer: Offer | undefined, product: Product, input: RunInput): Text | null {
  if (!offer) return text('该产品没有开放试用。', 'The product is not open for trial.');
  if (!offer.measures.includes(input.measure)) return text('该指标没有开放。', 'This measure is not open.');
  const need = NEEDS[input.measure].product;
  if (need === null) return null;
  if (input.column === null || !offer.columns.includes(input.column))
    return text('没有指定已开放的产品字段。', 'No column of the product that is open was named.');
  const type = product.dictionary.find((c) => c.name === input.column)?.type;
  return need === 'number' && !isNumber(type)
    ? text('该指标需要数值字段。', 'This measure takes a column of numbers.')
    : null;
}

type OwnColumns = readonly { readonly name: string; readonly type: string }[];
function unfitOf(columns: OwnColumns, input: RunInput): Text | null {
  const type = (name: string | null) => columns.find((c) => c.name === name)?.type;
  if (type(input.ownKey) === undefined)
    return text('自备数据表没有所选的匹配字段。', 'The own table has no such column to match on.');
  return NEEDS[input.measure].own && !isFigure(type(input.ownColumn))
    ? text('该指标需要自备表的一个数值字段。', 'This measure takes a column of numbers of the own table.')
    : null;
}
const NO_LABEL = text('标签字段只能是 0 和 1。', 'A label holds 0 and 1 only.');

/** 试用: an approved measure on the buyer's own table; a coarse score with noise is all that leaves. */
const runTrial = act({
  name: 'trial.run',
  title: text('试用产品', 'Try a product'),
  by: role(...TRADERS),
  input: RunInput,
  output: z.object({
    trialId: TrialId,
    outcome: Outcome,
    score: z.number().nullable(),
    /** Nine of ten scores lie no further from the exact one. */
    within: z.number().nullable(),
    repeated: z.boolean(),
    runsLeft: z.number().int(),
  }),
  rules: [
    registeredEntity,
    rules.ofAnother,
    rules.onTheMarket,
    rules.askedIsOpen,
    rules.lawfulTable,
    rules.ownTableOfMany,
    ...rightsLive,
    rules.trialsLeft,
    rules.trialsOfAll,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const dataset = await getDataset(tx, input.datasetId);
    const party = actor.partyId === null ? undefined : await getParty(tx, actor.partyId);
    if (!party || !dataset?.objectId || dataset.partyId !== party.id) throw notFound();
    const seen = await standingOf(tx, input, at);
    const own = seen.holder_id === party.id;
    const unfit = unfitOf(dataset.columns, input);
    const whole = { partyState: party.state, own, lawful: input.lawful };
    // Whom a rule refuses anyway has no process started for them.
    const may = !own && party.state === 'admitted' && input.lawful && unfit === null && seen.passes;
    if (!may)
      return {
        ...{ ...whole, ...seen, table: { keys: null, unfit }, repeated: false, daysAgo: [], allDaysAgo: [] },
        trial: (): Trial | null => null,
      };
    await takePlace(tx, at);
    // One trial of a buyer after another: a count of uses, and an answer told before, are then known.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`trial ${party.id} ${input.productId}`}, 0))`.execute(tx);
    const ran = await runOf(tx, { input, buyerId: party.id, objectId: seen.objectId, ownObject: dataset.objectId, at });
    // The product, its offer and its rights are asked again: one may have ended while the process ran.
    // Those of other parties may have been counted while it ran: from here to the end of the act none is.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`trials of ${input.productId}`}, 0))`.execute(tx);
    const allDaysAgo = await chargedOf(tx, input.productId, null, at);
    return { ...whole, ...(await standingOf(tx, input, at)), ...ran, allDaysAgo };
  },
  perform: async ({ tx, input, facts, at }) => {
    const trial = facts.trial();
    if (!trial) throw new Error('a trial was performed that the rules had not let pass');
    const trialId = newId('trl');
    await tx
      .insertInto('trial_run')
      .values({
        ...{ id: trialId, product_id: input.productId, object_id: facts.objectId, dataset_id: input.datasetId, at },
        ...{ seller_id: facts.holder_id, buyer_id: trial.buyerId, measure: input.measure },
        ...{ own_key: input.ownKey, own_column: columnOf(input), product_column: productColumnOf(input) },
        ...{ table_digest: trial.digest, outcome: trial.scored.outcome, same_as: trial.sameAs },
        ...{ score: trial.scored.score, within: trial.scored.within },
      })
      .execute();
    const used = facts.daysAgo.filter((ago) => ago < numbersAt(at).runsDays).length + (facts.repeated ? 0 : 1);
    return {
      trialId,
      outcome: trial.scored.outcome,
      score: scoreOf(trial.scored.score),
      within: scoreOf(trial.scored.within),
      repeated: facts.repeated,
      runsLeft: Math.max(0, numbersAt(at).runsMost - used),
    };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.trialId,
    // The seller sees that its product was tried, never what came out.
    sealed: { product: input.productId, measure: input.measure, repeated: result.repeated },
    parties: [facts.holder_id],
  }),
});

const columnOf = (input: RunInput): string | null => (NEEDS[input.measure].own ? input.ownColumn : null);
const productColumnOf = (input: RunInput): string | null =>
  NEEDS[input.measure].product === null ? null : input.column;

/** The product, what is open of it and the rights behind it, now. @throws notFound */
async function standingOf(tx: Tx, input: RunInput, at: Date) {
  const product = await getProduct(tx, input.productId);
  const offer = await offerOf(tx, input.productId);
  if (!product || product.object_id === null || product.state === 'draft') throw notFound();
  const closed = notOpen(offer, product, input);
  const { stopped } = await rightsBehind(tx, product.id, product.version, at);
  return {
    product: { id: product.id, kind: product.kind, state: product.state },
    holder_id: product.holder_id,
    objectId: product.object_id,
    notOpen: closed,
    useStopped: stopped,
    passes: closed === null && stopped === null && product.state === 'listed',
  };
}

interface Trial {
  readonly buyerId: string;
  readonly digest: string;
  readonly sameAs: string | null;
  readonly scored: Pick<Run, 'outcome' | 'score' | 'within'>;
}

interface Asked {
  readonly input: RunInput;
  readonly buyerId: string;
  readonly objectId: string;
  readonly ownObject: string;
  readonly at: Date;
}

/** Looks into the own table, then either for an answer told before or for a new one. */
async function runOf(tx: Tx, { input, buyerId, objectId, ownObject, at }: Asked) {
  const numbers = numbersAt(at);
  const daysAgo = await chargedOf(tx, input.productId, buyerId, at);
  const allDaysAgo = await chargedOf(tx, input.productId, null, at);
  const offer = await offerOf(tx, input.productId);
  const columns = {
    productKey: offer?.key_column ?? '',
    productColumn: productColumnOf(input),
    ...{ ownKey: input.ownKey, ownColumn: columnOf(input) },
  };
  const tables = { productObject: objectId, ownObject, measure: input.measure, columns };
  return meet(tables, at, async ({ own, ...behind }) => {
    const unfit = input.measure === 'auc' && own.notLabels > 0 ? NO_LABEL : null;
    const told = await toldBefore(tx, { input, buyerId, objectId, digest: own.digest });
    const table = { keys: own.keys, unfit };
    const facts = { table, repeated: told !== undefined, daysAgo, allDaysAgo };
    const isPassing = [rules.ownTableOfMany, rules.trialsLeft, rules.trialsOfAll].every(
      (r) => r.evaluate(facts, at).decision.outcome === 'ok',
    );
    const enough = (keys: number) => rules.enoughMatched.evaluate({ keys }, at).decision.outcome === 'ok';
    const scored =
      told ?? (isPassing ? stored(await scoreFor(input.measure, own, behind, numbers, enough, secureBits())) : null);
    const trial: Trial | null = scored && { buyerId, digest: own.digest, sameAs: told?.id ?? null, scored };
    // A function, so that what came out is not among the facts that are hashed and kept.
    return { ...facts, trial: () => trial };
  }).catch((error) => Promise.reject(refusalOf(error)));
}

const stored = (scored: Scored): Trial['scored'] =>
  scored.outcome === 'told' ? scored : { outcome: 'too-few', score: null, within: null };

/** The same question about the same data by the same buyer: its answer, so that noise cannot be averaged away. */
function toldBefore(tx: Tx, asked: Pick<Asked, 'input' | 'buyerId' | 'objectId'> & { readonly digest: string }) {
  const { input, buyerId, objectId, digest } = asked;
  return tx
    .selectFrom('trial_run')
    .select(['id', 'outcome', 'score', 'within'])
    .where('buyer_id', '=', buyerId)
    .where('product_id', '=', input.productId)
    .where('object_id', '=', objectId)
    .where('measure', '=', input.measure)
    .where('table_digest', '=', digest)
    .where('product_column', 'is not distinct from', productColumnOf(input))
    .where('same_as', 'is', null)
    .executeTakeFirst();
}

export const acts: readonly Act[] = [openTrial, closeTrial, runTrial];
