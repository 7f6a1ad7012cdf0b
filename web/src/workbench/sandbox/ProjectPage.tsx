import { Link, useLocation, useParams, useSearchParams } from 'react-router';
import type { SandboxProject, SandboxQuery } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded, Skeleton } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, type Done, DoneNote, useDone } from '../shared/acts.tsx';
import { partOf, Tabs } from '../shared/Tabs.tsx';
import { History } from './History.tsx';
import { Jobs } from './Jobs.tsx';
import { Members } from './Members.tsx';
import { QueryPlace } from './QueryPlace.tsx';
import { Requests } from './Requests.tsx';
import { Services } from './Services.tsx';
import { SubmitJob } from './SubmitJob.tsx';
import { Tables } from './Tables.tsx';
import './sandbox.css';

const WORDS = words(
  {
    crumb: '沙箱',
    asked: '查看沙箱项目',
    tables: '数据表',
    query: '查询',
    jobs: '作业',
    services: '查询服务',
    submit: '提交作业',
    history: '历史',
    people: '人员',
    purpose: '目的',
    party: (name: string, at: string) => `${name} · ${at} 设立`,
    open: '进行中',
    closed: '已关闭',
    closedAt: (at: string, reason: string) => `${at} 关闭：${reason}`,
    close: '关闭项目',
    closeText: '关闭后授权随之结束，入箱的数据副本被清除；已公布的结果和历史仍可查看。',
    untrained: '您还不能查询和提交作业：须是项目成员，并有在有效期内的上岗安全培训记录。',
    toPeople: '查看人员与培训',
    receipts: '回执',
    granted: '数据表入箱授权',
  },
  {
    crumb: 'Sandbox',
    asked: 'see the sandbox project',
    tables: 'Tables',
    query: 'Query',
    jobs: 'Jobs',
    services: 'Query services',
    submit: 'Submit a job',
    history: 'History',
    people: 'People',
    purpose: 'Purpose',
    party: (name: string, at: string) => `${name} · opened ${at}`,
    open: 'open',
    closed: 'closed',
    closedAt: (at: string, reason: string) => `Closed ${at}: ${reason}`,
    close: 'Close the project',
    closeText:
      'Its grants end with it and the copies of data in the sandbox are removed; what was released stays readable.',
    untrained: 'You cannot ask or submit yet: only members with a valid security training on record may.',
    toPeople: 'See people and training',
    receipts: 'Receipts',
    granted: 'Grant a table',
  },
);

/** One project: its tables, the place to ask, jobs, what was asked, and who works on it. */
export default function ProjectPage() {
  const t = useWords(WORDS);
  const { projectId = '' } = useParams();
  const project = useRead<SandboxProject>(`/sandbox-projects/${projectId}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/work/sandbox">{t.crumb}</Link>
      </p>
      {project.data ? null : <h1>{project.error ? t.asked : '　'}</h1>}
      <Loaded of={project} asked={t.asked} lines={10}>
        {(p) => <Project project={p} />}
      </Loaded>
    </>
  );
}

function Project({ project: p }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  const { note, tell } = useDone();
  const granted = (useLocation().state as { granted?: string } | null)?.granted;
  const operator = p.part === 'operator';
  const submitting = operator && search.has('new');
  const parts: (readonly [string, string])[] = [
    ['', t.tables],
    ...(operator ? ([['query', t.query]] as const) : []),
    ['jobs', t.jobs],
    ['services', t.services],
    ...(p.part === 'holder' ? [] : ([['history', t.history]] as const)),
    ['people', t.people],
  ];
  const part = partOf(parts, search);
  return (
    <>
      <title>{p.title}</title>
      {note ?? (granted ? <DoneNote done={{ title: t.granted, receiptId: granted }} /> : null)}
      <div className="head-row">
        <h1>{p.title}</h1>
        <span className={`tag ${p.state === 'open' ? 'good' : ''}`}>{t[p.state]}</span>
      </div>
      <p className="sub">{p.purpose}</p>
      <p className="faint small">{t.party(p.party.name, dateTime(p.openedAt))}</p>
      {p.closedAt ? <p className="turn over">{t.closedAt(dateTime(p.closedAt), p.closeReason ?? '')}</p> : null}
      <Tabs parts={parts} />
      {part === '' ? <Overview project={p} own={me?.party.id ?? ''} tell={tell} /> : null}
      {part === 'query' && operator ? <Query project={p} again={search.get('again')} /> : null}
      {part === 'jobs' ? submitting ? <SubmitPlace project={p} /> : <ProjectJobs project={p} /> : null}
      {part === 'services' ? <Services project={p} tell={tell} /> : null}
      {part === 'history' ? <History project={p} /> : null}
      {part === 'people' ? <Members project={p} tell={tell} /> : null}
    </>
  );
}

function Overview(props: { readonly project: SandboxProject; readonly own: string; readonly tell: (d: Done) => void }) {
  const t = useWords(WORDS);
  const { project: p, own, tell } = props;
  return (
    <>
      <Requests project={p} own={own} tell={tell} />
      <Tables project={p} own={own} tell={tell} />
      {p.receipts.length > 0 ? (
        <>
          <h2>{t.receipts}</h2>
          <ReceiptList subject={p.id} receipts={p.receipts} />
        </>
      ) : null}
      {p.part === 'operator' && p.state === 'open' ? (
        <p className="work-gap">
          <ActDrawer
            act="sandbox.close-project"
            label={t.close}
            explain={t.closeText}
            fixed={{ projectId: p.id }}
            version={p.version}
            danger
            quiet
            tell={tell}
          />
        </p>
      ) : null}
    </>
  );
}

function Query({ project: p, again }: { readonly project: SandboxProject; readonly again: string | null }) {
  const query = useRead<SandboxQuery>(again ? `/sandbox-queries/${again}` : null);
  if (again && !query.data && !query.error) return <Skeleton lines={6} height={18} />;
  return (
    <>
      <Untrained project={p} />
      {p.state === 'open' ? <QueryPlace key={again ?? ''} project={p} asked={query.data?.sql ?? null} /> : null}
    </>
  );
}

function ProjectJobs({ project: p }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  return (
    <>
      {p.part === 'operator' && p.state === 'open' ? (
        <p className="work-gap">
          <Link className="button primary" to="?part=jobs&new=1">
            {t.submit}
          </Link>
        </p>
      ) : null}
      <Jobs projectId={p.id} />
    </>
  );
}

function SubmitPlace({ project: p }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  return (
    <div className="work-gap">
      <h2>{t.submit}</h2>
      <Untrained project={p} />
      <SubmitJob project={p} />
    </div>
  );
}

function Untrained({ project: p }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  return p.state === 'open' && !p.mayAsk ? (
    <p className="turn work-gap">
      {t.untrained} <Link to="?part=people">{t.toPeople}</Link>
    </p>
  ) : null;
}
