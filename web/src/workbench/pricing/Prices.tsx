import { Link } from 'react-router';
import type { AgreementItem, AllowedRevenue, Page, PartyRef, PriceCap, Scenario } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { stateLook } from '../../portal/authorisation/operation-state.ts';
import { Amount } from '../../shared/Amount.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { day, lastDay, money, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useAll } from '../authorisation/use-all.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import './pricing.css';

const WORDS = words(
  {
    revenues: '最高准许收入',
    revenuesText:
      '经营成本扣除政府补助，加准许利润和税金，减去以前周期的超收。由价格主管部门会同大数据主管部门核定；周期结束后系统按清算结果核算。',
    askRevenue: '申请核定准许收入',
    askRevenueText: '逐项填报成本及核算依据。周期为一至三年，止日当天不计入。',
    period: '周期',
    allowed: '准许收入',
    deducted: '扣减超收',
    earned: '实际收入',
    excess: '超收',
    notYet: '周期未结束',
    state: '状态',
    noRevenues: '还没有申请核定准许收入',
    noRevenuesText: '运营未满一个完整年度的，先用试行收费标准；其后须核定准许收入，才能制定上限。',
    caps: '上限收费标准',
    capsText: '每件收费的产品都有上限，挂牌和下单都不得高于上限。用于公共治理、公益事业的产品免费，不需要上限。',
    proposeCap: '提出上限收费标准',
    proposeCapText: '上限针对一份许可或者一个调用包。授权单位同意后立即生效并公开。',
    product: '产品',
    operator: '运营单位',
    cap: '上限',
    perCalls: (n: string) => `每 ${n} 次调用`,
    perLicence: '每份许可',
    expected: '预计销量',
    trial: '试行',
    set: '生效',
    noCaps: '还没有上限收费标准',
    noCapsText: '运营单位为收费产品提出上限，授权单位制定。',
    'cost:platform': '平台建设和运维',
    'cost:processing': '数据传输、汇聚、存储、处理',
    'cost:staff': '人力',
    'cost:other': '其他合理费用',
    noAgreement: '签订授权运营协议后，可以在这里申请。',
  },
  {
    revenues: 'Allowed revenue',
    revenuesText:
      'Operating costs less subsidies, plus permitted profit and taxes, less the excess of earlier periods. Approved by the price authority together with the data authority; counted from the clearings when the period is over.',
    askRevenue: 'Ask for an allowed revenue',
    askRevenueText: 'Give each cost with its basis. A period has one to three years; its last day is not counted.',
    period: 'Period',
    allowed: 'Allowed',
    deducted: 'Excess deducted',
    earned: 'Earned',
    excess: 'Excess',
    notYet: 'not over yet',
    state: 'State',
    noRevenues: 'No allowed revenue yet',
    noRevenuesText: 'In the first full year caps stand on trial; after it a revenue is approved before a cap is set.',
    caps: 'Price caps',
    capsText:
      'Every product with a fee has a cap, and is neither listed nor ordered above it. What serves governance or welfare is free and needs none.',
    proposeCap: 'Propose a cap',
    proposeCapText: 'For one licence or one package of calls. Once the authorising unit agrees it binds and is public.',
    product: 'Product',
    operator: 'Operating unit',
    cap: 'Cap',
    perCalls: (n: string) => `for ${n} calls`,
    perLicence: 'a licence',
    expected: 'Sales expected',
    trial: 'on trial',
    set: 'Since',
    noCaps: 'No cap yet',
    noCapsText: 'The operating unit proposes one for each product with a fee; the authorising unit sets it.',
    'cost:platform': 'Building and running the platform',
    'cost:processing': 'Transmission, gathering, storage, processing',
    'cost:staff': 'Staff',
    'cost:other': 'Other reasonable costs',
    noAgreement: 'Under an operation agreement you ask for it here.',
  },
);

const COSTS = ['platform', 'processing', 'staff', 'other'] as const;

interface Titled {
  readonly id: string;
  readonly title: string;
}

