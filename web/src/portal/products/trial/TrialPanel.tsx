import { useState } from 'react';
import { Link } from 'react-router';
import { mayAct, type Page, type Product } from '../../../api.ts';
import { useJoin, useLanguage, useSay, useWords, words } from '../../../app/words.ts';
import { Drawer } from '../../../shared/Drawer.tsx';
import { dateTime, number } from '../../../shared/format.ts';
import { RefusalPanel } from '../../../shared/RefusalPanel.tsx';
import { useAct, useActs, useMe, useRead } from '../../../shared/use-api.ts';
import { MEASURE_WORDS, type Offer, type TrialItem } from './measures.ts';
import { OpenTrialForm } from './OpenTrialForm.tsx';
import { Score } from './Score.tsx';
import { TrialForm } from './TrialForm.tsx';

const WORDS = words(
  {
    title: '先试后买',
    note: '用自己的数据表检验本产品，只得到一个加噪取整的分数；双方都看不到对方的数据。',
    measures: '可用指标',
    matched: '匹配字段',
    columns: '可试字段',
    begin: '试用',
    signIn: '登录后试用',
    drawer: (title: string) => `试用：${title}`,
    setting: '试用设置',
    ownNote: '买方用自己的数据表检验本产品，只得到加噪取整的分数。',
    closed: '没有开放试用。',
    open: '开放试用',
    change: '修改范围',
    close: '停止试用',
    mine: '本单位的试用',
    others: '谁试用过',
    repeated: '重复，不计次数',
    allLeft: '还可试用',
    allLeftOf: (left: string, most: string, days: string) => `${left} 次；全部买方 ${days} 天内合计最多 ${most} 次`,
    usedUp: '全部买方的试用总数已达上限，满期前只能重复此前的试用。',
  },
  {
    title: 'Try before you buy',
    note: 'Test the product on a table of your own and get one rounded score with noise; neither side sees the other’s data.',
    measures: 'Measures',
    matched: 'Matched on',
    columns: 'Columns to try',
    begin: 'Try it',
    signIn: 'Sign in to try it',
    drawer: (title: string) => `Try: ${title}`,
    setting: 'What may be tried',
    ownNote: 'Buyers test the product on tables of their own, and get rounded scores with noise.',
    closed: 'Not open for trial.',
    open: 'Open for trial',
    change: 'Change',
    close: 'Close the trial',
    mine: 'Trials of your party',
    others: 'Who tried it',
    repeated: 'the same again, not counted',
    allLeft: 'Trials left',
    allLeftOf: (left: string, most: string, days: string) =>
      `${left}; all buyers together have ${most} in ${days} days`,
    usedUp:
      'All buyers together have used up the trials of this product; until the oldest are past their time, only earlier ones are told again.',
  },
);

/** 先试后买 on the page of a product: for buyers what may be tried, for the seller the switch and who tried. */
export function TrialPanel({ product }: { readonly product: Product }) {
  const t = useWords(WORDS);
  const say = useSay();
  const join = useJoin();
  const me = useMe();
  const acts = useActs();
  const close = useAct('trial.close');
  const [shown, setShown] = useState<'run' | 'open' | null>(null);
  const { data } = useRead<Offer>(`/trial-offers/${product.id}`);
  if (!data || me === undefined || product.kind === 'query-service') return null;
  const { offer } = data;
  const isSeller = me?.party?.id === product.seller.id;
  const runInfo = acts?.get('trial.run');
  const mayRun = Boolean(me && runInfo && mayAct(runInfo, me.roles));
  if (!offer && !(isSeller && product.state === 'listed')) return null;
  return (
    <section className="trial">
      <h2 id="trial">{t.title}</h2>
      <p className="faint">{isSeller ? t.ownNote : t.note}</p>
      {offer ? (
        <dl className="facts">
          <dt>{t.measures}</dt>
          <dd>{join(offer.measures.map((m) => say(MEASURE_WORDS[m].title)))}</dd>
          <dt>{t.matched}</dt>
          <dd>
            <ColumnName product={product} name={offer.keyColumn} />
          </dd>
          {offer.columns.length > 0 ? (
            <>
              <dt>{t.columns}</dt>
              <dd>
                {offer.columns.map((c, i) => (
                  <span key={c}>
                    {i > 0 ? ' · ' : ''}
                    <ColumnName product={product} name={c} />
                  </span>
                ))}
              </dd>
            </>
          ) : null}
          {data.allLeft === null ? null : (
            <>
              <dt>{t.allLeft}</dt>
              <dd>{t.allLeftOf(number(data.allLeft), number(data.limits.allMost), number(data.limits.allDays))}</dd>
            </>
          )}
        </dl>
      ) : (
        <p>{t.closed}</p>
      )}
      {offer && data.isUsedUp ? <p className="small">{t.usedUp}</p> : null}
      <div className="buttons work-gap">
        {isSeller ? (
          <>
            <button type="button" className="button" onClick={() => setShown('open')}>
              {offer ? t.change : t.open}
            </button>
            {offer ? (
              <button
                type="button"
                className="button quiet"
                disabled={close.isPending}
                onClick={() => close.mutate({ input: { productId: product.id } })}
              >
                {t.close}
              </button>
            ) : null}
          </>
        ) : !me ? (
          <Link className="button" to={`/sign-in?next=${encodeURIComponent(`/products/${product.id}`)}`}>
            {t.signIn}
          </Link>
        ) : mayRun ? (
          <button type="button" className="button" onClick={() => setShown('run')}>
            {t.begin}
          </button>
        ) : null}
      </div>
      {close.error ? <RefusalPanel key={close.submittedAt} problem={close.error} asked={t.close} /> : null}
      {me && (isSeller || mayRun) ? <Trials product={product} own={!isSeller} /> : null}
      {shown === 'run' && offer ? (
        <Drawer title={t.drawer(product.title)} onClose={() => setShown(null)}>
          <TrialForm product={product} offer={offer} limits={data.limits} />
        </Drawer>
      ) : null}
      {shown === 'open' ? (
        <Drawer title={t.setting} onClose={() => setShown(null)}>
          <OpenTrialForm product={product} offer={offer} onDone={() => setShown(null)} />
        </Drawer>
      ) : null}
    </section>
  );
}

function ColumnName(props: { readonly product: Product; readonly name: string }) {
  const language = useLanguage();
  const found = props.product.dictionary.find((c) => c.name === props.name);
  return <>{(language === 'en' ? found?.titleEn : null) ?? found?.titleZh ?? props.name}</>;
}

/** The newest trials: with scores for who tried, without for the seller. */
function Trials({ product, own }: { readonly product: Product; readonly own: boolean }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { data } = useRead<Page<TrialItem>>('/trials', { productId: product.id, limit: 5 });
  if (!data || data.items.length === 0) return null;
  return (
    <>
      <h3>{own ? t.mine : t.others}</h3>
      <ul className="plain-list">
        {data.items.map((item) => (
          <li key={item.id}>
            {item.mine ? null : (
              <div>
                <Link to={`/parties/${item.buyer.id}`}>{item.buyer.name}</Link>
              </div>
            )}
            {say(MEASURE_WORDS[item.measure].title)}
            {item.column ? (
              <>
                {' · '}
                <ColumnName product={product} name={item.column} />
              </>
            ) : null}
            {item.mine ? (
              <>
                {' '}
                <Score told={item.mine} />
              </>
            ) : null}
            <small className="faint block">
              {dateTime(item.at)}
              {item.repeated ? ` · ${t.repeated}` : ''}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}
