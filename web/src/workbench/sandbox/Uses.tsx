import { useState } from 'react';
import { Link } from 'react-router';
import type { ResourceSummary, SandboxProjectItem, SandboxUse } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { dateTime, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useAll } from '../authorisation/use-all.ts';
import { QueryAnswer } from './History.tsx';
import { useJobWords } from './job-words.ts';
import { ListHead } from './ListHead.tsx';

const WORDS = words(
  {
    title: '我的数据被怎样使用',
    text: '每一次查询和作业，随时更新；点开可以看到运行了什么、公布了什么。',
    live: '每 5 秒更新',
    custody: '查看数据保管情况',
    at: '时间',
    who: '谁',
    table: '数据表',
    code: '运行了什么',
    cells: '公布的数',
    held: '不公布',
    state: '状态',
    project: '项目',
    answered: '已答复',
    repeated: '重复，未计次',
    see: '查看',
    none: '还没有人使用贵方的数据',
    noneText: '数据表授权入箱之后，每次使用都列在这里。',
  },
  {
    title: 'Uses of my data',
    text: 'Every query and job as it happens; open one to see what ran and what came out.',
    live: 'renewed every 5 seconds',
    custody: 'See what is kept of yours',
    at: 'Time',
    who: 'Who',
    table: 'Table',
    code: 'What ran',
    cells: 'Figures told',
    held: 'Withheld',
    state: 'State',
    project: 'Project',
    answered: 'answered',
    repeated: 'repeated, not counted',
    see: 'See',
    none: 'Nobody has used your data yet',
    noneText: 'Once a table is granted to a project, each use of it stands here.',
  },
);

const CODE_SHOWN = 300;

/** A provider's view: what was asked of one's data, and what was told. */
export function Uses() {
  const t = useWords(WORDS);
  const job = useJobWords();
  const [seen, setSeen] = useState<string | null>(null);
  const projects = useAll<SandboxProjectItem>('/sandbox-projects', { part: 'holder' });
  const held = useAll<ResourceSummary>('/resources', { mine: 'held' });
  const sayState = (u: SandboxUse): string =>
    u.kind === 'job' ? job.state(u.state) : u.state === 'repeated' ? t.repeated : t.answered;
  return (
    <>
      <ListHead
        text={
          <>
            {t.text} <Link to="/work/vault">{t.custody}</Link>
          </>
        }
      >
        <span className="live-dot">{t.live}</span>
      </ListHead>
      <div className="uses-list">
        <DataTable<SandboxUse>
          path="/sandbox-uses"
          caption={t.title}
          csvName="sandbox-uses"
          refetchMs={REFETCH_MS}
          rowKey={(u) => u.id}
          filters={[
            {
              name: 'project',
              kind: 'choice',
              label: t.project,
              options: (projects ?? []).map((p) => ({ value: p.id, title: p.title })),
            },
            {
              name: 'resource',
              kind: 'choice',
              label: t.table,
              options: (held ?? []).map((r) => ({ value: r.id, title: r.title })),
            },
          ]}
          empty={<Empty title={t.none}>{t.noneText}</Empty>}
          columns={[
            {
              key: 'at',
              title: t.at,
              render: (u) => (
                <>
                  {dateTime(u.at)}
                  <small className="faint block">
                    <Link to={`/work/sandbox/${u.project.id}`}>{u.project.title}</Link>
                  </small>
                </>
              ),
              csv: (u) => u.at,
            },
            { key: 'who', title: t.who, render: (u) => u.party.name, csv: (u) => u.party.name },
            {
              key: 'table',
              title: t.table,
              render: (u) => (
                <>
                  <code>{u.alias}</code>
                  <small className="faint block">{u.resource.title}</small>
                </>
              ),
              csv: (u) => u.resource.title,
            },
            {
              key: 'code',
              title: t.code,
              render: (u) => <code className="sql-line">{u.code.slice(0, CODE_SHOWN)}</code>,
              csv: (u) => u.code,
            },
            { key: 'cells', title: t.cells, number: true, render: (u) => number(u.cells), csv: (u) => `${u.cells}` },
            {
              key: 'held',
              title: t.held,
              number: true,
              render: (u) => (u.suppressed ? number(u.suppressed.cells) : <span className="faint">—</span>),
              csv: (u) => `${u.suppressed?.cells ?? ''}`,
            },
            { key: 'state', title: t.state, render: sayState, csv: sayState },
            {
              key: 'see',
              title: '',
              render: (u) =>
                u.kind === 'job' ? (
                  <Link className="button" to={`/work/sandbox/jobs/${u.madeId}`}>
                    {t.see}
                  </Link>
                ) : u.kind === 'service' ? null : (
                  <button type="button" className="button" onClick={() => setSeen(u.madeId)}>
                    {t.see}
                  </button>
                ),
            },
          ]}
        />
      </div>
      {seen ? (
        <Drawer title={t.see} onClose={() => setSeen(null)}>
          <QueryAnswer queryId={seen} />
        </Drawer>
      ) : null}
    </>
  );
}

const REFETCH_MS = 5_000;