/** Prices under authorised operation: what may be earned, and what each product may cost. */
export function Prices() {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  const operates = me?.roles.includes('operating-unit') ?? false;
  const agreements = useAll<AgreementItem>(operates ? '/agreements' : null);
  const own = (agreements ?? []).filter((a) => a.operator.id === me?.party.id);
  const agreementOptions = own.map((a) => ({ value: a.id, title: a.title }));
  const authorities = useRead<Page<PartyRef>>(operates ? '/parties' : null, { role: 'price-authority', limit: 100 });
  const products = useAll<Titled>(operates ? '/products' : null, { mine: true });
  const scenarios = useAll<Scenario>(operates ? '/scenarios' : null);
  const granted = (scenarios ?? []).filter((s) => s.state === 'granted' && s.useClass === 'industry');
  const asOptions = (items: readonly Titled[]) => items.map((i) => ({ value: i.id, title: i.title }));
  return (
    <>
      {note}
      <section className="operation-section">
        <div className="head-row desk-head">
          <h2>{t.revenues}</h2>
          {own.length > 0 ? (
            <ActDrawer
              act="price.propose-revenue"
              label={t.askRevenue}
              explain={t.askRevenueText}
              options={{
                agreementId: agreementOptions,
                'costs.kind': COSTS.map((value) => ({ value, title: t[`cost:${value}`] })),
                priceAuthorityId: (authorities.data?.items ?? []).map((p) => ({ value: p.id, title: p.name })),
              }}
              tell={tell}
            />
          ) : null}
        </div>
        <p className="faint">{t.revenuesText}</p>
        {operates && agreements && own.length === 0 ? <p className="faint">{t.noAgreement}</p> : null}
        <Revenues />
      </section>
      <section className="operation-section">
        <div className="head-row desk-head">
          <h2>{t.caps}</h2>
          {own.length > 0 ? (
            <ActDrawer
              act="price.propose-cap"
              label={t.proposeCap}
              explain={t.proposeCapText}
              options={{
                agreementId: agreementOptions,
                productId: asOptions(products ?? []),
                scenarioId: asOptions(granted),
              }}
              tell={tell}
            />
          ) : null}
        </div>
        <p className="faint">{t.capsText}</p>
        <Caps />
      </section>
    </>
  );
}

function Revenues() {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<AllowedRevenue>
      path="/allowed-revenues"
      caption={t.revenues}
      csvName="allowed-revenues"
      rowKey={(r) => r.id}
      empty={<Empty title={t.noRevenues}>{t.noRevenuesText}</Empty>}
      columns={[
        {
          key: 'period',
          title: t.period,
          render: (r) => (
            <>
              <Link to={`/work/authorisation/revenues/${r.id}`}>
                {day(r.periodFrom)} — {lastDay(r.periodUntil)}
              </Link>
              <small className="faint block">{r.operator.name}</small>
            </>
          ),
          csv: (r) => `${r.periodFrom}/${r.periodUntil}`,
        },
        {
          key: 'allowed',
          title: t.allowed,
          number: true,
          render: (r) => <Amount value={r.allowed} />,
          csv: (r) => money(r.allowed),
        },
        {
          key: 'deducted',
          title: t.deducted,
          number: true,
          render: (r) => <Amount value={r.deducted} />,
          csv: (r) => money(r.deducted),
        },
        {
          key: 'earned',
          title: t.earned,
          number: true,
          render: (r) => (r.revenue ? <Amount value={r.revenue} /> : <span className="faint">{t.notYet}</span>),
          csv: (r) => (r.revenue ? money(r.revenue) : ''),
        },
        {
          key: 'excess',
          title: t.excess,
          number: true,
          render: (r) => (r.excess ? <Amount value={r.excess} /> : <span className="faint">—</span>),
          csv: (r) => (r.excess ? money(r.excess) : ''),
        },
        {
          key: 'state',
          title: t.state,
          render: (r) => <span className={`tag ${stateLook(r.state)}`}>{say(r.stateTitle)}</span>,
          csv: (r) => say(r.stateTitle),
        },
      ]}
    />
  );
}

function Caps() {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<PriceCap>
      path="/price-caps"
      caption={t.caps}
      csvName="price-caps"
      rowKey={(c) => c.id}
      empty={<Empty title={t.noCaps}>{t.noCapsText}</Empty>}
      columns={[
        {
          key: 'product',
          title: t.product,
          render: (c) => (
            <>
              <Link to={`/work/authorisation/caps/${c.id}`}>{c.product.title}</Link>
              <small className="faint block">
                {c.operator.name} · {c.scenario.title}
              </small>
            </>
          ),
          csv: (c) => c.product.title,
        },
        {
          key: 'cap',
          title: t.cap,
          number: true,
          render: (c) => (
            <>
              <Amount value={c.cap} />
              <small className="faint block">
                {c.mode === 'per-call' ? t.perCalls(number(c.units)) : t.perLicence}
              </small>
            </>
          ),
          csv: (c) => money(c.cap),
        },
        {
          key: 'expected',
          title: t.expected,
          number: true,
          render: (c) => number(c.expectedQuantity),
          csv: (c) => String(c.expectedQuantity),
        },
        {
          key: 'set',
          title: t.set,
          render: (c) => (c.setAt ? day(c.setAt) : <span className="faint">—</span>),
          csv: (c) => c.setAt ?? '',
        },
        {
          key: 'state',
          title: t.state,
          render: (c) => (
            <>
              <span className={`tag ${stateLook(c.state)}`}>{say(c.stateTitle)}</span>
              {c.trial && c.setAt ? <small className="faint"> {t.trial}</small> : null}
            </>
          ),
          csv: (c) => say(c.stateTitle),
        },
      ]}
    />
  );
}
