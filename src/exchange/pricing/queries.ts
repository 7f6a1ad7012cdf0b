import { sql } from 'kysely';
import { z } from 'zod';
import {
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
import { Money, money } from '../../kernel/ledger/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { AgreementId, inCase, USE_CLASSES } from '../authorisation/index.ts';
import { partiesById } from '../parties/index.ts';
import { getProduct, ProductId } from '../products/index.ts';
import { computed } from './acts-revenue.ts';
import {
  type AllowedRevenue,
  CapId,
  COST_TITLES,
  Cost,
  PRICE_MODES,
  type PriceCap,
  RevenueId,
  sumOf,
} from './model.ts';
import { capSetting, revenueApproval } from './procedure.ts';
import { basisOf, capOf, useClassesOf } from './store.ts';

const RECEIPTS_MAX = 10;
const Party = z.object({ id: z.string(), name: z.string() });
const titleOf = (procedure: typeof revenueApproval | typeof capSetting, state: string): Text =>
  (procedure.states as Readonly<Record<string, { readonly title: Text }>>)[state]?.title ?? text(state, state);
const fen = (amount: number | null) => (amount === null ? null : money(BigInt(amount)));

const RevenueItem = z.object({
  id: RevenueId,
  caseId: z.string(),
  agreementId: AgreementId,
  operator: Party,
  state: z.string(),
  stateTitle: TextSchema,
  periodFrom: z.iso.datetime(),
  periodUntil: z.iso.datetime(),
  costs: z.array(Cost.extend({ title: TextSchema })),
  cost: Money,
  subsidy: Money,
  profitBasisPoints: z.number(),
  profit: Money,
  tax: Money,
  /** Excess of earlier periods: taken off when approved, else what would be taken off today. */
  deducted: Money,
  /** What may be earned; before the approval, what the formula gives today. */
  allowed: Money,
  approvals: z.array(Party),
  decidedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  closedAt: z.iso.datetime().nullable(),
  revenue: Money.nullable(),
  excess: Money.nullable(),
});

const revenues = read({
  path: '/allowed-revenues',
  title: text('最高准许收入', 'Allowed revenues'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ agreement: AgreementId.optional(), id: RevenueId.optional() }),
  output: pageOf(RevenueItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<AllowedRevenue & { state: string }>`select r.*, c.state from allowed_revenue r
        join case_file c on c.id = r.case_id
       where (${after}::text is null or r.id < ${after})
         and (${query.agreement ?? null}::text is null or r.agreement_id = ${query.agreement ?? null})
         and (${query.id ?? null}::text is null or r.id = ${query.id ?? null})
         and ${inCase(actor, 'r.case_id')}
       order by r.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const names = await partiesById(
      db,
      items.flatMap((r) => [r.operator_id, ...r.approvals]),
    );
    const party = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    const shown = [];
    for (const r of items) {
      const formula = await computed(db, r);
      shown.push({
        id: r.id,
        caseId: r.case_id,
        agreementId: r.agreement_id,
        operator: party(r.operator_id),
        state: r.state,
        stateTitle: titleOf(revenueApproval, r.state),
        periodFrom: r.period_from.toISOString(),
        periodUntil: r.period_until.toISOString(),
        costs: r.costs.map((c) => ({ ...c, title: COST_TITLES[c.kind] })),
        cost: money(sumOf(r.costs)),
        subsidy: money(BigInt(r.subsidy_fen)),
        profitBasisPoints: r.profit_basis_points,
        profit: money(formula.profitFen),
        tax: money(BigInt(r.tax_fen)),
        deducted: fen(r.deducted_fen) ?? money(formula.deductedFen),
        allowed: fen(r.allowed_fen) ?? money(formula.allowedFen),
        approvals: r.approvals.map(party),
        decidedAt: r.decided_at?.toISOString() ?? null,
        reason: r.reason,
        closedAt: r.closed_at?.toISOString() ?? null,
        revenue: fen(r.revenue_fen),
        excess: fen(r.excess_fen),
      });
    }
    return { items: shown, nextCursor };
  },
});

const CapItem = z.object({
  id: CapId,
  caseId: z.string(),
  agreementId: AgreementId,
  operator: Party,
  authoriser: Party,
  product: z.object({ id: ProductId, title: z.string() }),
  scenario: z.object({ id: z.string(), title: z.string() }),
  cap: Money,
  mode: z.enum(PRICE_MODES),
  units: z.number(),
  expectedQuantity: z.number(),
  basis: z.string(),
  trial: z.boolean(),
  state: z.string(),
  stateTitle: TextSchema,
  setAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});

const caps = read({
  path: '/price-caps',
  title: text('上限收费标准', 'Price caps'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ agreement: AgreementId.optional(), id: CapId.optional(), product: ProductId.optional() }),
  output: pageOf(CapItem),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const { rows } = await sql<PriceCap & { state: string; product: string; scenario: string }>`
      select x.*, c.state, p.title as product, s.title as scenario from price_cap x
        join case_file c on c.id = x.case_id join product p on p.id = x.product_id
        join data_scenario s on s.id = x.scenario_id
       where (${after}::text is null or x.id < ${after})
         and (${query.agreement ?? null}::text is null or x.agreement_id = ${query.agreement ?? null})
         and (${query.id ?? null}::text is null or x.id = ${query.id ?? null})
         and (${query.product ?? null}::text is null or x.product_id = ${query.product ?? null})
         and ${inCase(actor, 'x.case_id')}
       order by x.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (x) => x.id);
    const names = await partiesById(
      db,
      items.flatMap((x) => [x.operator_id, x.authoriser_id]),
    );
    const party = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    return {
      items: items.map((x) => ({
        id: x.id,
        caseId: x.case_id,
        agreementId: x.agreement_id,
        operator: party(x.operator_id),
        authoriser: party(x.authoriser_id),
        product: { id: x.product_id, title: x.product },
        scenario: { id: x.scenario_id, title: x.scenario },
        cap: money(BigInt(x.cap_fen)),
        mode: x.mode,
        units: x.units,
        expectedQuantity: x.expected_quantity,
        basis: x.basis,
        trial: x.revenue_id === null,
        state: x.state,
        stateTitle: titleOf(capSetting, x.state),
        setAt: x.valid_from?.toISOString() ?? null,
        reason: x.reason,
      })),
      nextCursor,
    };
  },
});

