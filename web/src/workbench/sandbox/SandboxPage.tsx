import { Link, useSearchParams } from 'react-router';
import type { Page, SandboxAvailability, SandboxProjectItem } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { day, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { holdsAny } from '../roles.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { partOf, Tabs } from '../shared/Tabs.tsx';
import { Jobs } from './Jobs.tsx';
import { JointList } from './joint/JointList.tsx';
import { JOINT_ROLES } from './joint/joint-words.ts';
import { SANDBOX_HOLDERS, SANDBOX_OPERATORS } from './roles.ts';
import { Uses } from './Uses.tsx';
import './sandbox.css';
import './joint/joint.css';

const WORDS = words(
  {
    title: '数据沙箱',
    text: '数据可用不可见：查询和程序进到数据所在处运行，只有经披露控制或审核的结果出来。',
    projects: '项目',
    uses: '我的数据被怎样使用',
    review: '待我审查',
    joint: '联合计算',
    open: '设立项目',
    openText: '先说明目的和成员；数据表随后向持有单位申请。',
    members: '成员',
    project: '项目',
    party: '单位',
    tables: '数据表',
    waiting: '待授权',
    since: '设立',
    state: '状态',
    opened: '进行中',
    closed: '已关闭',
    none: '还没有沙箱项目',
    noneOperator: '设立一个项目，说明目的和成员，再申请数据表入箱。',
    noneHolder: '有运营单位申请使用贵方的数据表时，项目会列在这里。',
    part: '关系',
    operator: '我的项目',
    holder: '用到我的数据',
    noPython: '本机不能隔离运行 Python：',
    noSql: '本机不能隔离运行查询：',
  },
  {
    title: 'Data sandbox',
    text: 'Usable, not visible: queries and programs run where the data are, and only results that passed disclosure control or a review come out.',
    projects: 'Projects',
    uses: 'Uses of my data',
    review: 'To be reviewed',
    joint: 'Joint computation',
    open: 'Open a project',
    openText: 'Say what for and who; then ask the holders for tables.',
    members: 'Members',
    project: 'Project',
    party: 'Party',
    tables: 'Tables',
    waiting: 'To be granted',
    since: 'Since',
    state: 'State',
    opened: 'open',
    closed: 'closed',
    none: 'No sandbox project yet',
    noneOperator: 'Open a project with its purpose and people, then ask for tables.',
    noneHolder: 'When an operating unit asks for a table of yours, its project stands here.',
    part: 'Which',
    operator: 'of my party',
    holder: 'with my data',
    noPython: 'Python cannot be run in isolation on this host: ',
    noSql: 'Queries cannot be run in isolation on this host: ',
  },
);

interface Person {
  readonly id: string;
  readonly displayName: string;
}

/** Projects one works in or has data in, and what happens to one's data. */
export default function SandboxPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  const roles = me?.roles ?? [];
  const operates = holdsAny(roles, SANDBOX_OPERATORS);
  const holds = holdsAny(roles, SANDBOX_HOLDERS);
  const { note, tell } = useDone();
  const admin = roles.includes('party-admin');
  const people = useRead<Page<Person>>(admin ? '/people' : null, { limit: 100 });
  const self = me ? [{ id: me.person.id, displayName: me.person.displayName }] : [];
  const members = people.data?.items ?? self;
  const parts: (readonly [string, string])[] = [
    ['', t.projects],
    ...(holds
      ? ([
          ['review', t.review],
          ['uses', t.uses],
        ] as const)
      : []),
    ...(holdsAny(roles, JOINT_ROLES) ? ([['joint', t.joint]] as const) : []),
  ];
  const part = partOf(parts, search);
  return (
    <>
      <title>{t.title}</title>
      {note}
      <div className="head-row">
        <h1>{t.title}</h1>
        {operates && part === '' ? (
          <ActDrawer
            act="sandbox.open-project"
            label={t.open}
            explain={t.openText}
            options={{ memberIds: members.map((p) => ({ value: p.id, title: p.displayName })) }}
            initial={{ memberIds: me ? [me.person.id] : [] }}
            titles={{ memberIds: t.members }}
            primary
            tell={tell}
          />
        ) : null}
      </div>
      <p className="sub">{t.text}</p>
      <Availability />
      {parts.length > 1 ? <Tabs parts={parts} /> : null}
      {part === '' ? <Projects operates={operates} holds={holds} /> : null}
      {part === 'review' ? <Jobs review /> : null}
      {part === 'uses' ? <Uses /> : null}
      {part === 'joint' ? <JointList /> : null}
    </>
  );
}

/** What this host cannot run, said before somebody writes code for it. */
function Availability() {
  const t = useWords(WORDS);
  const say = useSay();
  const { data } = useRead<SandboxAvailability>('/sandbox-availability', {}, { staleMs: 60_000 });
  if (!data || (data.sql && data.python)) return null;
  return (
    <p className="turn work-gap">
      {data.sql ? t.noPython : t.noSql}
      {say(data.reason)}
    </p>
  );
}

function Projects({ operates, holds }: { readonly operates: boolean; readonly holds: boolean }) {
  const t = useWords(WORDS);
  return (
    <DataTable<SandboxProjectItem>
      path="/sandbox-projects"
      caption={t.projects}
      csvName="sandbox-projects"
      rowKey={(p) => p.id}
      filters={[
        ...(operates && holds
          ? [
              {
                name: 'part',
                kind: 'choice' as const,
                label: t.part,
                options: (['operator', 'holder'] as const).map((value) => ({ value, title: t[value] })),
              },
            ]
          : []),
        {
          name: 'state',
          kind: 'choice',
          label: t.state,
          options: [
            { value: 'open', title: t.opened },
            { value: 'closed', title: t.closed },
          ],
        },
      ]}
      empty={<Empty title={t.none}>{operates ? t.noneOperator : t.noneHolder}</Empty>}
      columns={[
        {
          key: 'project',
          title: t.project,
          render: (p) => (
            <>
              <Link to={`/work/sandbox/${p.id}`}>{p.title}</Link>
              <small className="faint block one-line">{p.purpose}</small>
            </>
          ),
          csv: (p) => p.title,
        },
        { key: 'party', title: t.party, render: (p) => p.party.name, csv: (p) => p.party.name },
        { key: 'tables', title: t.tables, number: true, render: (p) => number(p.tables), csv: (p) => `${p.tables}` },
        {
          key: 'waiting',
          title: t.waiting,
          number: true,
          render: (p) =>
            p.waiting > 0 ? <span className="tag wait">{number(p.waiting)}</span> : <span className="faint">—</span>,
          csv: (p) => `${p.waiting}`,
        },
        { key: 'since', title: t.since, render: (p) => day(p.openedAt), csv: (p) => p.openedAt },
        {
          key: 'state',
          title: t.state,
          render: (p) => (
            <span className={`tag ${p.state === 'open' ? 'good' : ''}`}>
              {p.state === 'open' ? t.opened : t.closed}
            </span>
          ),
          csv: (p) => (p.state === 'open' ? t.opened : t.closed),
        },
      ]}
    />
  );
}
