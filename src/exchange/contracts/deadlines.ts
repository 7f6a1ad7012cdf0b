import { dated, notApplicable, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { periodEnd } from './model.ts';

const HOUSE_START = '2020-01-01';

/** Days of the house; each is also a parameter of the rule that uses it, so that the evidence names it. */
export const SIGN_DAYS = dated({ from: HOUSE_START, value: 7, unit: 'day', reference: 'HS-5.5' });
export const PAY_DAYS = dated({ from: HOUSE_START, value: 7, unit: 'day', reference: 'HS-5.5' });
export const DELIVERY_DAYS = dated({ from: HOUSE_START, value: 3, unit: 'day', reference: 'HS-5.6' });
export const ACCEPTANCE_DAYS = dated({ from: HOUSE_START, value: 7, unit: 'day', reference: 'HS-5.7' });
/** Within this time the exchange decides a dispute. */
export const MEDIATION_DAYS = dated({ from: HOUSE_START, value: 15, unit: 'day', reference: 'HS-5.13' });
/** Clearing runs at once; later than this something is wrong. */
export const CLEARING_DAYS = dated({ from: HOUSE_START, value: 1, unit: 'day', reference: 'HS-5.14' });

interface Lapse {
  readonly state: string;
  /** RFC 3339: when it began to wait. */
  readonly since: string;
}

/** 签署和付款期限 */
export const signAndPayPeriodOver = rule({
  id: 'HS-5.5',
  title: text('签署或付款期限已届满', 'The days for signing or paying are over'),
  params: { signDays: SIGN_DAYS, payDays: PAY_DAYS },
  decide: (f: Lapse, p, at) => {
    const end = periodEnd(new Date(f.since), f.state === 'placed' ? p.signDays : p.payDays);
    if (at >= end) return ok();
    return violated(
      text(`期限到 ${end.toISOString()} 届满。`, `The period ends at ${end.toISOString()}.`),
      text('期限届满前订单不失效，可以主动取消。', 'The order does not lapse before; it can be cancelled.'),
    );
  },
  examples: [
    {
      name: 'last day of signing',
      at: '2026-01-09',
      facts: { state: 'placed', since: '2026-01-02T00:00:00Z' },
      expect: 'violated',
    },
    { name: 'day after', at: '2026-01-10', facts: { state: 'placed', since: '2026-01-02T00:00:00Z' }, expect: 'ok' },
    {
      name: 'last day of paying',
      at: '2026-01-09',
      facts: { state: 'signed', since: '2026-01-02T00:00:00Z' },
      expect: 'violated',
    },
    { name: 'day after', at: '2026-01-10', facts: { state: 'signed', since: '2026-01-02T00:00:00Z' }, expect: 'ok' },
  ],
});

interface Disputed {
  readonly state: string;
  readonly paidAt: string | null;
  readonly deliveredAt: string | null;
}

/** 交付期限: before it is over, a delivery that is not there yet is no ground for a dispute. */
export const deliveryOverdue = rule({
  id: 'HS-5.6',
  title: text('未交付的异议须在交付期限届满后提出', 'A missing delivery is disputed after its time is over'),
  params: { days: DELIVERY_DAYS },
  decide: (f: Disputed, p, at) => {
    if (f.state !== 'paid') return notApplicable();
    if (f.paidAt === null) return unknown('paidAt');
    const end = periodEnd(new Date(f.paidAt), p.days);
    if (at >= end) return ok();
    return violated(
      text(
        `卖方的交付期限到 ${end.toISOString()}，尚未届满。`,
        `The seller has until ${end.toISOString()} to deliver.`,
      ),
      text('请等待交付，期限届满后可以提出异议。', 'Wait for the delivery; after that time you can dispute.'),
    );
  },
  examples: [
    {
      name: 'still time',
      at: '2026-01-05',
      facts: { state: 'paid', paidAt: '2026-01-02T00:00:00Z', deliveredAt: null },
      expect: 'violated',
    },
    {
      name: 'time over',
      at: '2026-01-06',
      facts: { state: 'paid', paidAt: '2026-01-02T00:00:00Z', deliveredAt: null },
      expect: 'ok',
    },
    {
      name: 'delivered',
      at: '2026-01-05',
      facts: { state: 'delivered', paidAt: '2026-01-02T00:00:00Z', deliveredAt: '2026-01-03T00:00:00Z' },
      expect: 'not-applicable',
    },
  ],
});

/** 调解机制: the way to the exchange is open from delivery until the acceptance period is over. */
export const disputeInTime = rule({
  id: 'HS-5.7',
  title: text('在验收期限内提出异议', 'Disputed within the acceptance period'),
  params: { days: ACCEPTANCE_DAYS },
  decide: (f: Disputed, p, at) => {
    if (f.state !== 'delivered') return notApplicable();
    if (f.deliveredAt === null) return unknown('deliveredAt');
    const end = periodEnd(new Date(f.deliveredAt), p.days);
    if (at < end) return ok();
    return violated(
      text(
        `验收期限已于 ${end.toISOString()} 届满，视为验收通过。`,
        `The acceptance period ended at ${end.toISOString()}.`,
      ),
      text('请依法申请仲裁或者提起诉讼。', 'Arbitration and the courts stay open to you.'),
    );
  },
  examples: [
    {
      name: 'last day',
      at: '2026-01-09',
      facts: { state: 'delivered', paidAt: null, deliveredAt: '2026-01-02T00:00:00Z' },
      expect: 'ok',
    },
    {
      name: 'too late',
      at: '2026-01-10',
      facts: { state: 'delivered', paidAt: null, deliveredAt: '2026-01-02T00:00:00Z' },
      expect: 'violated',
    },
    {
      name: 'nothing delivered',
      at: '2026-01-10',
      facts: { state: 'paid', paidAt: '2026-01-02T00:00:00Z', deliveredAt: null },
      expect: 'not-applicable',
    },
  ],
});

/** 期间的计算: the day of the event is not counted, the last day ends at 24:00. */
export const acceptancePeriodOver = rule({
  id: 'CC-203.1',
  title: text('验收期限已届满', 'The acceptance period is over'),
  params: { days: ACCEPTANCE_DAYS },
  decide: ({ deliveredAt }: { deliveredAt: string | null }, p, at) => {
    if (deliveredAt === null) return unknown('deliveredAt');
    const end = periodEnd(new Date(deliveredAt), p.days);
    if (at >= end) return ok();
    return violated(
      text(`验收期限到 ${end.toISOString()}，尚未届满。`, `The acceptance period runs until ${end.toISOString()}.`),
      text('届满前由买方验收。', 'Until then the buyer accepts.'),
    );
  },
  examples: [
    {
      name: 'last day, counted from the day after',
      at: '2026-01-09',
      facts: { deliveredAt: '2026-01-02T15:59:59Z' },
      expect: 'violated',
    },
    { name: 'the day after', at: '2026-01-10', facts: { deliveredAt: '2026-01-02T15:59:59Z' }, expect: 'ok' },
    {
      name: 'delivered after midnight in Beijing',
      at: '2026-01-10',
      facts: { deliveredAt: '2026-01-02T16:00:00Z' },
      expect: 'violated',
    },
    { name: 'never delivered', at: '2026-01-10', facts: { deliveredAt: null }, expect: 'unknown' },
  ],
});

/** 争议处理期限 */
export const decidedInTime = rule({
  id: 'HS-5.13',
  title: text('争议在期限内处理', 'The dispute is decided in time'),
  effect: 'monitor',
  params: { days: MEDIATION_DAYS },
  decide: ({ disputedAt }: { disputedAt: string }, p, at) => {
    const end = periodEnd(new Date(disputedAt), p.days);
    if (at < end) return ok();
    return violated(
      text(`处理期限已于 ${end.toISOString()} 届满。`, `The time for deciding ended at ${end.toISOString()}.`),
      text('请说明逾期原因。', 'Say why it took longer.'),
    );
  },
  examples: [
    { name: 'last day', at: '2026-01-17', facts: { disputedAt: '2026-01-02T00:00:00Z' }, expect: 'ok' },
    { name: 'a day late', at: '2026-01-18', facts: { disputedAt: '2026-01-02T00:00:00Z' }, expect: 'violated' },
  ],
});
