import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { SandboxJob } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { bytes, dateTime, number } from '../../shared/format.ts';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { StepsBar } from '../../shared/StepsBar.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { holdsAny } from '../roles.ts';
import { ActButton, ActDrawer, type Done, useDone } from '../shared/acts.tsx';
import { Declaration } from './Declaration.tsx';
import { CodeEditor } from './editor/CodeEditor.tsx';
import { JobOutput } from './JobOutput.tsx';
import { checkLook, jobGoesOn, jobLook, useJobWords } from './job-words.ts';
import './sandbox.css';

const WORDS = words(
  {
    crumb: '沙箱',
    project: '项目',
    asked: '查看作业',
    title: (kind: string) => `作业：${kind}`,
    by: (party: string, name: string, at: string) => `${party}${name ? ` ${name}` : ''} · ${at} 提交`,
    code: '代码',
    hash: '程序摘要',
    inputs: '用到的表',
    declared: '声明的成果',
    checks: '自动检查',
    noChecks: '运行结束后在这里列出。',
    differences: '与以前放行成果的差别',
    noDifferences: '没有可以相减的不同。',
    changed: (n: string, small: string) => `${n} 个数不同，其中 ${small} 个计数只差少数个体。`,
    key: '分组',
    column: '字段',
    before: '以前',
    now: '这次',
    output: '成果',
    reviews: '审查',
    pending: '待决定',
    release: '放行',
    released: '放行',
    reject: '不予放行',
    releaseText: '放行后提交单位即可查看和导出；放行收不回。',
    rejectText: '成果随即删除；请说明理由，提交单位会看到。',
    cancel: '取消作业',
    sureCancel: '运行中的程序立即停止，什么也不保留；已计的次数不退。',
    component: '登记为数据元件',
    componentText: '放行的成果成为一项数据资源，来源一并登记，可以加工成产品、评估和挂牌。',
    toResource: '查看数据元件',
    log: '程序输出（仅数据持有单位可见）',
    spent: (cpu: string, memory: string) => `处理器 ${cpu} 秒，内存峰值 ${memory}`,
    attempts: (n: number) => `第 ${n} 次运行`,
    receipts: '回执',
    self: '您自己提交的作业须由另一人审查。',
    yours: '轮到贵方审查：先看代码和用到的表，再看检查、差别和成果。',
    waitingOthers: (names: string) => `等待审查：${names}`,
  },
  {
    crumb: 'Sandbox',
    project: 'Project',
    asked: 'see the job',
    title: (kind: string) => `Job: ${kind}`,
    by: (party: string, name: string, at: string) => `${party}${name ? `, ${name}` : ''} · submitted ${at}`,
    code: 'Code',
    hash: 'Digest of the program',
    inputs: 'Tables that go in',
    declared: 'Declared output',
    checks: 'Automatic checks',
    noChecks: 'They stand here once it has run.',
    differences: 'Differences to earlier outputs',
    noDifferences: 'Nothing that could be subtracted.',
    changed: (n: string, small: string) => `${n} numbers differ; ${small} counts by a few entities only.`,
    key: 'Group',
    column: 'Column',
    before: 'Before',
    now: 'Now',
    output: 'Output',
    reviews: 'Review',
    pending: 'undecided',
    release: 'Release',
    released: 'released',
    reject: 'Do not release',
    releaseText: 'Once released, the party sees and exports it; it cannot be taken back.',
    rejectText: 'The output is removed at once. Say why; the party will read it.',
    cancel: 'Cancel the job',
    sureCancel: 'The program stops at once and nothing is kept; the use that was counted stays counted.',
    component: 'Register as a component',
    componentText:
      'The released output becomes a resource with its lineage, to be made into a product, assessed and listed.',
    toResource: 'See the component',
    log: 'What the program printed (for the holder of the data alone)',
    spent: (cpu: string, memory: string) => `${cpu} s of processor, ${memory} of memory at most`,
    attempts: (n: number) => `run ${n}`,
    receipts: 'Receipts',
    self: 'Somebody else reviews a job that you submitted.',
    yours: 'Yours to review: first the code and the tables, then checks, differences and output.',
    waitingOthers: (names: string) => `Waits for the review of ${names}`,
  },
);

const REFETCH_MS = 2_000;

