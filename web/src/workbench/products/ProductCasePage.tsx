import { Link, useLocation, useParams } from 'react-router';
import type { Page, Product } from '../../api.ts';
import { useJoin, useSay, useWords, words } from '../../app/words.ts';
import { Dictionary } from '../../portal/products/Dictionary.tsx';
import { addressOfNode } from '../../portal/products/ProductPage.tsx';
import { QualityReport } from '../../portal/products/QualityReport.tsx';
import { SampleTable } from '../../portal/products/SampleTable.tsx';
import { Amount } from '../../shared/Amount.tsx';
import { bytes, day, number, percent } from '../../shared/format.ts';
import { LineageGraph } from '../../shared/LineageGraph.tsx';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { OwnImports } from '../recognition/OwnImports.tsx';
import { ActDrawer, type Done, DoneNote, useDone } from '../shared/acts.tsx';
import { Certificates } from '../shared/Certificates.tsx';
import type { Assessment, ProductExtra } from '../types.ts';
import { NextAct } from './NextAct.tsx';
import '../../portal/products/products.css';

const WORDS = words(
  {
    crumb: '数据产品',
    asked: '查看产品',
    draft: '起草',
    build: '加工',
    assess: '评估',
    list: '挂牌',
    rows: (n: string) => `${n} 行`,
    version: (n: number) => `第 ${n} 版`,
    suspended: '已暂停',
    withdrawn: '已撤牌',
    facts: '产品说明',
    scenario: '应用场景',
    price: '价格',
    package: (n: string) => `每包 ${n} 次`,
    terms: '用途与期限',
    days: (n: number) => `自交付起 ${n} 天`,
    redistribution: '允许再次提供',
    noRedistribution: '不得再次提供',
    supply: '持续供给',
    size: '规模',
    opinions: '评估',
    noOpinions: '还没有委托评估。',
    dictionary: '数据字典',
    sample: '样例',
    quality: '质量指标',
    lineage: '血缘',
    shares: '收益分配',
    timeline: '经过',
    revise: '修订',
    suspend: '暂停',
    suspendText: '暂停后不能下单；已成立的订单继续。',
    resume: '恢复',
    withdraw: '撤牌',
    withdrawText: '撤牌后不再出售，不能恢复；已售出的按合约继续使用。',
    takenBack: '已撤回',
    takeBack: '撤回草稿',
    takeBackText: '这份产品从未挂牌，撤回后不再办理，也不能恢复；资源不受影响，可以重新起草。',
    suspendByOther: '暂停后不能下单，已交付的也立即不能下载或查询，直到恢复。',
    public: '在市场中查看',
  },
  {
    crumb: 'Products',
    asked: 'see the product',
    draft: 'Draft',
    build: 'Build',
    assess: 'Assessment',
    list: 'Listing',
    rows: (n: string) => `${n} rows`,
    version: (n: number) => `version ${n}`,
    suspended: 'suspended',
    withdrawn: 'withdrawn',
    facts: 'The product',
    scenario: 'Scenario',
    price: 'Price',
    package: (n: string) => `for ${n} calls`,
    terms: 'Purposes and term',
    days: (n: number) => `${n} days from delivery`,
    redistribution: 'may be passed on',
    noRedistribution: 'may not be passed on',
    supply: 'Supply',
    size: 'Size',
    opinions: 'Assessments',
    noOpinions: 'No assessment was requested yet.',
    dictionary: 'Dictionary',
    sample: 'Sample',
    quality: 'Quality indicators',
    lineage: 'Lineage',
    shares: 'Sharing of the income',
    timeline: 'History',
    revise: 'Revise',
    suspend: 'Suspend',
    suspendText: 'Nobody can order a suspended product; running orders go on.',
    resume: 'Resume',
    withdraw: 'Withdraw',
    withdrawText:
      'A withdrawn product is not sold any more and does not come back; what was sold stays in use by its contract.',
    takenBack: 'taken back',
    takeBack: 'Take the draft back',
    takeBackText:
      'It was never listed. Taken back it goes no further and does not return; its resource is untouched and can be used for a new draft.',
    suspendByOther: 'Nobody can order it, and what was delivered cannot be downloaded or queried until it is resumed.',
    public: 'See it on the market',
  },
);

