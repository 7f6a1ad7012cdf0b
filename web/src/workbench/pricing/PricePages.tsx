import { Link, useParams } from 'react-router';
import type { AllowedRevenue, Page, PriceCap } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { day, lastDay, number, percent } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { CaseFrame } from '../cases/CaseFrame.tsx';

const WORDS = words(
  {
    crumb: '公共数据授权运营',
    list: '价格',
    askedRevenue: '查看准许收入',
    askedCap: '查看上限收费标准',
    gone: '没有这件事项，或者与贵方无关。',
    operator: '运营单位',
    period: '周期',
    costs: '经营成本',
    total: '成本合计',
    subsidy: '减：政府补助',
    profit: (rate: string) => `加：准许利润（${rate}）`,
    tax: '加：税金',
    deducted: '减：以前周期超收',
    allowed: '最高准许收入',
    approvals: '已同意',
    reason: '意见',
    revenue: '实际收入',
    excess: '超收，下一周期扣减',
    approve: '核对成本与依据。须价格主管部门与大数据主管部门都同意；以前周期的超收自动扣减。',
    product: '产品',
    scenario: '所依据的数据申请',
    cap: '上限',
    licence: '每份许可',
    calls: (n: string) => `每 ${n} 次调用`,
    expected: '预计销量',
    basis: '定价依据',
    trial: '试行（运营未满一个完整年度）',
    set: '生效',
    setText: '同意后立即生效并向社会公开；挂牌和下单都不得高于它。',
  },
  {
    crumb: 'Authorised operation',
    list: 'Prices',
    askedRevenue: 'see the allowed revenue',
    askedCap: 'see the price cap',
    gone: 'There is no such case, or it does not concern you.',
    operator: 'Operating unit',
    period: 'Period',
    costs: 'Operating costs',
    total: 'All costs',
    subsidy: 'less subsidy',
    profit: (rate: string) => `plus permitted profit (${rate})`,
    tax: 'plus taxes',
    deducted: 'less excess of earlier periods',
    allowed: 'Allowed revenue',
    approvals: 'Approved by',
    reason: 'Opinion',
    revenue: 'Earned',
    excess: 'Excess, deducted next',
    approve:
      'Compare costs and their basis. Price and data authority both approve; excess of earlier periods is deducted by itself.',
    product: 'Product',
    scenario: 'Application it rests on',
    cap: 'Cap',
    licence: 'a licence',
    calls: (n: string) => `for ${n} calls`,
    expected: 'Sales expected',
    basis: 'Basis',
    trial: 'on trial (no full year of operation yet)',
    set: 'Since',
    setText: 'It binds at once and is public: nothing is listed or ordered above it.',
  },
);

const useCrumbs = () => {
  const t = useWords(WORDS);
  return [
    { title: t.crumb, to: '/work/authorisation' },
    { title: t.list, to: '/work/authorisation?part=prices' },
  ];
};

/** An allowed revenue as the formula makes it, for whoever approves it. */
export function RevenuePage() {
  const t = useWords(WORDS);
  const crumbs = useCrumbs();
  const { revenueId = '' } = useParams();
  const query = useRead<Page<AllowedRevenue>>('/allowed-revenues', { id: revenueId });
  const found = query.data?.items[0];
  if (found)
    return (
      <CaseFrame
        caseId={found.caseId}
        crumbs={crumbs}
        forms={{ 'price.approve-revenue': { explain: t.approve }, 'price.refuse-revenue': { danger: true } }}
        facts={<RevenueFacts revenue={found} />}
      />
    );
  return (
    <>
      <h1>{query.data || query.error ? t.askedRevenue : '　'}</h1>
      <Loaded of={query} asked={t.askedRevenue} lines={10}>
        {() => <p className="empty">{t.gone}</p>}
      </Loaded>
    </>
  );
}

const WHOLE_BASIS_POINTS = 10_000;