/** A job for whoever submitted it and for its reviewers: code at the left, what comes out at the right. */
export default function JobPage() {
  const t = useWords(WORDS);
  const { jobId = '' } = useParams();
  const [live, setLive] = useState(true);
  const job = useRead<SandboxJob>(`/sandbox-jobs/${jobId}`, {}, live ? { refetchMs: REFETCH_MS } : {});
  const goesOn = job.data ? jobGoesOn(job.data.state) : true;
  if (live !== goesOn) setLive(goesOn);
  return (
    <>
      <p className="crumbs">
        <Link to="/work/sandbox">{t.crumb}</Link>
        {job.data ? (
          <>
            {' / '}
            <Link to={`/work/sandbox/${job.data.projectId}?part=jobs`}>{t.project}</Link>
          </>
        ) : null}
      </p>
      {job.data ? null : <h1>{job.error ? t.asked : '　'}</h1>}
      <Loaded of={job} asked={t.asked} lines={10}>
        {(j) => <Job job={j} />}
      </Loaded>
    </>
  );
}

const PATH = ['queued', 'running', 'checking', 'review', 'released'] as const;

function Job({ job: j }: { readonly job: SandboxJob }) {
  const t = useWords(WORDS);
  const say = useJobWords();
  const { note, tell } = useDone();
  const at = (PATH as readonly string[]).indexOf(j.state);
  const stopped = at < 0;
  const waiting = j.reviews.filter((r) => r.decision === null).map((r) => r.holder.name);
  return (
    <>
      <title>{t.title(say.kind(j.kind))}</title>
      {note}
      <div className="head-row">
        <h1>{t.title(say.kind(j.kind))}</h1>
        <span className={`tag ${jobLook(j.state)}`}>{say.state(j.state)}</span>
      </div>
      <p className="faint">
        {t.by(j.party.name, j.submittedBy.name, dateTime(j.submittedAt))}
        {j.attempts > 1 ? ` · ${t.attempts(j.attempts)}` : ''}
        {j.cpuMs !== null && j.memoryBytes !== null
          ? ` · ${t.spent(number(j.cpuMs / 1000), bytes(j.memoryBytes))}`
          : ''}
      </p>
      {stopped ? (
        <p className={`turn ${j.state === 'cancelled' ? 'over' : 'late'}`}>{say.why(j.failure)}</p>
      ) : (
        <StepsBar
          steps={PATH.map((s, i) => ({
            title: say.state(s),
            state: i < at || j.state === 'released' ? 'done' : i === at ? 'now' : 'next',
          }))}
        />
      )}
      {j.mayDecide ? <p className="turn mine">{t.yours}</p> : null}
      {j.state === 'review' && !j.mayDecide ? (
        <p className="turn">
          {j.part === 'reviewer' && j.submittedBy.self ? t.self : t.waitingOthers(waiting.join('、'))}
        </p>
      ) : null}
      <div className="review-place">
        <div>
          <Left job={j} />
        </div>
        <div>
          <Right job={j} tell={tell} />
        </div>
      </div>
    </>
  );
}

function Left({ job: j }: { readonly job: SandboxJob }) {
  const t = useWords(WORDS);
  return (
    <>
      <h2>
        {t.code} <span className="tag">{j.language === 'sql' ? 'SQL' : 'Python'}</span>
      </h2>
      <CodeEditor language={j.language} label={t.code} value={j.code} readOnly />
      <p className="faint small hash">
        {t.hash} <code>{j.programHash}</code>
      </p>
      <h2>{t.inputs}</h2>
      <ul className="sandbox-lines work-inline">
        {j.inputs.map((i) => (
          <li key={i.grantId}>
            <code>{i.alias}</code> <Link to={`/resources/${i.resourceId}`}>{i.title}</Link>{' '}
            <small className="faint">{i.holder.name}</small>
          </li>
        ))}
      </ul>
      <h2>{t.declared}</h2>
      <Declaration output={j.output} />
      {j.log ? (
        <details className="fold">
          <summary>{t.log}</summary>
          <pre className="code-shown">{j.log}</pre>
        </details>
      ) : null}
    </>
  );
}

