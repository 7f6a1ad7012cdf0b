import { z } from 'zod';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { idOf, newId } from '../../kernel/ids.ts';
import { fenOf, PositiveMoney } from '../../kernel/ledger/index.ts';
import { text } from '../../kernel/text.ts';
import { getForOrder, ProductId } from '../products/index.ts';
import { type Demand, demandLife } from './model.ts';
import { answeredInTime, answersHonestly, demandOpen, endsInTime } from './rules.ts';

export const DemandId = idOf('dmd', text('数据需求', 'Demand'));
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** Everybody who may need data; and everybody who may supply it or find it. */
const SEEKERS = ['buyer', 'data-merchant', 'operating-unit', 'data-provider', 'data-authority', 'broker'];
const SUPPLIERS = ['data-merchant', 'operating-unit', 'data-provider', 'broker'];

async function lockDemand(tx: Tx, demandId: string): Promise<Demand> {
  const row = await tx.selectFrom('demand').selectAll().where('id', '=', demandId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

const publish = act({
  name: 'demand.publish',
  title: text('发布数据需求', 'Publish a data demand'),
  by: role(...SEEKERS),
  input: z.object({
    title: z.string().trim().min(2).max(80).meta(field('标题', 'Title')),
    description: z.string().trim().min(2).max(2_000).meta(field('需求说明', 'Description')),
    sector: z.string().trim().min(1).max(40).meta(field('行业', 'Sector')),
    budget: PositiveMoney.nullable().default(null).meta(field('预算', 'Budget')),
    until: z.iso.datetime({ offset: true }).meta(field('截止时间', 'Open until')),
    purpose: z.string().trim().min(1).max(100).meta(field('使用用途', 'Purpose')),
  }),
  output: z.object({ demandId: z.string() }),
  rules: [endsInTime],
  facts: async ({ input }) => ({ until: new Date(input.until).toISOString() }),
  perform: async ({ tx, actor, input, facts, at }) => {
    const demandId = newId('dmd');
    if (!actor.partyId) throw notFound();
    await tx
      .insertInto('demand')
      .values({
        id: demandId,
        party_id: actor.partyId,
        title: input.title,
        description: input.description,
        sector: input.sector,
        purpose: input.purpose,
        budget_fen: input.budget ? Number(fenOf(input.budget)) : null,
        until: new Date(facts.until),
        state: demandLife.first,
        published_at: at,
      })
      .execute();
    return { demandId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.demandId,
    sealed: {
      title: input.title,
      sector: input.sector,
      until: facts.until,
      description: input.description,
      budget: input.budget,
    },
  }),
});

const respond = act({
  name: 'demand.respond',
  title: text('应答数据需求', 'Answer a data demand'),
  by: role(...SUPPLIERS),
  input: z.object({
    demandId: DemandId,
    productId: ProductId.optional(),
    message: z.string().trim().min(1).max(2_000).meta(field('应答说明', 'Message')),
  }),
  output: z.object({ responseId: z.string() }),
  rules: [demandOpen, answersHonestly, answeredInTime],
  facts: async ({ tx, actor, input }) => {
    const demand = await lockDemand(tx, input.demandId);
    const product = input.productId === undefined ? undefined : await getForOrder(tx, input.productId);
    if (
      input.productId !== undefined &&
      (!product || (product.sellerId !== actor.partyId && product.state !== 'listed'))
    ) {
      throw notFound();
    }
    const before = await tx
      .selectFrom('demand_response')
      .select('id')
      .where('demand_id', '=', demand.id)
      .limit(1)
      .execute();
    return {
      demand: { id: demand.id, state: demand.state, until: demand.until.toISOString() },
      responderId: actor.partyId,
      demanderId: demand.party_id,
      product: product ? { sellerId: product.sellerId, state: product.state } : null,
      publishedAt: demand.published_at.toISOString(),
      first: before.length === 0,
    };
  },
  perform: async ({ tx, actor, input, at }) => {
    const responseId = newId('rsp');
    if (!actor.partyId) throw notFound();
    await tx
      .insertInto('demand_response')
      .values({
        id: responseId,
        demand_id: input.demandId,
        party_id: actor.partyId,
        product_id: input.productId ?? null,
        message: input.message,
        responded_at: at,
      })
      .execute();
    return { responseId };
  },
  entry: ({ input, facts }) => ({
    subject: input.demandId,
    sealed: { product: input.productId ?? null, message: input.message },
    parties: [facts.demanderId],
  }),
});

const close = act({
  name: 'demand.close',
  title: text('关闭数据需求', 'Close a data demand'),
  by: role(...SEEKERS),
  input: z.object({ demandId: DemandId, reason: z.string().trim().min(1).max(1_000).meta(field('理由', 'Reason')) }),
  output: z.object({ demandId: z.string(), state: z.string() }),
  facts: async ({ tx, actor, input }) => {
    const demand = await lockDemand(tx, input.demandId);
    if (demand.party_id !== actor.partyId) throw notFound();
    return { demand, next: demandLife.move(demand.state, 'close') };
  },
  version: (facts) => facts.demand.version,
  perform: async ({ tx, facts, input, at }) => {
    await tx
      .updateTable('demand')
      .set((e) => ({ state: facts.next, closed_at: at, close_reason: input.reason, version: e('version', '+', 1) }))
      .where('id', '=', facts.demand.id)
      .execute();
    return { demandId: facts.demand.id, state: facts.next };
  },
  entry: ({ facts, input }) => ({ subject: facts.demand.id, sealed: { reason: input.reason } }),
});

export const acts: readonly Act[] = [publish, respond, close];