function RevenueFacts({ revenue: r }: { readonly revenue: AllowedRevenue }) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <dl className="facts">
      <dt>{t.operator}</dt>
      <dd>
        <Link to={`/parties/${r.operator.id}`}>{r.operator.name}</Link>
      </dd>
      <dt>{t.period}</dt>
      <dd>
        {day(r.periodFrom)} — {lastDay(r.periodUntil)}
      </dd>
      <dt>{t.costs}</dt>
      <dd>
        {r.costs.map((c) => (
          <span key={`${c.kind}${c.note}`} className="block-text">
            {say(c.title)} <Amount value={c.amount} />
            <small className="faint block">{c.note}</small>
          </span>
        ))}
      </dd>
      <dt>{t.total}</dt>
      <dd>
        <Amount value={r.cost} />
      </dd>
      <dt>{t.subsidy}</dt>
      <dd>
        <Amount value={r.subsidy} />
      </dd>
      <dt>{t.profit(percent(r.profitBasisPoints / WHOLE_BASIS_POINTS))}</dt>
      <dd>
        <Amount value={r.profit} />
      </dd>
      <dt>{t.tax}</dt>
      <dd>
        <Amount value={r.tax} />
      </dd>
      <dt>{t.deducted}</dt>
      <dd>
        <Amount value={r.deducted} />
      </dd>
      <dt>{t.allowed}</dt>
      <dd>
        <b>
          <Amount value={r.allowed} />
        </b>
      </dd>
      {r.approvals.length > 0 ? (
        <>
          <dt>{t.approvals}</dt>
          <dd>{r.approvals.map((p) => p.name).join('、')}</dd>
        </>
      ) : null}
      {r.reason ? (
        <>
          <dt>{t.reason}</dt>
          <dd>{r.reason}</dd>
        </>
      ) : null}
      {r.revenue && r.excess ? (
        <>
          <dt>{t.revenue}</dt>
          <dd>
            <Amount value={r.revenue} />
          </dd>
          <dt>{t.excess}</dt>
          <dd>
            <Amount value={r.excess} />
          </dd>
        </>
      ) : null}
    </dl>
  );
}

/** A proposed cap with what it rests on, for the authorising unit to set. */
export function CapPage() {
  const t = useWords(WORDS);
  const crumbs = useCrumbs();
  const { capId = '' } = useParams();
  const query = useRead<Page<PriceCap>>('/price-caps', { id: capId });
  const found = query.data?.items[0];
  if (found)
    return (
      <CaseFrame
        caseId={found.caseId}
        crumbs={crumbs}
        forms={{ 'price.set-cap': { explain: t.setText }, 'price.refuse-cap': { danger: true } }}
        facts={<CapFacts cap={found} />}
      />
    );
  return (
    <>
      <h1>{query.data || query.error ? t.askedCap : '　'}</h1>
      <Loaded of={query} asked={t.askedCap} lines={8}>
        {() => <p className="empty">{t.gone}</p>}
      </Loaded>
    </>
  );
}

function CapFacts({ cap: c }: { readonly cap: PriceCap }) {
  const t = useWords(WORDS);
  return (
    <dl className="facts">
      <dt>{t.product}</dt>
      <dd>{c.product.title}</dd>
      <dt>{t.operator}</dt>
      <dd>
        <Link to={`/parties/${c.operator.id}`}>{c.operator.name}</Link>
      </dd>
      <dt>{t.scenario}</dt>
      <dd>
        <Link to={`/work/authorisation/scenarios/${c.scenario.id}`}>{c.scenario.title}</Link>
      </dd>
      <dt>{t.cap}</dt>
      <dd>
        <b>
          <Amount value={c.cap} />
        </b>{' '}
        {c.mode === 'per-call' ? t.calls(number(c.units)) : t.licence}
      </dd>
      <dt>{t.expected}</dt>
      <dd>{number(c.expectedQuantity)}</dd>
      <dt>{t.basis}</dt>
      <dd>{c.basis}</dd>
      {c.setAt ? (
        <>
          <dt>{t.set}</dt>
          <dd>
            {day(c.setAt)}
            {c.trial ? <small className="faint block">{t.trial}</small> : null}
          </dd>
        </>
      ) : null}
      {c.reason ? (
        <>
          <dt>{t.reason}</dt>
          <dd>{c.reason}</dd>
        </>
      ) : null}
    </dl>
  );
}