function Right({ job: j, tell }: { readonly job: SandboxJob; readonly tell: (d: Done) => void }) {
  const t = useWords(WORDS);
  const words = useJobWords();
  const say = useSay();
  return (
    <>
      <h2>{t.checks}</h2>
      {j.checks.length === 0 ? <p className="faint">{t.noChecks}</p> : null}
      <ul className="checks">
        {j.checks.map((c) => (
          <li key={c.check}>
            <span className={`tag ${checkLook(c.result)}`}>{words.result(c.result)}</span>
            <span>
              {words.check(c.check)}
              {c.text ? <small className="faint block">{say(c.text)}</small> : null}
            </span>
          </li>
        ))}
      </ul>
      {j.differences ? <Differences differences={j.differences} /> : null}
      <h2>{t.output}</h2>
      {j.withheld ? <p className="faint">{say(j.withheld)}</p> : null}
      {j.content ? <JobOutput content={j.content} output={j.output} fileName={j.outputId ?? j.id} /> : null}
      <Reviews job={j} />
      <Acts job={j} tell={tell} />
      {j.receipts.length > 0 ? (
        <>
          <h2>{t.receipts}</h2>
          <ReceiptList subject={j.id} receipts={j.receipts} />
        </>
      ) : null}
    </>
  );
}

function Differences({ differences }: { readonly differences: NonNullable<SandboxJob['differences']> }) {
  const t = useWords(WORDS);
  return (
    <>
      <h2>{t.differences}</h2>
      {differences.length === 0 ? <p className="faint">{t.noDifferences}</p> : null}
      {differences.map((d) => (
        <div key={d.outputId}>
          <p>
            <code>{d.outputId}</code> {t.changed(number(d.changed), number(d.small))}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
          <section className="scroll" aria-label={`${t.differences} ${d.outputId}`} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.key}</th>
                  <th scope="col">{t.column}</th>
                  <th scope="col" className="number">
                    {t.before}
                  </th>
                  <th scope="col" className="number">
                    {t.now}
                  </th>
                </tr>
              </thead>
              <tbody>
                {d.examples.map((e) => (
                  <tr key={`${e.key}${e.column}`}>
                    <td>{e.key}</td>
                    <td>
                      <code>{e.column}</code>
                    </td>
                    <td className="number">{String(e.before ?? '—')}</td>
                    <td className="number">{String(e.now ?? '—')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
      ))}
    </>
  );
}

function Reviews({ job: j }: { readonly job: SandboxJob }) {
  const t = useWords(WORDS);
  if (j.reviews.length === 0) return null;
  return (
    <>
      <h2>{t.reviews}</h2>
      <ul className="checks">
        {j.reviews.map((r) => (
          <li key={r.holder.id}>
            <span className={`tag ${r.decision === 'release' ? 'good' : r.decision === 'reject' ? 'bad' : 'wait'}`}>
              {r.decision === 'release' ? t.released : r.decision === 'reject' ? t.reject : t.pending}
            </span>
            <span>
              {r.holder.name}
              {r.decidedAt ? <small className="faint block">{dateTime(r.decidedAt)}</small> : null}
              {r.reason ? <span className="block-text">{r.reason}</span> : null}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const SELLERS: readonly string[] = ['operating-unit', 'data-merchant'];

function Acts({ job: j, tell }: { readonly job: SandboxJob; readonly tell: (d: Done) => void }) {
  const t = useWords(WORDS);
  const me = useMe();
  const mayRegister =
    j.part === 'operator' && j.outputId !== null && j.resourceId === null && holdsAny(me?.roles ?? [], SELLERS);
  return (
    <div className="buttons work-gap">
      {j.mayDecide ? (
        <>
          <ActDrawer
            act="sandbox.release"
            label={t.release}
            explain={t.releaseText}
            fixed={{ jobId: j.id, decision: 'release' }}
            submit={t.release}
            primary
            tell={tell}
            done={t.release}
          />
          <ActDrawer
            act="sandbox.release"
            label={t.reject}
            explain={t.rejectText}
            fixed={{ jobId: j.id, decision: 'reject' }}
            needed={['reason']}
            submit={t.reject}
            danger
            tell={tell}
            done={t.reject}
          />
        </>
      ) : null}
      {j.resourceId ? (
        <Link className="button" to={`/resources/${j.resourceId}`}>
          {t.toResource}
        </Link>
      ) : null}
      {mayRegister ? (
        <ActDrawer
          act="sandbox.to-component"
          label={t.component}
          explain={t.componentText}
          fixed={{ outputId: j.outputId }}
          initial={{
            columns: (j.content?.columns ?? []).map((c) => ({ name: c.name, titleZh: c.name })),
          }}
          tell={tell}
        />
      ) : null}
      {j.mayCancel && j.part === 'operator' ? (
        <ActButton act="sandbox.cancel" input={{ jobId: j.id }} label={t.cancel} confirm={t.sureCancel} tell={tell} />
      ) : null}
    </div>
  );
}
