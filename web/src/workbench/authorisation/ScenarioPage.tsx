import { Link, useParams } from 'react-router';
import type { DictionaryColumn, Page, Resource, Scenario } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { stateLook } from '../../portal/authorisation/operation-state.ts';
import { dateTime, number } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { CaseFrame } from '../cases/CaseFrame.tsx';
import { useColumnTitle } from './ColumnPicker.tsx';
import { useRowWords } from './parts.tsx';
import { Rights } from './Rights.tsx';
import './authorisation.css';

const WORDS = words(
  {
    crumb: '公共数据授权运营',
    list: '数据申请',
    asked: '查看数据申请',
    gone: '没有这件数据申请，或者与贵方无关。',
    resource: '数据资源',
    operator: '运营单位',
    scenario: '场景内容',
    feasibility: '可行性',
    value: '经济或社会价值',
    purpose: '使用目的',
    columns: '申请的字段',
    columnsOf: (n: number, of: number) => `${n} 个，资源共 ${of} 个`,
    sensitive: '敏感',
    rows: '行范围',
    until: '使用期限至',
    rowsMax: '每次行数上限',
    usesMax: '使用次数上限',
    unlimited: '不限',
    approvals: '已同意',
    reason: '审核结论',
    approve: '逐个字段判断是否为本场景所必需；须主管部门与数据提供单位都同意，使用权才开始。',
    refuse: '写明理由，申请单位可以修改后重新申请。',
    withdraw: '撤回后可以重新提出申请。',
    right: '使用权',
    live: '有效',
    suspended: '已暂停',
    ended: '已终止',
    rights: '使用权与剩余',
  },
  {
    crumb: 'Authorised operation',
    list: 'Data applications',
    asked: 'see the application for data',
    gone: 'There is no such application, or it does not concern you.',
    resource: 'Resource',
    operator: 'Operating unit',
    scenario: 'The scenario',
    feasibility: 'Feasibility',
    value: 'Economic or social value',
    purpose: 'Purpose',
    columns: 'Columns asked for',
    columnsOf: (n: number, of: number) => `${n} of ${of}`,
    sensitive: 'sensitive',
    rows: 'Rows',
    until: 'Use until',
    rowsMax: 'Rows each time, at most',
    usesMax: 'Uses, at most',
    unlimited: 'no limit',
    approvals: 'Approved by',
    reason: 'Conclusion',
    approve:
      'Ask of each column whether this scenario needs it. The right begins once both the data authority and the provider have approved.',
    refuse: 'Say why; the applicant may change it and apply again.',
    withdraw: 'You may apply again afterwards.',
    right: 'Right to use',
    live: 'live',
    suspended: 'suspended',
    ended: 'ended',
    rights: 'The right and what is left',
  },
);

export default function ScenarioPage() {
  const t = useWords(WORDS);
  const { scenarioId = '' } = useParams();
  const query = useRead<Page<Scenario>>('/scenarios', { id: scenarioId });
  const scenario = query.data?.items[0];
  if (scenario) return <Shown scenario={scenario} />;
  return (
    <>
      <h1>{query.data || query.error ? t.asked : '　'}</h1>
      <Loaded of={query} asked={t.asked} lines={10}>
        {() => <p className="empty">{t.gone}</p>}
      </Loaded>
    </>
  );
}

function Shown({ scenario: s }: { readonly scenario: Scenario }) {
  const t = useWords(WORDS);
  return (
    <CaseFrame
      caseId={s.caseId}
      title={s.title}
      crumbs={[
        { title: t.crumb, to: '/work/authorisation' },
        { title: t.list, to: '/work/authorisation?part=scenarios' },
      ]}
      forms={{
        'scenario.approve': { explain: t.approve },
        'scenario.refuse': { explain: t.refuse, danger: true },
        'scenario.withdraw': { explain: t.withdraw, danger: true },
      }}
      facts={<Facts scenario={s} />}
      below={
        s.right ? (
          <section className="operation-section" aria-label={t.rights}>
            <h2>{t.rights}</h2>
            <Rights scenarioId={s.id} />
          </section>
        ) : null
      }
    />
  );
}

function Facts({ scenario: s }: { readonly scenario: Scenario }) {
  const t = useWords(WORDS);
  const rowWords = useRowWords();
  const titleOf = useColumnTitle();
  const { data: resource } = useRead<Resource>(`/resources/${s.resource.id}`);
  const dictionary = new Map((resource?.dictionary ?? []).map((c) => [c.name, c]));
  const title = (name: string) => {
    const column = dictionary.get(name);
    return column ? titleOf(column) : name;
  };
  const limit = (n: number | null) => (n === null ? t.unlimited : number(n));
  return (
    <dl className="facts">
      <dt>{t.resource}</dt>
      <dd>
        <Link to={`/resources/${s.resource.id}`}>{s.resource.title}</Link>
        <small className="faint block">{s.provider.name}</small>
      </dd>
      <dt>{t.operator}</dt>
      <dd>
        <Link to={`/parties/${s.operator.id}`}>{s.operator.name}</Link>
      </dd>
      <dt>{t.scenario}</dt>
      <dd className="announcement-text">{s.scenario}</dd>
      <dt>{t.feasibility}</dt>
      <dd className="announcement-text">{s.feasibility}</dd>
      <dt>{t.value}</dt>
      <dd className="announcement-text">{s.value}</dd>
      <dt>{t.purpose}</dt>
      <dd>{s.purpose}</dd>
      <dt>{t.columns}</dt>
      <dd>
        <AskedColumns columns={s.columns} dictionary={dictionary} title={title} />
        {resource ? (
          <small className="faint block">{t.columnsOf(s.columns.length, resource.dictionary.length)}</small>
        ) : null}
      </dd>
      <dt>{t.rows}</dt>
      <dd>
        {rowWords(s.rowFilter, title).map((line) => (
          <span key={line} className="block-text">
            {line}
          </span>
        ))}
      </dd>
      <dt>{t.until}</dt>
      <dd>{dateTime(s.validUntil)}</dd>
      <dt>{t.rowsMax}</dt>
      <dd>{limit(s.rowsMax)}</dd>
      <dt>{t.usesMax}</dt>
      <dd>{limit(s.usesMax)}</dd>
      {s.approvals.length > 0 ? (
        <>
          <dt>{t.approvals}</dt>
          <dd>{s.approvals.map((p) => p.name).join('、')}</dd>
        </>
      ) : null}
      {s.reason ? (
        <>
          <dt>{t.reason}</dt>
          <dd className="announcement-text">{s.reason}</dd>
        </>
      ) : null}
      {s.right ? (
        <>
          <dt>{t.right}</dt>
          <dd>
            <span className={`tag ${stateLook(s.right.state)}`}>{t[s.right.state]}</span>
          </dd>
        </>
      ) : null}
    </dl>
  );
}

function AskedColumns(props: {
  readonly columns: readonly string[];
  readonly dictionary: ReadonlyMap<string, DictionaryColumn>;
  readonly title: (name: string) => string;
}) {
  const t = useWords(WORDS);
  return (
    <ul className="asked-columns">
      {props.columns.map((name) => (
        <li key={name} className={`tag ${props.dictionary.get(name)?.sensitive ? 'wait' : ''}`} title={name}>
          {props.title(name)}
          {props.dictionary.get(name)?.sensitive ? ` · ${t.sensitive}` : ''}
        </li>
      ))}
    </ul>
  );
}
