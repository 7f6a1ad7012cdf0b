import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type Money, mayAct, type Product } from '../../api.ts';
import { useJoin, useWords, words } from '../../app/words.ts';
import { ActForm } from '../../shared/act-form/index.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { Price } from './Price.tsx';

const WORDS = words(
  {
    seller: '供方',
    purposes: '可用于',
    anyPurpose: '不限用途',
    valid: '使用期限',
    days: (n: number) => `自交付起 ${n} 天`,
    redistribution: '再分发',
    allowed: '允许',
    forbidden: '不允许',
    buy: '购买',
    signIn: '登录后购买',
    own: '这是贵方自己的产品。',
    mayNot: '您的角色不能下单；请由本单位的采购人员办理。',
    notListed: '这件产品现在不在售。',
    ended: '所依据的数据使用权限已经终止，不能订购和交付。',
    expired: '所依据的数据使用权限已经到期，不能订购和交付。',
    suspended: '所依据的数据使用权限暂停，暂不能订购和交付。',
    forConsent: '有人撤回了对使用其信息的同意，这一版本停止使用；供方更新版本后恢复。',
    drawer: (title: string) => `购买：${title}`,
    explain:
      '下单时条款即行冻结，此后产品怎样改动都不影响这一单。下一步是双方签约，签约后付款，款项由交易所托管到验收。',
    submit: '下单',
  },
  {
    seller: 'Seller',
    purposes: 'May be used for',
    anyPurpose: 'any purpose',
    valid: 'Licence',
    days: (n: number) => `${n} days from delivery`,
    redistribution: 'Redistribution',
    allowed: 'allowed',
    forbidden: 'not allowed',
    buy: 'Buy',
    signIn: 'Sign in to buy',
    own: 'This is your own product.',
    mayNot: 'Your role may not place orders; ask your purchasing colleagues.',
    notListed: 'This product is not on the market now.',
    ended: 'A right to the data it was made from has ended: it is neither ordered nor delivered.',
    expired: 'A right to the data it was made from has run out: it is neither ordered nor delivered.',
    suspended: 'A right to the data it was made from stands still: for now it is neither ordered nor delivered.',
    forConsent:
      'Somebody withdrew their consent to the use of their information: this version is used no more, the next one will be.',
    drawer: (title: string) => `Buy: ${title}`,
    explain:
      'Placing the order freezes the terms: later changes of the product do not touch it. Both sides sign next; the price you pay then is held in escrow until you accept.',
    submit: 'Place the order',
  },
);

/** Whether the rights behind a product let it be ordered. */
interface Standing {
  readonly stopped: { readonly state: 'ended' | 'expired' | 'suspended'; readonly forConsent: boolean } | null;
}

/** Price, licence and the one primary button of the page. */
export function BuyPanel({ product }: { readonly product: Product }) {
  const t = useWords(WORDS);
  const join = useJoin();
  const me = useMe();
  const acts = useActs();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [open, setOpen] = useState(search.has('buy'));
  const info = acts?.get('order.place');
  const { terms } = product;
  const stopped = useRead<Standing>(`/products/${product.id}/standing`).data?.stopped;
  const here = `/products/${product.id}`;
  return (
    <div className="panel buy">
      <Price pricing={product.pricing} />
      <dl className="facts">
        <dt>{t.seller}</dt>
        <dd>
          <Link to={`/parties/${product.seller.id}`}>{product.seller.name}</Link>
        </dd>
        <dt>{t.purposes}</dt>
        <dd>{terms.purposes.length > 0 ? join(terms.purposes) : t.anyPurpose}</dd>
        <dt>{t.valid}</dt>
        <dd>{t.days(terms.validDays)}</dd>
        <dt>{t.redistribution}</dt>
        <dd>{terms.redistribution ? t.allowed : t.forbidden}</dd>
      </dl>
      {stopped ? (
        <p className="field-error" role="status">
          {stopped.forConsent ? t.forConsent : t[stopped.state]}
        </p>
      ) : null}
      {product.state !== 'listed' ? (
        <p className="faint">{t.notListed}</p>
      ) : !me ? (
        <Link className="button primary buy-button" to={`/sign-in?next=${encodeURIComponent(`${here}?buy`)}`}>
          {t.signIn}
        </Link>
      ) : me.party?.id === product.seller.id ? (
        <p className="faint">{t.own}</p>
      ) : info && !mayAct(info, me.roles) ? (
        <p className="faint">{t.mayNot}</p>
      ) : (
        <button type="button" className="button primary buy-button" onClick={() => setOpen(true)}>
          {t.buy}
        </button>
      )}
      {open && me ? (
        <Drawer title={t.drawer(product.title)} onClose={() => setOpen(false)}>
          <Price pricing={product.pricing} />
          <p>{t.explain}</p>
          <ActForm<{ orderId: string; total: Money }>
            act="order.place"
            fixed={{ productId: product.id, ...(product.pricing.mode === 'one-off' ? { quantity: 1 } : {}) }}
            initial={{ quantity: 1, ...(terms.purposes.length === 1 ? { purpose: terms.purposes[0] } : {}) }}
            options={terms.purposes.length > 0 ? { purpose: terms.purposes.map((p) => ({ value: p, title: p })) } : {}}
            submit={t.submit}
            onDone={({ result }) => navigate(`/work/orders/${result.orderId}`)}
          />
        </Drawer>
      ) : null}
    </div>
  );
}
