import { sql } from 'kysely';
import { partiesById } from '../../kernel/access/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { money } from '../../kernel/ledger/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import * as catalog from '../catalog/index.ts';
import { type Resource, useRights } from '../catalog/index.ts';
import { cashAccountOf } from '../clearing/index.ts';
import * as products from '../products/index.ts';
import { type ChainEvent, type ChainOfActs, chainOf, type Subject } from './chain.ts';
import { namesIn } from './chains.ts';
import type { Asset, Count, Sum } from './model.ts';

/**
 * The facts of a data asset certificate (SH-11.2). Counts, dates and sums come from the entries of the log that the
 * certificate carries, so that anyone reckons them again; the ledger must give the same sums.
 */
export interface AssetFacts {
  readonly asset: Asset;
  readonly chain: ChainOfActs;
  /** What the ledger paid out for the same trades, in fen. */
  readonly ledger: { readonly statedFen: string; readonly ledgerFen: string };
}

export interface Period {
  /** Calendar days in Beijing, both included. */
  readonly from: string;
  readonly until: string;
}

const BEIJING_MIDNIGHT = 'T00:00:00+08:00';
const DAY_MS = 86_400_000;
const startOf = (day: string): Date => new Date(`${day}${BEIJING_MIDNIGHT}`);
const endOf = (day: string): Date => new Date(startOf(day).getTime() + DAY_MS);
export const periodText = ({ from, until }: Period): string => `${from}/${until}`;

const PAY = 'order.pay';
const DELIVER = 'delivery.deliver';
const CLEAR = 'clearing.clear';
const RESOLVE = 'order.resolve';

export async function assetFacts(
  q: Queryable,
  subject: Subject,
  holderId: string,
  period: Period,
  eventsMax: number,
): Promise<AssetFacts> {
  const isProduct = subject.id.startsWith('prd_');
  const limit = eventsMax + 1;
  const registered = await chainOf(q, { subjects: [subject.id], names: namesIn(subject.chain), limit });
  const opinions = isProduct ? await opinionsOf(q, subject.id) : [];
  const assessed = await chainOf(q, {
    subjects: opinions.map((o) => o.assessmentId),
    names: ['assessment.issue'],
    limit,
  });
  const orders = isProduct ? await ordersOf(q, subject.id, holderId) : await ordersWith(q, subject.id, holderId);
  const traded = await chainOf(q, {
    subjects: orders.subjects,
    names: isProduct ? [PAY, DELIVER, CLEAR, RESOLVE] : [CLEAR],
    from: startOf(period.from),
    before: endOf(period.until),
    limit,
  });
  const chain = join(registered, assessed, traded);
  const sums = sumsOf(traded.events, holderId, isProduct);
  const cleared = traded.events.filter((e) => e.act === CLEAR).map((e) => e.subject);
  return {
    asset: {
      period: { ...period },
      ...(isProduct ? await productFacts(q, subject.id, holderId) : await resourceFacts(q, subject.id)),
      opinions: opinions.map((o) => ({
        ...o.shown,
        receiptId: assessed.events.find((e) => e.subject === o.assessmentId)?.receiptId ?? '',
      })),
      counts: countsOf(traded.events, isProduct),
      sums,
      metered: isProduct ? await meteredOf(q, subject.id, holderId, period) : [],
      accounting: {
        assessed: opinions.length > 0 && opinions.every((o) => o.passed),
        traded: cleared.length > 0,
      },
    },
    chain,
    ledger: await ledgerBeside(q, cleared, holderId, sums),
  };
}

function join(...chains: readonly ChainOfActs[]): ChainOfActs {
  return { acts: chains.reduce((sum, c) => sum + c.acts, 0), events: chains.flatMap((c) => c.events) };
}

interface OpinionFacts {
  readonly assessmentId: string;
  readonly passed: boolean;
  readonly shown: Omit<Asset['opinions'][number], 'receiptId'>;
}

const OPINION_TITLES: Readonly<Record<string, Text>> = {
  compliance: text('合规评估', 'Compliance assessment'),
  quality: text('质量评估', 'Quality assessment'),
};

async function opinionsOf(q: Queryable, productId: string): Promise<OpinionFacts[]> {
  const { compliance, quality: measured } = await products.opinionsOn(q, productId);
  const found = [compliance, measured].filter((o) => o !== undefined);
  const names = await partiesById(
    q,
    found.map((o) => o.assessor_id),
  );
  const quality = (await products.getProduct(q, productId))?.quality ?? null;
  return found.map((o) => ({
    assessmentId: o.assessment_id,
    passed: o.conclusion === 'passed',
    shown: {
      kind: OPINION_TITLES[o.kind] ?? text(o.kind, o.kind),
      assessor: names.get(o.assessor_id)?.name ?? o.assessor_id,
      conclusion: o.conclusion === 'passed' ? text('通过', 'passed') : text('未通过', 'failed'),
      score: o.kind === 'quality' ? (quality?.score ?? null) : null,
      issuedAt: o.issued_at.toISOString(),
    },
  }));
}

