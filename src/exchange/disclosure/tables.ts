import { yuan } from '../../kernel/ledger/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { USE_CLASS_TITLES } from '../authorisation/index.ts';
import type { Disclosure } from './model.ts';

/** One part of a disclosure, as a table people can read. */
export interface Table {
  readonly name: string;
  readonly title: Text;
  readonly columns: readonly Text[];
  readonly rows: readonly (readonly string[])[];
}

const day = (at: string | null): string =>
  at === null ? '' : new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);
const money = (amount: { readonly amountFen: string } | null): string =>
  amount === null ? '' : yuan(BigInt(amount.amountFen));
const both = ({ zh, en }: Text): string => `${zh} ${en}`;

/** The parts of a disclosure in the order of the notice. */
export function tablesOf({ party, implementing, operating }: Disclosure): Table[] {
  const tables: Table[] = [
    {
      name: 'party',
      title: text('披露单位', 'Who discloses'),
      columns: [
        text('名称', 'Name'),
        text('统一社会信用代码', 'Credit code'),
        text('法定代表人或主要负责人', 'Legal representative'),
      ],
      rows: [[party.name, party.uscc, party.legalRepresentative]],
    },
  ];
  if (implementing) {
    tables.push(
      authorisations('authorisations-given', text('公共数据资源授权信息', 'Authorisations given'), implementing),
    );
    tables.push({
      name: 'caps',
      title: text('公共数据运营服务费上限收费标准', 'Price caps'),
      columns: [
        text('产品', 'Product'),
        text('运营机构', 'Operating unit'),
        text('上限', 'Cap'),
        text('计费数量', 'For how many'),
        text('试行', 'On trial'),
        text('制定日期', 'Set on'),
      ],
      rows: implementing.caps.map((c) => [
        c.product,
        c.operator.name,
        money(c.cap),
        c.units,
        c.trial ? '是 yes' : '否 no',
        day(c.setAt),
      ]),
    });
  }
  if (operating) {
    tables.push(authorisations('authorisations-held', text('获得的授权', 'Authorisations held'), operating));
    tables.push(
      {
        name: 'resources',
        title: text('已获授权的公共数据资源', 'Resources authorised'),
        columns: [
          text('资源', 'Resource'),
          text('数据提供单位', 'Provider'),
          text('领域', 'Sector'),
          text('级别', 'Grade'),
          text('更新频率', 'Updated'),
          text('获准用途', 'Purposes granted'),
        ],
        rows: operating.resources.map((r) => [
          r.title,
          r.holder,
          r.sector,
          r.grade,
          r.updateFrequency,
          r.purposes.join('；'),
        ]),
      },
      {
        name: 'products',
        title: text('产品和服务清单与具体收费标准', 'Products, services and actual fees'),
        columns: [
          text('产品', 'Product'),
          text('形态', 'Kind'),
          text('用途类别', 'Kind of use'),
          text('收费', 'Fee'),
          text('调用次数', 'Calls'),
          text('上限', 'Cap'),
          text('挂牌日期', 'Listed on'),
        ],
        rows: operating.products.map((p) => [
          p.title,
          p.kind,
          p.useClasses.map((c) => both(USE_CLASS_TITLES[c])).join('；'),
          money(p.price),
          p.calls === null ? '' : String(p.calls),
          money(p.cap),
          day(p.listedAt),
        ]),
      },
      figures(operating.operation),
      periods(operating.operation),
    );
  }
  return tables;
}

const authorisations = (
  name: string,
  title: Text,
  { authorisations: items }: Pick<NonNullable<Disclosure['implementing']>, 'authorisations'>,
): Table => ({
  name,
  title,
  columns: [
    text('实施机构', 'Implementing body'),
    text('运营机构', 'Operating unit'),
    text('授权方式', 'Mode'),
    text('资源数', 'Resources'),
    text('起', 'From'),
    text('止', 'Until'),
    text('备案号', 'Filing number'),
    text('状态', 'State'),
    text('评估合格／不合格', 'Evaluations passed / failed'),
  ],
  rows: items.map((a) => [
    a.authoriser.name,
    a.operator.name,
    both(a.mode),
    String(a.resources),
    day(a.validFrom),
    day(a.validUntil),
    a.filingNumber ?? '',
    both(a.state),
    `${a.evaluationsPassed} / ${a.evaluationsFailed}`,
  ]),
});

type Operation = NonNullable<Disclosure['operating']>['operation'];
const figures = (o: Operation): Table => ({
  name: 'operation',
  title: text('年度运营情况', 'The year in figures'),
  columns: [text('项目', 'What'), text('数值', 'Figure')],
  rows: [
    ['成交订单 Orders cleared', String(o.orders)],
    ['运营服务费收入 Revenue', money(o.revenue)],
    ['安全报告 Security reports', String(o.securityReports)],
    ['安全事件 Incidents', String(o.incidents)],
    ['安全培训 Trainings', String(o.trainings)],
    ['应急演练 Drills', String(o.drills)],
    ['数据治理需求提出／答复 Governance demands raised / answered', `${o.governanceRaised} / ${o.governanceAnswered}`],
    ['违规举报 Reports of violations', String(o.violationReports)],
  ],
});

const periods = (o: Operation): Table => ({
  name: 'allowed-revenue',
  title: text('成本与最高准许收入', 'Costs and allowed revenue'),
  columns: [
    text('起', 'From'),
    text('止', 'Until'),
    text('经营成本', 'Costs'),
    text('政府补助', 'Subsidy'),
    text('最高准许收入', 'Allowed revenue'),
    text('实际收入', 'Revenue'),
    text('超收（下一周期扣减）', 'Excess, deducted next'),
  ],
  rows: o.periods.map((p) => [
    day(p.from),
    day(p.until),
    money(p.cost),
    money(p.subsidy),
    money(p.allowed),
    money(p.revenue),
    money(p.excess),
  ]),
});
