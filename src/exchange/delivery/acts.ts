import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, refused, role, signedIn, system } from '../../kernel/acts/index.ts';
import { send } from '../../kernel/database/index.ts';
import { idOf, newId } from '../../kernel/ids.ts';
import { beijingDay, valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { rightsBehind, rightsLive } from '../catalog/index.ts';
import {
  deliveryAgreed,
  GROUNDS,
  lockOrder,
  markDelivered,
  OrderId,
  orderLife,
  partiesOf,
  settleRevoked,
  TRADERS,
} from '../contracts/index.ts';
import { isProductObject } from '../products/index.ts';
import {
  AnswerColumn,
  approvedTemplate,
  cellsLeft,
  epsilonLeft,
  ParameterValue,
  TEMPLATE_NAME,
  usesLeft,
} from '../sandbox/index.ts';
import { getDelivery, grantFacts, lockDelivery, revokeFor, standingOf } from './grants.ts';
import { callsLeftOf, grantState } from './model.ts';
import { FORMATS } from './rendering.ts';
import {
  grantLive,
  LINK_MINUTES,
  neverRawData,
  nobodySuspended,
  queryWithinLimits,
  revokedBySupervisor,
  traceableAndProtected,
} from './rules.ts';
import { answerService, answerTable, readService, type Served, sandboxFacts, serviceCall } from './service.ts';
import { deliverySetting, linkUrl } from './setting.ts';
import { askTable } from './tabular.ts';

export const DeliveryId = idOf('dlv', text('交付', 'Delivery'));
const UsageId = idOf('use', text('用量记录', 'Usage record'));

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const Reason = z.string().trim().min(1).max(1_000).meta(field('理由', 'Reason'));
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

export const deliver = act({
  name: 'delivery.deliver',
  title: text('交付', 'Deliver'),
  by: role(...TRADERS),
  input: z.object({ orderId: OrderId }),
  output: z.object({ deliveryId: z.string(), validUntil: z.string(), calls: z.number().nullable() }),
  rules: [deliveryAgreed, neverRawData, nobodySuspended, ...rightsLive],
  facts: async ({ tx, actor, input, at }) => {
    const order = await lockOrder(tx, input.orderId);
    if (order.seller_party_id !== actor.partyId) throw notFound();
    orderLife.move(order.state, 'deliver');
    const objectOf = (await isProductObject(tx, order.product_id, order.object_id))
      ? ('product' as const)
      : ('resource' as const);
    return {
      order,
      objectOf,
      standing: await standingOf(tx, order),
      useStopped: (await rightsBehind(tx, order.product_id, order.product_version, at)).stopped,
      deliveryMethod: order.terms.delivery.method,
      signatures: [order.buyer_signed_at, order.seller_signed_at].filter((s) => s !== null).length,
    };
  },
  version: (facts) => facts.order.version,
  perform: async ({ tx, facts: { order }, at }) => {
    const { licence, calls, delivery } = order.terms;
    const deliveryId = newId('dlv');
    // The last day of the licence ends at midnight in Beijing, like every period counted in days.
    const validUntil = new Date(Date.parse(`${beijingDay(at)}T00:00:00+08:00`) + (licence.validDays + 1) * DAY_MS);
    const grant = tx.insertInto('delivery').values({
      id: deliveryId,
      order_id: order.id,
      product_id: order.product_id,
      product_version: order.product_version,
      seller_party_id: order.seller_party_id,
      buyer_party_id: order.buyer_party_id,
      method: delivery.method,
      object_id: order.object_id,
      purpose: order.purpose,
      delivered_at: at,
      valid_until: validUntil,
      calls_limit: calls,
    });
    await send(tx, grant.compile());
    await markDelivered(tx, order, at);
    return { deliveryId, validUntil: validUntil.toISOString(), calls };
  },
  entry: ({ facts: { order }, result }) => ({
    subject: order.id,
    sealed: {
      delivery: result.deliveryId,
      method: order.terms.delivery.method,
      product: order.product_id,
      version: order.product_version,
      validUntil: result.validUntil,
      calls: result.calls,
    },
    parties: [order.buyer_party_id, order.seller_party_id],
  }),
});

export const createLink = act({
  name: 'delivery.create-link',
  title: text('生成下载链接', 'Make a download link'),
  by: role(...TRADERS),
  input: z.object({
    deliveryId: DeliveryId,
    format: z.enum(FORMATS).default('csv').meta(field('文件格式', 'Format')),
  }),
  output: z.object({ url: z.string(), expiresAt: z.string() }),
  secretOutput: ['url'],
  rules: [grantLive, nobodySuspended, ...rightsLive, traceableAndProtected],
  facts: async ({ tx, actor, input, at }) => {
    const delivery = await getDelivery(tx, input.deliveryId);
    if (!delivery || delivery.buyer_party_id !== actor.partyId || delivery.method !== 'file') throw notFound();
    const object = await deliverySetting().vault.info(delivery.object_id);
    return {
      delivery,
      linkMinutes: valueAt(LINK_MINUTES, at).value,
      objectSha256: object?.sha256 ?? null,
      ...(await grantFacts(tx, delivery, at)),
    };
  },
  perform: async ({ facts: { delivery, linkMinutes, endsAt }, input, at }) => {
    const until = Math.min(at.getTime() + linkMinutes * MINUTE_MS, Date.parse(endsAt));
    const expires = Math.floor(until / SECOND_MS);
    const url = linkUrl({ deliveryId: delivery.id, format: input.format, expires });
    return { url, expiresAt: new Date(expires * SECOND_MS).toISOString() };
  },
  entry: ({ facts: { delivery, objectSha256 }, input, result }) => ({
    subject: delivery.id,
    sealed: {
      order: delivery.order_id,
      format: input.format,
      expiresAt: result.expiresAt,
      object: `sha256:${objectSha256}`,
    },
    parties: [delivery.buyer_party_id, delivery.seller_party_id],
  }),
});

const Filter = z.object({
  column: z.string().min(1).max(128).meta(field('字段', 'Column')),
  op: z.enum(['=', '!=', '<', '<=', '>', '>=']).meta(field('比较', 'Comparison')),
  value: z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]).meta(field('值', 'Value')),
});
const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A process is started for a call only where the grant of the buyer lives and nobody is suspended. */
const mayRead = (facts: Awaited<ReturnType<typeof grantFacts>>, at: Date): boolean =>
  facts.useStopped === null &&
  [grantLive, nobodySuspended].every((r) => r.evaluate(facts, at).decision.outcome === 'ok');