interface Orders {
  /** Ids of orders and deliveries, under which the acts stand in the log. */
  readonly subjects: readonly string[];
}

/** Orders of a product that the holder sold. */
async function ordersOf(q: Queryable, productId: string, sellerId: string): Promise<Orders> {
  const { rows } = await sql<{ id: string; delivery: string | null }>`
    select o.id, d.id as delivery from trade_order o left join delivery d on d.order_id = o.id
     where o.product_id = ${productId} and o.seller_party_id = ${sellerId}`.execute(q);
  return { subjects: rows.flatMap((r) => (r.delivery === null ? r.id : [r.id, r.delivery])) };
}

/** Orders of products made from a resource, where a share of the income is the holder's. */
async function ordersWith(q: Queryable, resourceId: string, holderId: string): Promise<Orders> {
  const { rows } = await sql<{ id: string }>`
    select c.order_id as id from clearing_party p join clearing c on c.id = p.clearing_id
      join trade_order o on o.id = c.order_id
     where p.party_id = ${holderId} and c.legs @> ${JSON.stringify([{ partyId: holderId }])}::jsonb
       and exists (select from product_resource r where r.product_id = o.product_id and r.resource_id = ${resourceId})`.execute(
    q,
  );
  return { subjects: rows.map((r) => r.id) };
}

function countsOf(events: readonly ChainEvent[], isProduct: boolean): Count[] {
  const count = (key: string, title: Text, act: string, where?: Readonly<Record<string, string>>): Count => {
    const times = events
      .filter((e) => e.act === act && Object.entries(where ?? {}).every(([name, value]) => e.opened[name] === value))
      .map((e) => e.at);
    return {
      key,
      title,
      acts: [act],
      ...(where ? { where } : {}),
      count: times.length,
      first: times[0] ?? null,
      last: times.at(-1) ?? null,
    };
  };
  const cleared = count('cleared', text('已清算的交易', 'Trades cleared'), CLEAR);
  if (!isProduct) return [cleared];
  return [
    count('trades', text('成交并付款的交易', 'Trades signed and paid'), PAY),
    count('deliveries', text('交付', 'Deliveries'), DELIVER),
    cleared,
    count('refunded', text('经争议处理退款的交易', 'Trades refunded after a dispute'), RESOLVE, { decision: 'refund' }),
  ];
}

interface Leg {
  readonly partyId: string | null;
  readonly amountFen: string;
}

/** What the entries sealed about the money; the holder was a party to each and may see it. */
function sumsOf(events: readonly ChainEvent[], holderId: string, isProduct: boolean): Sum[] {
  const cleared = events.filter((e) => e.act === CLEAR);
  const legs = cleared.flatMap((e) => (e.opened.legs ?? []) as readonly Leg[]);
  const ofParty = (party: string | null) =>
    legs.reduce((sum, l) => (l.partyId === party ? sum + BigInt(l.amountFen) : sum), 0n);
  const of = { act: CLEAR, field: 'legs' };
  const own: Sum = {
    key: 'own',
    title: text('权利人取得的收益', 'Income of the right holder'),
    ...{ ...of, party: holderId },
    amount: money(ofParty(holderId)),
  };
  if (!isProduct) return [own];
  const total = cleared.reduce(
    (sum, e) => sum + BigInt((e.opened.total as { amountFen: string } | undefined)?.amountFen ?? 0),
    0n,
  );
  return [
    {
      key: 'total',
      title: text('已清算的交易额', 'Turnover cleared'),
      act: CLEAR,
      field: 'total',
      amount: money(total),
    },
    own,
    {
      key: 'fee',
      title: text('交易服务费', 'Trading fee'),
      ...{ ...of, party: null },
      amount: money(ofParty(null)),
    },
  ];
}

/** The same money in the ledger: what was posted for these orders, in all and to the holder. */
async function ledgerBeside(
  q: Queryable,
  orderIds: readonly string[],
  holderId: string,
  sums: readonly Sum[],
): Promise<AssetFacts['ledger']> {
  const { rows } = await sql<{ total: string; own: string; fee: string }>`
    select coalesce(sum(amount_fen), 0)::text as total,
           coalesce(sum(amount_fen) filter (where credit_account_id = ${cashAccountOf(holderId)}), 0)::text as own,
           coalesce(sum(amount_fen) filter (where code = 'fee.release'), 0)::text as fee
      from ledger_transfer where reference = any (${[...orderIds]}::text[]) and kind = 'post'`.execute(q);
  const ledger: Readonly<Record<string, string>> = rows[0] ?? { total: '0', own: '0', fee: '0' };
  return {
    statedFen: sums.map((s) => `${s.key} ${s.amount.amountFen}`).join(', '),
    ledgerFen: sums.map((s) => `${s.key} ${ledger[s.key] ?? '0'}`).join(', '),
  };
}

