import { useEffect, useMemo, useState } from 'react';
import type { SandboxAnswer, SandboxProject, SandboxTable } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty } from '../../shared/States.tsx';
import { useAct } from '../../shared/use-api.ts';
import { BudgetBars } from './Budget.tsx';
import { Builder, firstQuestion } from './Builder.tsx';
import { sqlOf } from './builder-model.ts';
import { CodeEditor } from './editor/CodeEditor.tsx';
import type { EditorForm, EditorTable } from './editor/sql-language.ts';
import { named } from './editor/sql-words.ts';
import { useColumnName, useUseWords } from './policy-words.ts';
import { Result } from './Result.tsx';
import { countMarks } from './result-model.ts';
import { SuppressionLegend } from './Suppressed.tsx';

const WORDS = words(
  {
    none: '没有可以查询的数据表',
    noneText: '等数据持有单位授权、数据准备好之后，就可以在这里查询。',
    how: '怎样写查询',
    sql: '写 SQL',
    builder: '逐项选择',
    field: '查询（SQL）',
    run: '运行',
    running: '正在运行……',
    ask: '运行查询',
    keys: '或者 Ctrl / ⌘ + Enter',
    free: '问过的同一个查询不再计次。',
    rewrites: '改动选项会重写下面的 SQL；也可以接着手工修改。',
    cached: '与以前的查询相同：原样再次答复，没有用掉预算。',
    noisy: '答案加有噪声，同一个查询总是得到同一个答案。',
    rowsLeft: (n: string) => `另有 ${n} 行整行不公布（连分组的名称也会暴露个体）。`,
    left: (uses: string, cells: string) => `所用的表还剩 ${uses} 次、${cells} 个数。`,
    columns: '字段',
    columnsText: '按一下插入查询。',
    budget: '剩余预算',
    preparing: '正在准备数据',
    count: '行数',
    entities: '主体数',
    sum: '合计',
    avg: '平均',
    month: '按月、日等截断时间',
    part: '时间的一部分',
    step: '按步长分段',
    whole: '一个完整的例子',
  },
  {
    none: 'No table to ask yet',
    noneText: 'Once a holder has granted a table and its data are ready, you ask it here.',
    how: 'How to write the query',
    sql: 'Write SQL',
    builder: 'Pick',
    field: 'Query (SQL)',
    run: 'Run',
    running: 'Running…',
    ask: 'run the query',
    keys: 'or Ctrl / ⌘ + Enter',
    free: 'The same query asked again costs nothing.',
    rewrites: 'Each choice rewrites the SQL below; you may go on by hand.',
    cached: 'Asked before: the same answer again, and nothing of the budget was used.',
    noisy: 'The answer carries noise; the same query always gets the same answer.',
    rowsLeft: (n: string) =>
      `${n} more rows are withheld as a whole: even the name of their group would tell of someone.`,
    left: (uses: string, cells: string) => `The tables asked have ${uses} uses and ${cells} figures left.`,
    columns: 'Columns',
    columnsText: 'A press puts one into the query.',
    budget: 'Budget left',
    preparing: 'being prepared',
    count: 'number of rows',
    entities: 'number of entities',
    sum: 'sum',
    avg: 'mean',
    month: 'time cut to a month, a day …',
    part: 'a part of a time',
    step: 'in steps',
    whole: 'a whole example',
  },
);

/** Kept while the tab is open, so that a reload or another page loses nothing typed. */
const keptKey = (projectId: string): string => `sandbox-sql-${projectId}`;

interface Told {
  readonly answer: SandboxAnswer;
  readonly receiptId: string;
}

/** Asks the tables of a project: SQL or choices at the left, what may be asked at the right. */
export function QueryPlace({ project, asked }: { readonly project: SandboxProject; readonly asked: string | null }) {
  const t = useWords(WORDS);
  const tables = project.tableList.filter((x) => x.state === 'live' && x.policy.lanes.includes('interactive'));
  const [sql, setSql] = useState(
    () => asked ?? sessionStorage.getItem(keptKey(project.id)) ?? (tables.length > 0 ? example(tables) : ''),
  );
  const [mode, setMode] = useState<'sql' | 'builder'>('sql');
  const [told, setTold] = useState<Told | null>(null);
  const ask = useAct<SandboxAnswer>('sandbox.query');
  const { editorTables, forms } = useEditorHelp(tables);
  useEffect(() => sessionStorage.setItem(keptKey(project.id), sql), [project.id, sql]);
  if (tables.length === 0) return <Empty title={t.none}>{t.noneText}</Empty>;

  const run = async () => {
    if (ask.isPending || sql.trim() === '') return;
    try {
      const answer = await ask.mutateAsync({ input: { projectId: project.id, sql } });
      setTold({ answer: answer.result, receiptId: answer.receipt.id });
    } catch {
      // The refusal shows below; the last answer stays.
    }
  };

  return (
    <div className="query-place">
      <div>
        <fieldset className="switch">
          <legend className="hidden-visually">{t.how}</legend>
          {(['sql', 'builder'] as const).map((m) => (
            <button key={m} type="button" aria-pressed={mode === m} onClick={() => setMode(m)}>
              {t[m]}
            </button>
          ))}
        </fieldset>
        {mode === 'builder' ? (
          <>
            <Builder tables={tables} onSql={setSql} />
            <p className="faint small">{t.rewrites}</p>
          </>
        ) : null}
        <CodeEditor
          language="sql"
          label={t.field}
          value={sql}
          onChange={setSql}
          onRun={() => void run()}
          tables={editorTables}
          forms={forms}
        />
        <div className="query-run">
          <button
            type="button"
            className="button primary"
            disabled={ask.isPending || sql.trim() === ''}
            aria-busy={ask.isPending}
            onClick={() => void run()}
          >
            {ask.isPending ? t.running : t.run}
          </button>
          <small className="faint">
            {t.keys} · {t.free}
          </small>
        </div>
        {ask.error ? <RefusalPanel key={ask.submittedAt} problem={ask.error} asked={t.ask} /> : null}
        {told ? <Answered told={told} stale={ask.isPending} /> : null}
      </div>
      <Side
        tables={tables}
        onInsert={(name) => setSql((s) => `${s}${/[\s,(.]$/.test(s) || s === '' ? '' : ' '}${name}`)}
      />
    </div>
  );
}

