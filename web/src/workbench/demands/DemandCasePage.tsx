import { Link, useParams } from 'react-router';
import type { Page, ReceiptStatus } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { dateTime, fromNow, moment } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { Timeline } from '../../shared/Timeline.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { demandColour, useDemandState } from './demand-state.ts';
import type { DemandCase } from './demand-types.ts';
import '../../portal/products/products.css';

const WORDS = words(
  {
    crumb: '数据需求',
    asked: '查看需求',
    answers: (n: number) => `应答（${n}）`,
    noAnswers: '还没有应答。',
    product: '推荐产品',
    open: '查看并下单',
    close: '关闭需求',
    closeText: '找到合适的产品或不再需要时关闭；关闭后不再接受应答。',
    facts: '需求内容',
    sector: '行业',
    purpose: '用途',
    budget: '预算',
    negotiable: '面议',
    until: '截止',
    waiting: (at: string, left: string) => `等待供方应答，截止 ${at}（${left}）。`,
    over: '不再接受应答。',
    closeReason: '关闭理由',
    timeline: '经过',
  },
  {
    crumb: 'Demands',
    asked: 'see the demand',
    answers: (n: number) => `Answers (${n})`,
    noAnswers: 'No answer yet.',
    product: 'Product offered',
    open: 'See it and order',
    close: 'Close the demand',
    closeText: 'Close it when you found what you need; no more answers come in after that.',
    facts: 'The demand',
    sector: 'Sector',
    purpose: 'Purpose',
    budget: 'Budget',
    negotiable: 'open',
    until: 'Until',
    waiting: (at: string, left: string) => `Waiting for suppliers to answer, until ${at} (${left}).`,
    over: 'No more answers are taken.',
    closeReason: 'Why it was closed',
    timeline: 'History',
  },
);

export default function DemandCasePage() {
  const t = useWords(WORDS);
  const { demandId = '' } = useParams();
  const query = useRead<DemandCase>(`/demands/${encodeURIComponent(demandId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/work/demands">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={8}>
        {(demand) => <Content demand={demand} />}
      </Loaded>
    </>
  );
}

function Content({ demand }: { readonly demand: DemandCase }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const language = useLanguage();
  const me = useMe();
  const stateOf = useDemandState();
  const { note, tell } = useDone();
  const receipts = useRead<Page<ReceiptStatus>>('/receipts', { subject: demand.id, limit: 20 });
  const own = me?.party?.id === demand.party.id;
  return (
    <>
      <title>{demand.title}</title>
      <div className="head-row">
        <h1>{demand.title}</h1>
        <span className={`tag ${demandColour(demand.state)}`}>{stateOf(demand.state)}</span>
      </div>
      {note}
      <p className={`turn work-gap ${demand.state === 'open' ? '' : 'over'}`}>
        {demand.state === 'open' ? t.waiting(moment(demand.until, language), fromNow(demand.until, language)) : t.over}
      </p>
      <div className="columns">
        <div>
          <h2>{t.answers(demand.answers.length)}</h2>
          {demand.answers.length === 0 ? <p className="faint">{t.noAnswers}</p> : null}
          <ul className="line-list">
            {demand.answers.map((a) => (
              <li key={a.id}>
                <div className="head-row">
                  <b>{a.party.name}</b>
                  <small className="faint">{dateTime(a.respondedAt)}</small>
                </div>
                <p>{a.message}</p>
                {a.productId ? (
                  <Link className="button" to={`/products/${a.productId}`}>
                    {t.open}
                  </Link>
                ) : null}
              </li>
            ))}
          </ul>
        </div>
        <aside>
          <h2>{t.facts}</h2>
          <p>{demand.description}</p>
          <dl className="facts">
            <dt>{t.sector}</dt>
            <dd>{term(demand.sector)}</dd>
            <dt>{t.purpose}</dt>
            <dd>{demand.purpose}</dd>
            <dt>{t.budget}</dt>
            <dd>{demand.budget ? <Amount value={demand.budget} /> : t.negotiable}</dd>
            <dt>{t.until}</dt>
            <dd>{dateTime(demand.until)}</dd>
            {demand.closeReason ? (
              <>
                <dt>{t.closeReason}</dt>
                <dd>{demand.closeReason}</dd>
              </>
            ) : null}
          </dl>
          {own && demand.state !== 'closed' ? (
            <div className="work-gap">
              <ActDrawer
                act="demand.close"
                label={t.close}
                explain={t.closeText}
                fixed={{ demandId: demand.id }}
                version={demand.version}
                danger
                tell={tell}
              />
            </div>
          ) : null}
          {receipts.data && receipts.data.items.length > 0 ? (
            <>
              <h2>{t.timeline}</h2>
              <Timeline events={receipts.data.items.map((r) => ({ title: r.title, at: r.at, receiptId: r.id }))} />
            </>
          ) : null}
        </aside>
      </div>
    </>
  );
}