async function meteredOf(q: Queryable, productId: string, sellerId: string, { from, until }: Period) {
  const { rows } = await sql<{ downloads: number; calls: number }>`
    select count(*) filter (where u.kind = 'download' and u.outcome = 'complete')::int as downloads,
           coalesce(sum(u.calls), 0)::int as calls
      from delivery d join delivery_usage u on u.delivery_id = d.id
     where d.product_id = ${productId} and d.seller_party_id = ${sellerId}
       and u.started_at >= ${startOf(from)} and u.started_at < ${endOf(until)}`.execute(q);
  const buyers = await sql<{ n: number }>`select count(distinct buyer_party_id)::int as n from trade_order
     where product_id = ${productId} and seller_party_id = ${sellerId}
       and paid_at >= ${startOf(from)} and paid_at < ${endOf(until)}`.execute(q);
  return [
    { key: 'buyers', title: text('不同的买方', 'Different buyers'), count: buyers.rows[0]?.n ?? 0 },
    { key: 'downloads', title: text('完整下载', 'Complete downloads'), count: rows[0]?.downloads ?? 0 },
    { key: 'calls', title: text('查询调用', 'Calls'), count: rows[0]?.calls ?? 0 },
  ];
}

type Described = Pick<Asset, 'registration' | 'rights'>;
const same = (words: string): Text => text(words, words);
const row = (zh: string, en: string, value: Text | string) => ({
  title: text(zh, en),
  value: typeof value === 'string' ? same(value) : value,
});
const size = (rows: number | null, bytes: number | null): Text =>
  text(
    `${(rows ?? 0).toLocaleString('en-US')} 行 / ${(bytes ?? 0).toLocaleString('en-US')} 字节`,
    `${(rows ?? 0).toLocaleString('en-US')} rows / ${(bytes ?? 0).toLocaleString('en-US')} bytes`,
  );

const SOURCES: Readonly<Record<Resource['source'], Text>> = {
  'self-generated': text('自行生成', 'self-generated'),
  agreement: text('协议取得', 'by agreement'),
  'public-collection': text('收集公开数据', 'collected from public data'),
  derived: text('衍生创造', 'derived'),
};
const GRADES: Readonly<Record<string, Text>> = {
  core: text('核心数据', 'core data'),
  important: text('重要数据', 'important data'),
  general: text('一般数据', 'general data'),
};
const gradeOf = (grade: string): Text => GRADES[grade] ?? same(grade);

async function resourceFacts(q: Queryable, id: string): Promise<Described> {
  const r = await catalog.getResource(q, id);
  if (!r) throw new Error(`no resource ${id}`);
  return {
    registration: [
      row('登记时间', 'Registered', beijingDay(r.registered_at)),
      row('来源', 'Source', SOURCES[r.source]),
      row('类别', 'Class', r.class),
      row('级别', 'Grade', gradeOf(r.grade)),
      row('行业', 'Sector', r.sector),
      row('规模', 'Size', size(r.rows, r.bytes)),
      row('更新频率', 'Updates', r.update_frequency),
    ],
    rights: [
      {
        right: text('数据资源持有', 'Holding of the data resource'),
        ground: text('本所资源登记（登记内容由持有单位承诺）', 'Registered at this exchange (as the holder declared)'),
      },
    ],
  };
}

const PRODUCT_KINDS: Readonly<Record<string, Text>> = {
  dataset: text('数据集', 'data set'),
  report: text('报告', 'report'),
  'query-service': text('查询服务', 'query service'),
};

async function productFacts(q: Queryable, id: string, holderId: string): Promise<Described> {
  const p = await products.getProduct(q, id);
  if (!p) throw new Error(`no product ${id}`);
  const used = await useRights(q, p.content.resourceIds, holderId, new Date());
  const share = p.content.shares.find((s) => s.partyId === holderId)?.basisPoints ?? 0;
  return {
    registration: [
      row('挂牌时间', 'Listed', p.listed_at === null ? '—' : beijingDay(p.listed_at)),
      row('形态', 'Form', PRODUCT_KINDS[p.kind] ?? same(p.kind)),
      row('版本', 'Version', String(p.version)),
      row('级别', 'Grade', gradeOf(p.grade)),
      row('行业', 'Sector', p.sector),
      row('规模', 'Size', size(p.rows, p.bytes)),
      row('更新频率', 'Updates', p.content.supply.updateFrequency),
    ],
    rights: [
      {
        right: text('数据产品经营', 'Operation of the data product'),
        ground: text('本所挂牌登记', 'Listed at this exchange'),
      },
      ...used.map(({ resource, own, authorisedUntil }) => ({
        right: text(`加工使用“${resource.title}”`, `Processing of “${resource.title}”`),
        ground: own
          ? text('自有资源', 'own resource')
          : authorisedUntil === null
            ? text('授权已结束', 'the authorisation has ended')
            : text(
                `持有单位授权，至 ${beijingDay(new Date(authorisedUntil))}`,
                `authorised by its holder until ${beijingDay(new Date(authorisedUntil))}`,
              ),
      })),
      {
        right: text('收益分配', 'Share in the income'),
        ground: text(`扣除服务费后的 ${share / 100}%`, `${share / 100}% after the fee`),
      },
    ],
  };
}