export type ProductCase = Product & ProductExtra;

const BUILDING_REFETCH_MS = 1500;
const WAITING_REFETCH_MS = 15_000;

export default function ProductCasePage() {
  const t = useWords(WORDS);
  const { productId = '' } = useParams();
  const path = `/products/${encodeURIComponent(productId)}`;
  const query = useRead<ProductCase>(path);
  const building = query.data?.build.state === 'building';
  useRead<ProductCase>(
    query.data && query.data.state !== 'listed' ? path : null,
    {},
    { refetchMs: building ? BUILDING_REFETCH_MS : WAITING_REFETCH_MS },
  );
  const location = useLocation();
  const arrived = (location.state as { done?: Done } | null)?.done;
  return (
    <>
      <p className="crumbs">
        <Link to="/work/products">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={12}>
        {(product) => <Content product={product} arrived={arrived ?? null} />}
      </Loaded>
    </>
  );
}

function Content({ product, arrived }: { readonly product: ProductCase; readonly arrived: Done | null }) {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  const assessments = useRead<Page<Assessment>>('/assessments', { productId: product.id, limit: 50 });
  const own = me?.party?.id === product.seller.id;
  const current = (assessments.data?.items ?? []).filter((a) => a.product.version === product.version);
  return (
    <>
      <title>{product.title}</title>
      <h1>{product.title}</h1>
      <StepsBar steps={stepsFor(product, t)} />
      {note ?? (arrived && product.state === 'draft' ? <DoneNote done={arrived} /> : null)}
      <NextAct product={product} own={own} assessments={current} tell={tell} />
      <div className="columns">
        <div>
          <About product={product} />
          {product.dictionary.length > 0 ? (
            <>
              <h2>{t.dictionary}</h2>
              <Dictionary columns={product.dictionary} />
            </>
          ) : null}
          {product.sample && product.sample.rows.length > 0 ? (
            <>
              <h2>{t.sample}</h2>
              <SampleTable sample={product.sample} />
            </>
          ) : null}
          {product.quality ? (
            <>
              <h2>{t.quality}</h2>
              <QualityReport quality={product.quality} />
            </>
          ) : null}
          <h2>{t.lineage}</h2>
          <LineageGraph lineage={product.lineage} addressOf={addressOfNode} />
        </div>
        <aside>
          <Opinions product={product} assessments={assessments.data?.items ?? []} />
          <h2>{t.shares}</h2>
          <ul className="plain-list">
            {product.shares.map((s) => (
              <li key={`${s.partyId}${s.reason}`} className="share">
                <span>
                  {s.name ?? s.partyId}
                  <small className="faint">{s.reason}</small>
                </span>
                <b>{percent(s.basisPoints / 10_000)}</b>
              </li>
            ))}
          </ul>
          {own && product.listing ? (
            <Certificates
              kind="registration"
              subjectId={product.id}
              also={[{ kind: 'asset', subjectId: product.id }]}
              tell={tell}
            />
          ) : null}
          {own ? <OwnImports subjectId={product.id} /> : null}
          <h2>{t.timeline}</h2>
          <ReceiptList subject={product.id} receipts={product.receipts} />
          <MoreActs product={product} own={own} roles={me?.roles ?? []} tell={tell} />
        </aside>
      </div>
    </>
  );
}

function stepsFor(product: ProductCase, t: (typeof WORDS)['zh']): readonly Step[] {
  const { state, build } = product;
  const listed = state === 'listed' || state === 'suspended' || state === 'withdrawn';
  const assessed = listed || state === 'assessed';
  const built = build.state === 'built';
  const last: Step = {
    title: t.list,
    ...(state === 'suspended'
      ? { note: t.suspended }
      : state === 'withdrawn'
        ? { note: product.listing ? t.withdrawn : t.takenBack }
        : product.listing
          ? { note: day(product.listing.listedAt ?? product.listing.at ?? '') }
          : {}),
    state:
      state === 'suspended' || state === 'withdrawn'
        ? 'stopped'
        : state === 'listed'
          ? 'done'
          : state === 'assessed'
            ? 'now'
            : 'next',
  };
  return [
    { title: t.draft, note: t.version(product.version), state: 'done' },
    {
      title: t.build,
      ...(build.rows === null ? {} : { note: t.rows(number(build.rows)) }),
      state: built ? 'done' : build.state === 'failed' ? 'stopped' : 'now',
    },
    { title: t.assess, state: assessed ? 'done' : built ? 'now' : 'next' },
    last,
  ];
}