export const queryDelivery = act({
  name: 'delivery.query',
  title: text('查询调用', 'Query'),
  by: role(...TRADERS),
  input: z.object({
    deliveryId: DeliveryId,
    filters: z.array(Filter).max(50).default([]).meta(field('查询条件', 'Conditions')),
    limit: z.number().int().min(1).max(10_000).default(20).meta(field('最多返回行数', 'Most rows')),
    /** Of a service of the sandbox: which of its templates, with what in the place of its parameters. */
    template: z.string().regex(TEMPLATE_NAME).nullable().default(null).meta(field('查询模板', 'Template')),
    parameters: z.record(z.string().max(40), ParameterValue).default({}).meta(field('参数', 'Parameters')),
  }),
  output: z.object({
    columns: z.array(AnswerColumn),
    rows: z.array(z.array(Cell)),
    /** Of a service of the sandbox, in the shape of `rows`: why a cell is not told. */
    marks: z.array(z.array(z.string().nullable())).nullable(),
    truncated: z.boolean(),
    callsLeft: z.number(),
  }),
  secretOutput: ['rows', 'marks'],
  rules: [
    grantLive,
    nobodySuspended,
    ...rightsLive,
    queryWithinLimits,
    approvedTemplate,
    usesLeft,
    cellsLeft,
    epsilonLeft,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const seen = await getDelivery(tx, input.deliveryId);
    if (!seen || seen.buyer_party_id !== actor.partyId || seen.method !== 'query') throw notFound();
    const call = await serviceCall(tx, seen, input, at);
    const asked = { method: call ? 'sandbox' : seen.method, limit: input.limit, filters: input.filters.length };
    // Only what the rules would let pass is looked up; and before the lock, so that callers wait for each other no
    // longer than it takes to count. The count below is what decides.
    const before = { ...asked, ...(await grantFacts(tx, seen, at)) };
    const pass =
      before.useStopped === null &&
      [grantLive, nobodySuspended, queryWithinLimits].every((r) => r.evaluate(before, at).decision.outcome === 'ok');
    const served: Served | null = call && mayRead(before, at) ? await readService(tx, call) : null;
    const answer = !call && pass ? await askTable(seen.object_id, input.filters, input.limit) : null;
    const delivery = await lockDelivery(tx, seen.id);
    const now = await grantFacts(tx, delivery, at);
    return {
      ...asked,
      ...now,
      ...sandboxFacts(served),
      useStopped: now.useStopped ?? served?.ready.useStopped ?? null,
      delivery,
      answer: () => answer,
      served: () => served,
    };
  },
  perform: async ({ tx, facts, at }) => {
    const { delivery } = facts;
    // A function, because what is asked and answered must not become part of the facts that are hashed and kept.
    const served = facts.served();
    const found = facts.answer();
    const answer = served
      ? await answerService(tx, served, delivery.id)
      : found && (await answerTable(tx, delivery.product_id, found));
    if (!answer) throw new Error('a query was performed that the rules had not let pass');
    await tx
      .updateTable('delivery')
      .set({ calls_used: sql<number>`calls_used + 1` })
      .where('id', '=', delivery.id)
      .execute();
    await tx
      .insertInto('delivery_usage')
      .values({
        id: newId('use'),
        delivery_id: delivery.id,
        kind: 'query',
        format: null,
        started_at: at,
        ended_at: at,
        outcome: 'complete',
        calls: 1,
        rows: answer.rows.length,
        bytes: Buffer.byteLength(JSON.stringify(answer.rows)),
      })
      .execute();
    return {
      columns: answer.columns,
      rows: answer.rows.map((row) => [...row]),
      marks: answer.marks,
      truncated: answer.truncated,
      callsLeft: (callsLeftOf(delivery) ?? 0) - 1,
    };
  },
  entry: ({ facts: { delivery }, result }) => ({
    subject: delivery.id,
    sealed: { order: delivery.order_id, calls: 1, rows: result.rows.length, callsLeft: result.callsLeft },
    parties: [delivery.buyer_party_id, delivery.seller_party_id],
  }),
});

