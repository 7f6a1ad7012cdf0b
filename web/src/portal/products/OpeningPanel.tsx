import { Link } from 'react-router';
import type { OpeningApplication, Page, Resource } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { bytes } from '../../shared/format.ts';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, useDone } from '../../workbench/shared/acts.tsx';

const WORDS = words(
  {
    free: '无条件开放',
    freeText: '无须登录和申请。下载只按日计数，不记录由谁下载。',
    csv: '下载 CSV',
    parquet: (size: string) => `下载 Parquet（${size}）`,
    conditional: '有条件开放',
    conditions: '开放条件',
    apply: '申请使用',
    applyText:
      '提供单位在十个工作日内答复；同意后可下载不含敏感字段的数据，直至您填写的日期；含个人信息的，只含已同意者的行。由其制成的产品免费提供，收费的不高于上限收费标准。',
    signIn: '登录后申请',
    applied: (state: string) => `本单位的申请：${state}`,
    open: '查看申请',
    paid: '有偿使用',
    paidText: '由它加工的数据产品按价格和合约提供；没有合适的产品，可以发布需求。',
    demand: '发布需求',
    waiting: '数据归集后即可使用。',
  },
  {
    free: 'Open without conditions',
    freeText: 'No sign-in, no application. Downloads are counted by day; who takes them is not recorded.',
    csv: 'Download CSV',
    parquet: (size: string) => `Download Parquet (${size})`,
    conditional: 'Open under conditions',
    conditions: 'Conditions',
    apply: 'Apply',
    applyText:
      'The provider answers within ten working days; then you download all but the sensitive columns until the day you name; of personal information, only rows of those who consented. Products made from it are free, or charged within a price cap.',
    signIn: 'Sign in to apply',
    applied: (state: string) => `Your application: ${state}`,
    open: 'See applications',
    paid: 'Against payment',
    paidText: 'Products made from it are offered at a price and by contract; where none fits, post a demand.',
    demand: 'Post a demand',
    waiting: 'It can be used once the data are gathered.',
  },
);

/** The way to the data of a resource of public data: take it, apply for it, or buy what is made from it. */
export function OpeningPanel({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const address = `/v1/resources/${encodeURIComponent(resource.id)}/content`;
  if (!resource.publicData || resource.state === 'withdrawn') return null;
  if (resource.opening === 'paid')
    return (
      <section className="panel" aria-label={t.paid}>
        <h2>{t.paid}</h2>
        <p className="small">{t.paidText}</p>
        <Link className="button" to="/work/demands">
          {t.demand}
        </Link>
      </section>
    );
  if (resource.opening === 'conditional') return <Conditional resource={resource} />;
  return (
    <section className="panel" aria-label={t.free}>
      <h2>{t.free}</h2>
      {resource.data === 'listed' ? (
        <p className="small">{t.waiting}</p>
      ) : (
        <>
          <p className="small">{t.freeText}</p>
          <div className="buttons">
            <a className="button primary" href={`${address}?format=csv`} download>
              {t.csv}
            </a>
            <a className="button" href={`${address}?format=parquet`} download>
              {t.parquet(bytes(resource.bytes))}
            </a>
          </div>
        </>
      )}
    </section>
  );
}

function Conditional({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const { note, tell } = useDone();
  const own = me?.party?.id === resource.holder.id;
  const mine = useRead<Page<OpeningApplication>>(me && !own ? '/openings' : null, {
    part: 'applicant',
    resourceId: resource.id,
    limit: 1,
  });
  const last = mine.data?.items[0];
  const underWay = last !== undefined && (last.state === 'asked' || last.living);
  return (
    <section className="panel" aria-label={t.conditional}>
      <h2>{t.conditional}</h2>
      {resource.conditions ? (
        <p>
          <b>{t.conditions}</b>：{resource.conditions}
        </p>
      ) : null}
      {note}
      {resource.data === 'listed' ? <p className="small">{t.waiting}</p> : <p className="small">{t.applyText}</p>}
      {last ? (
        <p>
          {t.applied(say(last.stateTitle))} <Link to="/work/openings">{t.open}</Link>
        </p>
      ) : null}
      {resource.data === 'listed' || own || underWay || me === undefined ? null : me === null ? (
        <Link className="button" to={`/sign-in?next=${encodeURIComponent(`/resources/${resource.id}`)}`}>
          {t.signIn}
        </Link>
      ) : (
        <ActDrawer act="opening.apply" fixed={{ resourceId: resource.id }} label={t.apply} primary tell={tell} />
      )}
    </section>
  );
}