/** States strangers may know of: what was once public. */
const SEEN: readonly string[] = ['listed', 'suspended', 'withdrawn'];

/** 收费公示: what may be charged for a product and why, for anybody (PPN-5.1). */
const basis = read({
  path: '/products/:productId/price-basis',
  title: text('产品收费依据', 'What a product may cost, and why'),
  by: anyone(),
  params: z.object({ productId: ProductId }),
  query: z.object({}),
  output: z.object({
    governed: z.boolean(),
    /** Some of its data came by a conditional opening. */
    opened: z.boolean(),
    /** Industry may be charged; governance and welfare are free. */
    chargeable: z.boolean(),
    useClasses: z.array(z.enum(USE_CLASSES)),
    price: Money,
    callsPerPackage: z.number().nullable(),
    cap: z
      .object({
        id: CapId,
        amount: Money,
        mode: z.enum(PRICE_MODES),
        units: z.number(),
        trial: z.boolean(),
        setBy: Party,
        setAt: z.iso.datetime(),
        basis: z.string(),
      })
      .nullable(),
    receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  }),
  run: async ({ db, actor, params, at }) => {
    const product = await getProduct(db, params.productId);
    if (!product || (!SEEN.includes(product.state) && product.holder_id !== actor.partyId)) throw notFound();
    const priced = { id: product.id, holderId: product.holder_id };
    const { governed, opened, chargeable } = await basisOf(db, priced, at);
    const cap = await capOf(db, product.id, at);
    const names = cap ? await partiesById(db, [cap.authoriser_id]) : new Map();
    const receipts = cap ? await receiptsOf(db, [product.id], RECEIPTS_MAX * RECEIPTS_MAX) : [];
    return {
      governed,
      opened,
      chargeable,
      useClasses: await useClassesOf(db, priced, at),
      price: product.content.pricing.price,
      callsPerPackage: product.content.pricing.callsPerPackage ?? null,
      cap:
        cap?.valid_from != null
          ? {
              id: cap.id,
              amount: money(BigInt(cap.cap_fen)),
              mode: cap.mode,
              units: cap.units,
              trial: cap.revenue_id === null,
              setBy: { id: cap.authoriser_id, name: names.get(cap.authoriser_id)?.name ?? '' },
              setAt: cap.valid_from.toISOString(),
              basis: cap.basis,
            }
          : null,
      receipts: receipts.filter((r) => r.act === 'price.set-cap').slice(0, RECEIPTS_MAX),
    };
  },
});

export const reads: readonly Read[] = [revenues, caps, basis];
