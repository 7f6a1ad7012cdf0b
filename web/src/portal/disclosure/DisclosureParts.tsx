import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { DisclosureDocument, UseClass } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { day, lastDay, number } from '../../shared/format.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import './disclosure.css';

const WORDS = words(
  {
    given: '公共数据资源授权信息',
    held: '获得的授权',
    operator: '运营机构',
    authoriser: '实施机构',
    mode: '授权方式',
    resources: '资源',
    resourceCount: '资源数',
    term: '期限',
    filing: '备案号',
    state: '状态',
    caps: '公共数据运营服务费上限收费标准',
    product: '产品',
    cap: '上限',
    units: (n: string) => `每 ${n} 次调用`,
    licence: '每份许可',
    setAt: '制定日期',
    trial: '试行',
    authorised: '已获授权的公共数据资源',
    holder: '数据提供单位',
    updated: '更新频率',
    purposes: '获准用途',
    products: '产品和服务清单与具体收费标准',
    kind: '形态',
    use: '用途类别',
    fee: '收费',
    figures: '年度运营情况',
    orders: '成交订单',
    revenue: '运营服务费收入',
    security: '安全报告',
    incidents: '安全事件',
    trainings: '安全培训与演练',
    governance: '数据治理需求（已答复）',
    violations: '违规举报',
    periods: '成本与最高准许收入',
    period: '周期',
    cost: '经营成本',
    allowed: '准许收入',
    earned: '实际收入',
    excess: '超收',
    none: '无',
    uscc: '统一社会信用代码',
    head: '法定代表人或主要负责人',
    who: '披露单位',
  },
  {
    given: 'Authorisations given',
    held: 'Authorisations held',
    operator: 'Operating unit',
    authoriser: 'Implementing body',
    mode: 'Mode',
    resources: 'Resource',
    resourceCount: 'Resources',
    term: 'Term',
    filing: 'Filing number',
    state: 'State',
    caps: 'Price caps',
    product: 'Product',
    cap: 'Cap',
    units: (n: string) => `for ${n} calls`,
    licence: 'a licence',
    setAt: 'Set on',
    trial: 'on trial',
    authorised: 'Resources authorised',
    holder: 'Provider',
    updated: 'Updated',
    purposes: 'Purposes granted',
    products: 'Products, services and actual fees',
    kind: 'Kind',
    use: 'Kind of use',
    fee: 'Fee',
    figures: 'The year in figures',
    orders: 'Orders cleared',
    revenue: 'Revenue',
    security: 'Security reports',
    incidents: 'Incidents',
    trainings: 'Trainings and drills',
    governance: 'Governance demands (answered)',
    violations: 'Reports of violations',
    periods: 'Costs and allowed revenue',
    period: 'Period',
    cost: 'Costs',
    allowed: 'Allowed',
    earned: 'Earned',
    excess: 'Excess',
    none: 'None',
    uscc: 'Credit code',
    head: 'Legal representative',
    who: 'Who discloses',
  },
);

const USE_WORDS = words(
  { industry: '产业发展', 'public-governance': '公共治理', 'public-welfare': '公益事业' },
  { industry: 'industry', 'public-governance': 'public governance', 'public-welfare': 'public welfare' },
);
export function useUseClass(): (name: UseClass) => string {
  const t = useWords(USE_WORDS);
  return (name) => t[name];
}

type Cells = readonly (readonly ReactNode[])[];

