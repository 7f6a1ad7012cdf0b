import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Money, Product } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { AreaField, SelectField, TextField, useForm } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '下单',
    crumb: '市场',
    asked: '查看产品',
    none: '先选一件产品',
    noneText: '在市场打开产品页，按“购买”。',
    market: '去市场',
    packages: '数量（包）',
    purpose: '使用用途',
    purposeHint: '须在供方允许的用途之内；合约按此约束使用。',
    scenario: '应用场景',
    scenarioHint: '谁在什么业务中使用，达到什么目的。',
    choose: '请选择用途',
    need: '请填写',
    whole: '请填正整数',
    submit: '提交订单',
    sending: '正在提交……',
    price: '单价',
    total: '合计',
    calls: (n: string) => `共 ${n} 次调用`,
    seller: '供方',
    valid: '许可期限',
    days: (n: number) => `自交付起 ${n} 天`,
    redistribution: '再次提供',
    allowed: '允许',
    forbidden: '不允许',
    next: '下单即冻结条款，此后产品怎样改动都不影响这一单。随后双方签约，签约后付款，款项由交易所托管到验收。',
  },
  {
    title: 'Place an order',
    crumb: 'Market',
    asked: 'see the product',
    none: 'Choose a product first',
    noneText: 'Open its page on the market and press “Buy”.',
    market: 'To the market',
    packages: 'Quantity (packages)',
    purpose: 'Purpose',
    purposeHint: 'One the seller permits; the contract binds the use to it.',
    scenario: 'Scenario',
    scenarioHint: 'Who uses it in which business, to what end.',
    choose: 'Choose a purpose',
    need: 'Please fill in',
    whole: 'A whole number above zero',
    submit: 'Place the order',
    sending: 'Sending…',
    price: 'Unit price',
    total: 'Total',
    calls: (n: string) => `${n} calls in all`,
    seller: 'Seller',
    valid: 'Licence',
    days: (n: number) => `${n} days from delivery`,
    redistribution: 'Passing on',
    allowed: 'allowed',
    forbidden: 'not allowed',
    next: 'Placing the order freezes the terms: later changes of the product do not touch it. Both sides sign next; the price you pay then is held in escrow until you accept.',
  },
);

export default function PlaceOrderPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const productId = search.get('product');
  const query = useRead<Product>(productId ? `/products/${encodeURIComponent(productId)}` : null);
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/products">{t.crumb}</Link> ›{' '}
        {query.data ? <Link to={`/products/${query.data.id}`}>{query.data.title}</Link> : null}
      </p>
      <h1>{t.title}</h1>
      {productId ? (
        <Loaded of={query} asked={t.asked} lines={8}>
          {(product) => <OrderForm product={product} />}
        </Loaded>
      ) : (
        <Empty title={t.none}>
          <p>{t.noneText}</p>
          <Link className="button primary" to="/products">
            {t.market}
          </Link>
        </Empty>
      )}
    </>
  );
}

const isCount = (text: string): boolean => /^[1-9]\d{0,5}$/.test(text.trim());

function OrderForm({ product }: { readonly product: Product }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const place = useAct<{ orderId: string; total: Money }>('order.place');
  const [sent, setSent] = useState(false);
  const { purposes } = product.terms;
  const form = useForm(
    { quantity: '1', purpose: purposes.length === 1 ? (purposes[0] ?? '') : '', scenario: '' },
    (v) => ({
      ...(isCount(v.quantity) ? {} : { quantity: t.whole }),
      ...(v.purpose.trim() === '' ? { purpose: purposes.length > 0 ? t.choose : t.need } : {}),
      ...(v.scenario.trim() === '' ? { scenario: t.need } : {}),
    }),
  );
  const { values: v, set, errors } = form;
  const submit = async () => {
    try {
      const { result, receipt } = await place.mutateAsync({
        input: {
          productId: product.id,
          quantity: Number(v.quantity),
          purpose: v.purpose.trim(),
          scenario: v.scenario.trim(),
        },
      });
      setSent(true);
      await navigate(`/work/orders/${result.orderId}`, { state: { done: { title: t.title, receiptId: receipt.id } } });
    } catch {
      // The refusal shows above the button.
    }
  };
  const perCall = product.pricing.mode === 'per-call';
  return (
    <div className="columns work-gap">
      <form noValidate onSubmit={form.onSubmit(() => void submit())} className="form-narrow">
        {perCall ? (
          <TextField
            label={t.packages}
            inputMode="numeric"
            value={v.quantity}
            error={errors.quantity}
            onChange={(x) => set('quantity', x)}
          />
        ) : null}
        {purposes.length > 0 ? (
          <SelectField
            label={t.purpose}
            hint={t.purposeHint}
            value={v.purpose}
            empty={t.choose}
            options={purposes.map((p) => ({ value: p, title: p }))}
            error={errors.purpose}
            onChange={(x) => set('purpose', x)}
          />
        ) : (
          <TextField
            label={t.purpose}
            maxLength={100}
            value={v.purpose}
            error={errors.purpose}
            onChange={(x) => set('purpose', x)}
          />
        )}
        <AreaField
          label={t.scenario}
          hint={t.scenarioHint}
          maxLength={1000}
          value={v.scenario}
          error={errors.scenario}
          onChange={(x) => set('scenario', x)}
        />
        {place.error ? <RefusalPanel key={place.submittedAt} problem={place.error} asked={t.submit} /> : null}
        <button type="submit" className="button primary" disabled={place.isPending || sent} aria-busy={place.isPending}>
          {place.isPending ? t.sending : t.submit}
        </button>
      </form>
      <aside>
        <OrderSummary product={product} quantity={isCount(v.quantity) ? Number(v.quantity) : null} />
      </aside>
    </div>
  );
}

function OrderSummary({ product, quantity }: { readonly product: Product; readonly quantity: number | null }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const { pricing, terms } = product;
  const total: Money | null =
    quantity === null
      ? null
      : { amountFen: (BigInt(pricing.price.amountFen) * BigInt(quantity)).toString(), currency: 'CNY' };
  return (
    <div className="panel">
      <b>{product.title}</b>
      <p className="big-figure" aria-live="polite">
        {total ? <Amount value={total} /> : '—'}
      </p>
      {pricing.callsPerPackage && quantity !== null ? (
        <p className="faint">{t.calls(number(pricing.callsPerPackage * quantity))}</p>
      ) : null}
      <dl className="facts">
        <dt>{t.price}</dt>
        <dd>
          <Amount value={pricing.price} /> <span className="faint">{term(pricing.mode)}</span>
        </dd>
        <dt>{t.seller}</dt>
        <dd>{product.seller.name}</dd>
        <dt>{t.valid}</dt>
        <dd>{t.days(terms.validDays)}</dd>
        <dt>{t.redistribution}</dt>
        <dd>{terms.redistribution ? t.allowed : t.forbidden}</dd>
      </dl>
      <p className="faint small work-gap">{t.next}</p>
    </div>
  );
}
