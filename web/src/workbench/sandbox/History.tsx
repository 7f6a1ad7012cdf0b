import { useState } from 'react';
import { Link } from 'react-router';
import { get, type Page, Problem, type SandboxProject, type SandboxQuery, type SandboxQueryItem } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { saveFile } from '../../shared/csv.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { dateTime, number } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { markdownOf, type Noted, notebookOf } from './notebook.ts';
import { Result } from './Result.tsx';
import { countMarks } from './result-model.ts';
import { SuppressionLegend } from './Suppressed.tsx';

const WORDS = words(
  {
    title: '查询历史',
    at: '时间',
    person: '人员',
    query: '查询',
    rows: '行',
    held: '不公布',
    state: '计次',
    cached: '不计次',
    counted: '计一次',
    none: '还没有查询过',
    noneText: '每次查询和它的答案都留在这里；同一个查询再问一次，不再计次。',
    see: '查看结果',
    again: '再次查询',
    erased: '已删除个人信息的人员',
    askSee: '查看查询结果',
    shared: '这次查询还用到了其他单位的数据：各方只看得到用到自己的哪张表，看不到合在一起的答案。',
    notebook: '导出笔记本（.ipynb）',
    markdown: '导出 Markdown',
    making: (n: number) => `正在取回 ${n} 个查询……`,
    about: (n: number) => `由数衡数据沙箱导出；只含已公布的结果，共 ${n} 个查询。withheld 表示依披露控制不公布的数。`,
    cut: (n: number) => `只导出了最近 ${n} 个查询。`,
    askNotebook: '导出查询历史',
  },
  {
    title: 'Queries',
    at: 'Time',
    person: 'Person',
    query: 'Query',
    rows: 'Rows',
    held: 'Withheld',
    state: 'Counted',
    cached: 'not counted',
    counted: 'one use',
    none: 'No query yet',
    noneText: 'Each query stays here with its answer; the same one asked again costs nothing.',
    see: 'See the result',
    again: 'Ask again',
    erased: 'a person whose data were erased',
    askSee: 'see the result',
    shared:
      'This query used data of other holders too: each sees that its table was used, none sees what was told of them together.',
    notebook: 'Export a notebook (.ipynb)',
    markdown: 'Export Markdown',
    making: (n: number) => `Fetching ${n} queries…`,
    about: (n: number) =>
      `Exported from a Shuheng data sandbox: released results only, of ${n} queries. A figure that disclosure control withholds reads “withheld”.`,
    cut: (n: number) => `The newest ${n} queries were exported.`,
    askNotebook: 'export the queries',
  },
);

const SQL_SHOWN = 400;
const NOT_FOUND = 404;

/** Every query of a project with its answer, newest first; the whole of it leaves as a notebook. */
export function History({ project }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  const [seen, setSeen] = useState<string | null>(null);
  return (
    <>
      <div className="head-row desk-head">
        <h2>{t.title}</h2>
        <Exports project={project} />
      </div>
      <DataTable<SandboxQueryItem>
        path={`/sandbox-projects/${project.id}/queries`}
        caption={t.title}
        csvName="sandbox-queries"
        rowKey={(q) => q.id}
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'at',
            title: t.at,
            render: (q) => (
              <>
                {dateTime(q.at)}
                <small className="faint block">{q.person?.name ?? t.erased}</small>
              </>
            ),
            csv: (q) => q.at,
          },
          {
            key: 'sql',
            title: t.query,
            render: (q) => <code className="sql-line">{q.sql.slice(0, SQL_SHOWN)}</code>,
            csv: (q) => q.sql,
          },
          { key: 'rows', title: t.rows, number: true, render: (q) => number(q.rowCount), csv: (q) => `${q.rowCount}` },
          {
            key: 'held',
            title: t.held,
            number: true,
            render: (q) => (q.suppressed.cells > 0 ? number(q.suppressed.cells) : <span className="faint">—</span>),
            csv: (q) => `${q.suppressed.cells}`,
          },
          {
            key: 'cached',
            title: t.state,
            render: (q) => <span className={`tag ${q.cached ? 'good' : ''}`}>{q.cached ? t.cached : t.counted}</span>,
            csv: (q) => (q.cached ? t.cached : t.counted),
          },
          {
            key: 'acts',
            title: '',
            render: (q) => (
              <span className="table-actions">
                <button type="button" className="button" onClick={() => setSeen(q.id)}>
                  {t.see}
                </button>
                <Link className="button" to={`?part=query&again=${q.id}`}>
                  {t.again}
                </Link>
              </span>
            ),
          },
        ]}
      />
      {seen ? <Seen queryId={seen} onClose={() => setSeen(null)} /> : null}
    </>
  );
}