function Part(props: { readonly title: string; readonly columns: readonly string[]; readonly rows: Cells }) {
  const t = useWords(WORDS);
  return (
    <section className="disclosed">
      <h2>{props.title}</h2>
      {props.rows.length === 0 ? (
        <p className="faint">{t.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
        <section className="scroll" aria-label={props.title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {props.columns.map((c) => (
                  <th key={c} scope="col">
                    {c}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {props.rows.map((cells, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a published table never changes
                <tr key={i}>
                  {cells.map((cell, j) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a published table never changes
                    <td key={j}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

/** Every part of a disclosure, in the order of the notice. */
export function DisclosureParts({ document: d }: { readonly document: DisclosureDocument }) {
  const t = useWords(WORDS);
  return (
    <>
      <Part
        title={t.who}
        columns={[t.who, t.uscc, t.head]}
        rows={[
          [
            <Link key="p" to={`/parties/${d.party.id}`}>
              {d.party.name}
            </Link>,
            d.party.uscc,
            d.party.legalRepresentative || '—',
          ],
        ]}
      />
      {d.implementing ? <Implementing of={d.implementing} /> : null}
      {d.operating ? <Operating of={d.operating} /> : null}
    </>
  );
}

function Authorisations(props: {
  readonly title: string;
  readonly items: NonNullable<DisclosureDocument['implementing']>['authorisations'];
}) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <Part
      title={props.title}
      columns={[t.authoriser, t.operator, t.mode, t.resourceCount, t.term, t.filing, t.state]}
      rows={props.items.map((a) => [
        a.authoriser.name,
        a.operator.name,
        say(a.mode),
        number(a.resources),
        `${day(a.validFrom)} — ${day(a.validUntil)}`,
        a.filingNumber ?? '—',
        say(a.state),
      ])}
    />
  );
}

function Implementing({ of }: { readonly of: NonNullable<DisclosureDocument['implementing']> }) {
  const t = useWords(WORDS);
  return (
    <>
      <Authorisations title={t.given} items={of.authorisations} />
      <Part
        title={t.caps}
        columns={[t.product, t.operator, t.cap, t.setAt]}
        rows={of.caps.map((c) => [
          <Link key="p" to={`/products/${c.productId}`}>
            {c.product}
          </Link>,
          c.operator.name,
          <>
            <Amount value={c.cap} />
            <small className="faint block">{c.units === '1' ? t.licence : t.units(number(Number(c.units)))}</small>
          </>,
          <>
            {day(c.setAt)}
            {c.trial ? <small className="faint block">{t.trial}</small> : null}
          </>,
        ])}
      />
    </>
  );
}

function Operating({ of }: { readonly of: NonNullable<DisclosureDocument['operating']> }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const use = useUseClass();
  const o = of.operation;
  return (
    <>
      <Authorisations title={t.held} items={of.authorisations} />
      <Part
        title={t.authorised}
        columns={[t.resources, t.holder, t.updated, t.purposes]}
        rows={of.resources.map((r) => [
          <Link key="r" to={`/resources/${r.resourceId}`}>
            {r.title}
          </Link>,
          r.holder,
          term(r.updateFrequency),
          r.purposes.join('；') || '—',
        ])}
      />
      <Part
        title={t.products}
        columns={[t.product, t.kind, t.use, t.fee, t.cap]}
        rows={of.products.map((p) => [
          <Link key="p" to={`/products/${p.productId}`}>
            {p.title}
          </Link>,
          term(p.kind),
          p.useClasses.map(use).join('、'),
          <>
            <Amount value={p.price} />
            <small className="faint block">{p.calls === null ? t.licence : t.units(number(p.calls))}</small>
          </>,
          p.cap ? <Amount key="c" value={p.cap} /> : '—',
        ])}
      />
      <section className="disclosed">
        <h2>{t.figures}</h2>
        <dl className="facts">
          <dt>{t.orders}</dt>
          <dd>{number(o.orders)}</dd>
          <dt>{t.revenue}</dt>
          <dd>
            <Amount value={o.revenue} />
          </dd>
          <dt>{t.security}</dt>
          <dd>{number(o.securityReports)}</dd>
          <dt>{t.incidents}</dt>
          <dd>{number(o.incidents)}</dd>
          <dt>{t.trainings}</dt>
          <dd>
            {number(o.trainings)} / {number(o.drills)}
          </dd>
          <dt>{t.governance}</dt>
          <dd>
            {number(o.governanceRaised)} ({number(o.governanceAnswered)})
          </dd>
          <dt>{t.violations}</dt>
          <dd>{number(o.violationReports)}</dd>
        </dl>
      </section>
      {o.periods.length > 0 ? (
        <Part
          title={t.periods}
          columns={[t.period, t.cost, t.allowed, t.earned, t.excess]}
          rows={o.periods.map((p) => [
            `${day(p.from)} — ${lastDay(p.until)}`,
            <Amount key="c" value={p.cost} />,
            <Amount key="a" value={p.allowed} />,
            p.revenue ? <Amount key="r" value={p.revenue} /> : '—',
            p.excess ? <Amount key="e" value={p.excess} /> : '—',
          ])}
        />
      ) : null}
    </>
  );
}