function Answered({ told, stale }: { readonly told: Told; readonly stale: boolean }) {
  const t = useWords(WORDS);
  const { answer } = told;
  return (
    <section aria-busy={stale} aria-live="polite">
      <div className="tags">
        <ReceiptChip id={told.receiptId} />
        {answer.cached ? <span className="tag good">{t.cached}</span> : null}
      </div>
      <Result table={answer} fileName={answer.queryId} />
      {answer.noisy ? <p className="faint">{t.noisy}</p> : null}
      {answer.suppressed.rows > 0 ? <p className="faint">{t.rowsLeft(number(answer.suppressed.rows))}</p> : null}
      <SuppressionLegend counts={countMarks(answer.marks)} />
      <p className="faint small">{t.left(number(answer.budget.usesLeft), number(answer.budget.cellsLeft))}</p>
    </section>
  );
}

function example(tables: readonly SandboxTable[]): string {
  const [table] = tables;
  if (!table) return '';
  const group =
    table.columns.find((c) => c.uses.includes('group') && c.domain) ??
    table.columns.find((c) => c.uses.includes('group'));
  return sqlOf(
    {
      ...firstQuestion(tables),
      groups: group ? [{ key: 0, table: table.alias, column: group.name, taken: { as: 'value' } }] : [],
    },
    () => table.policy.entityKey,
  );
}

/** What the editor completes from; the same objects as long as the tables say the same. */
function useEditorHelp(tables: readonly SandboxTable[]) {
  const t = useWords(WORDS);
  const nameOf = useColumnName();
  const sayUse = useUseWords();
  const made: readonly EditorTable[] = tables.map((x) => ({
    alias: x.alias,
    title: x.resource.title,
    columns: x.columns
      .filter((c) => c.uses.length > 0 || c.name === x.policy.entityKey)
      .map((c) => ({ name: c.name, type: c.type, about: `${nameOf(c)} · ${c.uses.map(sayUse).join('/')}` })),
  }));
  const said = JSON.stringify(made);
  const editorTables = useMemo(() => JSON.parse(said) as readonly EditorTable[], [said]);
  const [first] = tables;
  const entity = first?.policy.entityKey ?? null;
  const whole = example(tables);
  const forms = useMemo(
    (): readonly EditorForm[] => [
      { label: 'count(*)', text: 'count(*) as n', about: t.count },
      ...(entity
        ? [{ label: 'count(distinct …)', text: `count(distinct ${named(entity)}) as entities`, about: t.entities }]
        : []),
      { label: 'sum(…)', text: 'sum(|)', about: t.sum },
      { label: 'avg(…)', text: 'avg(|)', about: t.avg },
      { label: "date_trunc('month', …)", text: "date_trunc('month', |)", about: t.month },
      { label: 'year(…)', text: 'year(|)', about: t.part },
      { label: 'floor(… / 10) * 10', text: 'floor(| / 10) * 10', about: t.step },
      { label: 'select … from …', text: whole, about: t.whole },
    ],
    [entity, whole, t],
  );
  return { editorTables, forms };
}

function Side(props: { readonly tables: readonly SandboxTable[]; readonly onInsert: (name: string) => void }) {
  const t = useWords(WORDS);
  const nameOf = useColumnName();
  const sayUse = useUseWords();
  return (
    <aside className="query-side" aria-label={t.columns}>
      {props.tables.map((table) => (
        <section key={table.grantId}>
          <h2>
            <code>{table.alias}</code> {table.prepared ? null : <span className="tag wait">{t.preparing}</span>}
          </h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list must scroll by keyboard too */}
          <ul aria-label={`${table.alias}: ${t.columnsText}`} tabIndex={0}>
            {table.columns
              .filter((c) => c.uses.length > 0)
              .map((c) => (
                <li key={c.name}>
                  <button type="button" title={t.columnsText} onClick={() => props.onInsert(named(c.name))}>
                    <code>{c.name}</code> {nameOf(c)}
                    <small className="block">{c.uses.map(sayUse).join(' · ')}</small>
                  </button>
                </li>
              ))}
          </ul>
          <h2>{t.budget}</h2>
          <BudgetBars budget={table.budget} />
        </section>
      ))}
    </aside>
  );
}