/** 撤销交付授权: the money follows in the same act (HS-5.15). */
export const revokeDelivery = act({
  name: 'delivery.revoke',
  title: text('撤销交付授权', 'Revoke the delivery'),
  by: signedIn(),
  input: z.object({
    deliveryId: DeliveryId,
    ground: z.enum(GROUNDS).meta(field('撤销原因', 'Ground')),
    reason: Reason,
  }),
  output: z.object({ deliveryId: z.string(), revokedAt: z.string(), orderState: z.string() }),
  rules: [revokedBySupervisor],
  facts: async ({ tx, actor, input, at }) => {
    const seen = await getDelivery(tx, input.deliveryId);
    const supervisor = ['exchange', 'regulator'].some((r) => actor.roles.includes(r)) && actor.secondFactor;
    if (!seen || (!supervisor && seen.seller_party_id !== actor.partyId)) throw notFound();
    // The order first, as everywhere: acceptance and clearing lock it too.
    const order = await lockOrder(tx, seen.order_id);
    const delivery = await lockDelivery(tx, seen.id);
    // Nobody decides on a trade of their own, whatever roles they hold beside it.
    const by = partiesOf(order).some((id) => id === actor.partyId) ? ('side' as const) : ('supervisor' as const);
    if (by === 'supervisor' && grantState(delivery, at) !== 'live') throw notLive();
    return { delivery, order, by, orderState: order.state };
  },
  perform: async ({ tx, facts: { delivery, order }, input, at, actId, enqueue }) => {
    const { ground, reason } = input;
    await revokeFor(tx, order.id, reason, at);
    const orderState = await settleRevoked(tx, { order, ground, reason, actId, at, enqueue });
    return { deliveryId: delivery.id, revokedAt: at.toISOString(), orderState };
  },
  entry: ({ facts: { delivery }, input, result }) => ({
    subject: delivery.id,
    sealed: { order: delivery.order_id, ground: input.ground, reason: input.reason, orderState: result.orderState },
    parties: [delivery.buyer_party_id, delivery.seller_party_id],
  }),
});

function notLive() {
  return refused(
    'state',
    'HS-5.10',
    text('授权已经终止', 'The grant has ended'),
    text('该授权已撤销、已到期或者已用完。', 'The grant is revoked already, is over, or is used up.'),
    text('无需撤销。', 'Nothing is left to revoke.'),
  );
}

export const recordUsage = act({
  name: 'delivery.record-usage',
  title: text('记录下载用量', 'Record a download'),
  by: system(),
  input: z.object({
    usageId: UsageId,
    bytes: z.number().int().min(0),
    outcome: z.enum(['complete', 'broken-off', 'revoked']),
  }),
  output: z.object({ usageId: z.string() }),
  facts: async ({ tx, input }) => {
    const usage = await tx
      .selectFrom('delivery_usage')
      .selectAll()
      .where('id', '=', input.usageId)
      .forUpdate()
      .executeTakeFirst();
    const delivery = usage && (await getDelivery(tx, usage.delivery_id));
    if (!usage || !delivery) throw notFound();
    return { usage, delivery };
  },
  perform: async ({ tx, facts: { usage }, input, at }) => {
    await tx
      .updateTable('delivery_usage')
      .set({ bytes: input.bytes, outcome: input.outcome, ended_at: at })
      .where('id', '=', usage.id)
      .execute();
    return { usageId: usage.id };
  },
  entry: ({ facts: { usage, delivery }, input }) => ({
    subject: delivery.id,
    sealed: { order: delivery.order_id, format: usage.format, bytes: input.bytes, outcome: input.outcome },
    parties: [delivery.buyer_party_id, delivery.seller_party_id],
  }),
});

export const acts: readonly Act[] = [deliver, createLink, queryDelivery, revokeDelivery, recordUsage];
