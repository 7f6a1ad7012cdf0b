import { Link } from 'react-router';
import type { SandboxJobItem } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { JOB_STATES, jobLook, useJobWords } from './job-words.ts';

const WORDS = words(
  {
    title: '作业',
    submitted: '提交',
    what: '成果',
    tables: '数据表',
    party: '提交单位',
    state: '状态',
    none: '还没有作业',
    noneText: '在线查询答不了的，写成 SQL 或 Python 提交；只有声明过的成果，经自动检查和持有单位审查后才出来。',
    noReview: '没有等待贵方审查的成果',
    noReviewText: '用到贵方数据的作业运行完、通过自动检查后，会在这里等贵方决定。',
  },
  {
    title: 'Jobs',
    submitted: 'Submitted',
    what: 'Output',
    tables: 'Tables',
    party: 'Submitted by',
    state: 'State',
    none: 'No job yet',
    noneText:
      'What the queries cannot answer you submit as SQL or Python: only the declared output comes out, after automatic checks and a review by the holders.',
    noReview: 'No output waits for your review',
    noReviewText: 'Once a job on your data has run and passed the automatic checks, it waits here for your decision.',
  },
);

const REFETCH_MS = 5_000;

/** Jobs of a project, or those that wait for one's own review. */
export function Jobs({ projectId, review }: { readonly projectId?: string; readonly review?: boolean }) {
  const t = useWords(WORDS);
  const job = useJobWords();
  return (
    <DataTable<SandboxJobItem>
      path="/sandbox-jobs"
      query={{ projectId, waiting: review ? 'review' : undefined }}
      caption={t.title}
      csvName="sandbox-jobs"
      refetchMs={REFETCH_MS}
      rowKey={(j) => j.id}
      filters={
        review
          ? []
          : [
              {
                name: 'state',
                kind: 'choice',
                label: t.state,
                options: JOB_STATES.map((value) => ({ value, title: job.state(value) })),
              },
            ]
      }
      empty={<Empty title={review ? t.noReview : t.none}>{review ? t.noReviewText : t.noneText}</Empty>}
      columns={[
        {
          key: 'submitted',
          title: t.submitted,
          render: (j) => <Link to={`/work/sandbox/jobs/${j.id}`}>{dateTime(j.submittedAt)}</Link>,
          csv: (j) => j.submittedAt,
        },
        { key: 'party', title: t.party, render: (j) => j.party.name, csv: (j) => j.party.name },
        {
          key: 'what',
          title: t.what,
          render: (j) => `${job.kind(j.kind)} · ${j.language === 'sql' ? 'SQL' : 'Python'}`,
          csv: (j) => `${j.kind} ${j.language}`,
        },
        {
          key: 'tables',
          title: t.tables,
          render: (j) => <code>{j.tables.join(', ')}</code>,
          csv: (j) => j.tables.join(' '),
        },
        {
          key: 'state',
          title: t.state,
          render: (j) => (
            <>
              <span className={`tag ${jobLook(j.state)}`}>{job.state(j.state)}</span>
              {j.failure ? <small className="faint block">{job.why(j.failure)}</small> : null}
            </>
          ),
          csv: (j) => j.state,
        },
      ]}
    />
  );
}
