import { useMemo, useState } from 'react';
import { useWords, words } from '../../app/words.ts';
import { Chart, type ChartData } from '../../shared/Chart.tsx';
import { number } from '../../shared/format.ts';
import { AnswerFile, AnswerTable } from '../shared/AnswerTable.tsx';
import { SelectField } from '../shared/form.tsx';
import { CHART_ROWS_MAX, chartable, figureOf, isTrend, type ResultTable, textOf } from './result-model.ts';
import '../../shared/lineage.css';

const WORDS = words(
  {
    view: '显示方式',
    table: '表',
    chart: '图',
    rows: (n: string) => `${n} 行`,
    figure: '画哪个数',
    unit: (name: string) => name,
    source: '沙箱已公布的结果',
    cut: (n: string) => `图中只画前 ${n} 行。`,
    none: '没有可公布的行。',
  },
  {
    view: 'How to show it',
    table: 'Table',
    chart: 'Chart',
    rows: (n: string) => `${n} rows`,
    figure: 'Figure to draw',
    unit: (name: string) => name,
    source: 'released by the sandbox',
    cut: (n: string) => `The chart draws the first ${n} rows.`,
    none: 'There is no row that may be told.',
  },
);

/** A released result: as a table with its withheld cells marked, as a chart, as a file. */
export function Result({ table, fileName }: { readonly table: ResultTable; readonly fileName: string }) {
  const t = useWords(WORDS);
  const [view, setView] = useState<'table' | 'chart'>('table');
  const { categories, figures } = chartable(table);
  const drawable = categories.length > 0 && figures.length > 0 && table.rows.length > 1;
  return (
    <div className="sandbox-result">
      <div className="head-row">
        <span className="faint">{t.rows(number(table.rows.length))}</span>
        <span className="buttons">
          {drawable ? (
            <fieldset className="switch">
              <legend className="hidden-visually">{t.view}</legend>
              {(['table', 'chart'] as const).map((v) => (
                <button key={v} type="button" aria-pressed={view === v} onClick={() => setView(v)}>
                  {t[v]}
                </button>
              ))}
            </fieldset>
          ) : null}
          <AnswerFile table={table} fileName={fileName} />
        </span>
      </div>
      {view === 'chart' && drawable ? (
        <ResultChart table={table} categories={categories} figures={figures} />
      ) : (
        <AnswerTable table={table} none={t.none} />
      )}
    </div>
  );
}

function ResultChart(props: {
  readonly table: ResultTable;
  readonly categories: readonly number[];
  readonly figures: readonly number[];
}) {
  const t = useWords(WORDS);
  const { table, categories, figures } = props;
  const [chosen, setChosen] = useState(String(figures[0] ?? 0));
  const at = figures.includes(Number(chosen)) ? Number(chosen) : (figures[0] ?? 0);
  const name = table.columns[at]?.name ?? '';
  const data = useMemo((): ChartData => {
    const rows = table.rows.slice(0, CHART_ROWS_MAX);
    return {
      kind: isTrend(table, categories) ? 'line' : 'bar',
      categories: rows.map((row) => categories.map((c) => textOf(row[c]) || '—').join(' · ')),
      series: [{ name, values: rows.map((row) => figureOf(row[at])) }],
    };
  }, [table, categories, at, name]);
  return (
    <>
      {figures.length > 1 ? (
        <SelectField
          label={t.figure}
          value={String(at)}
          options={figures.map((f) => ({ value: String(f), title: table.columns[f]?.name ?? '' }))}
          onChange={setChosen}
        />
      ) : null}
      <Chart title={name} unit={t.unit(name)} source={t.source} data={data} />
      {table.rows.length > CHART_ROWS_MAX ? <p className="small faint">{t.cut(number(CHART_ROWS_MAX))}</p> : null}
    </>
  );
}