function Seen({ queryId, onClose }: { readonly queryId: string; readonly onClose: () => void }) {
  const t = useWords(WORDS);
  return (
    <Drawer title={t.see} onClose={onClose}>
      <QueryAnswer queryId={queryId} />
    </Drawer>
  );
}

/** One query and what it told. */
export function QueryAnswer({ queryId }: { readonly queryId: string }) {
  const t = useWords(WORDS);
  const query = useRead<SandboxQuery>(`/sandbox-queries/${queryId}`);
  if (query.error?.status === NOT_FOUND) return <p>{t.shared}</p>;
  return (
    <Loaded of={query} asked={t.askSee} lines={6}>
      {(q) => (
        <>
          <pre className="code-shown">{q.sql}</pre>
          <Result table={q} fileName={q.id} />
          <SuppressionLegend counts={countMarks(q.marks)} />
        </>
      )}
    </Loaded>
  );
}

const NOTED_MAX = 200;
const PAGE = 100;

function Exports({ project }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  const [fetched, setFetched] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [cut, setCut] = useState(false);
  const run = async (kind: 'ipynb' | 'md') => {
    setProblem(null);
    setFetched(0);
    try {
      const { items, more } = await queriesOf(project.id);
      setCut(more);
      const noted: Noted[] = [];
      for (const item of items) {
        const query = await get<SandboxQuery>(`/sandbox-queries/${item.id}`);
        noted.unshift({
          id: query.id,
          at: dateTime(query.at),
          person: query.person?.name ?? t.erased,
          kind: 'query',
          language: 'sql',
          code: query.sql,
          result: query,
          note: '',
        });
        setFetched(noted.length);
      }
      const head = { title: project.title, purpose: project.purpose, about: t.about(noted.length) };
      if (kind === 'md') saveFile(`${project.id}.md`, markdownOf(head, noted), 'text/markdown;charset=utf-8');
      else saveFile(`${project.id}.ipynb`, notebookOf(head, noted), 'application/x-ipynb+json');
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setFetched(null);
    }
  };
  const busy = fetched !== null;
  return (
    <div>
      <span className="buttons">
        <button type="button" className="button quiet" disabled={busy} onClick={() => void run('ipynb')}>
          <Icon name="download" />
          {busy ? t.making(fetched) : t.notebook}
        </button>
        <button type="button" className="button quiet" disabled={busy} onClick={() => void run('md')}>
          <Icon name="download" />
          {t.markdown}
        </button>
      </span>
      {cut ? <p className="small faint">{t.cut(NOTED_MAX)}</p> : null}
      {problem ? <RefusalPanel problem={problem} asked={t.askNotebook} /> : null}
    </div>
  );
}

/** The newest queries that were counted; the same one told again is one of them. */
async function queriesOf(
  projectId: string,
): Promise<{ readonly items: readonly SandboxQueryItem[]; readonly more: boolean }> {
  const items: SandboxQueryItem[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<SandboxQueryItem> = await get<Page<SandboxQueryItem>>(`/sandbox-projects/${projectId}/queries`, {
      limit: PAGE,
      cursor,
    });
    items.push(...page.items.filter((q) => !q.cached));
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < NOTED_MAX);
  return { items: items.slice(0, NOTED_MAX), more: cursor !== null || items.length > NOTED_MAX };
}