function About({ product }: { readonly product: ProductCase }) {
  const t = useWords(WORDS);
  const join = useJoin();
  const term = useTerm();
  const { pricing, terms, supply, build } = product;
  return (
    <>
      <h2>{t.facts}</h2>
      <p>{product.summary}</p>
      <dl className="facts">
        <dt>{t.scenario}</dt>
        <dd>{product.scenario || '—'}</dd>
        <dt>{t.price}</dt>
        <dd>
          <Amount value={pricing.price} /> · {term(pricing.mode)}
          {pricing.callsPerPackage ? ` · ${t.package(number(pricing.callsPerPackage))}` : ''}
        </dd>
        <dt>{t.terms}</dt>
        <dd>
          {join(terms.purposes)} · {t.days(terms.validDays)} ·{' '}
          {terms.redistribution ? t.redistribution : t.noRedistribution}
        </dd>
        <dt>{t.supply}</dt>
        <dd>
          {term(supply.updateFrequency)}
          {supply.commitment ? ` · ${supply.commitment}` : ''}
        </dd>
        {build.rows === null ? null : (
          <>
            <dt>{t.size}</dt>
            <dd>
              {t.rows(number(build.rows))} · {bytes(build.bytes ?? 0)}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function Opinions({
  product,
  assessments,
}: {
  readonly product: ProductCase;
  readonly assessments: readonly Assessment[];
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  return (
    <>
      <h2>{t.opinions}</h2>
      {assessments.length === 0 && product.opinions.length === 0 ? <p className="faint">{t.noOpinions}</p> : null}
      <ul className="line-list">
        {assessments.map((a) => (
          <li key={a.id}>
            <div className="head-row">
              <Link to={`/work/assessments/${a.id}`}>{term(a.kind)}</Link>
              <span
                className={`tag ${a.conclusion === 'passed' ? 'good' : a.conclusion === 'failed' ? 'bad' : 'wait'}`}
              >
                {term(a.conclusion ?? a.state)}
              </span>
            </div>
            <small className="faint">
              {a.assessor.name} · {t.version(a.product.version)} · {day(a.issuedAt ?? a.requestedAt)}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function MoreActs({
  product,
  own,
  roles,
  tell,
}: {
  readonly product: ProductCase;
  readonly own: boolean;
  readonly roles: readonly string[];
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const { state, id, version } = product;
  const oversees = roles.includes('exchange') || roles.includes('regulator');
  const act = { fixed: { productId: id }, version, tell };
  return (
    <>
      {product.suspension?.reason ? (
        <p className="faint">
          {say({
            zh: `暂停理由：${product.suspension.reason}`,
            en: `Why it is suspended: ${product.suspension.reason}`,
          })}
        </p>
      ) : null}
      <div className="buttons work-gap">
        {own && ['draft', 'assessed', 'listed'].includes(state) ? (
          <Link className="button" to={`/work/products/${id}/revise`}>
            {t.revise}
          </Link>
        ) : null}
        {(own || oversees) && state === 'listed' ? (
          <ActDrawer
            act="product.suspend"
            label={t.suspend}
            explain={own ? t.suspendText : t.suspendByOther}
            danger
            {...act}
          />
        ) : null}
        {oversees && !own && state === 'suspended' ? (
          <ActDrawer act="product.resume" label={t.resume} {...act} />
        ) : null}
        {own && state !== 'withdrawn' ? (
          <ActDrawer
            act="product.withdraw"
            {...(product.listing
              ? { label: t.withdraw, explain: t.withdrawText }
              : { label: t.takeBack, explain: t.takeBackText, done: t.takeBack, submit: t.takeBack })}
            danger
            {...act}
          />
        ) : null}
        {product.listing ? (
          <Link className="button" to={`/products/${id}`}>
            {t.public}
          </Link>
        ) : null}
      </div>
    </>
  );
}
