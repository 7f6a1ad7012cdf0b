import { useMemo, useState } from 'react';
import type { SandboxAnswer } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Chart, type ChartData } from '../../shared/Chart.tsx';
import { csvOf, saveFile } from '../../shared/csv.ts';
import { number } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { SelectField } from '../shared/form.tsx';
import { CHART_ROWS_MAX, chartable, csvRows, figureOf, isTrend, type ResultTable, textOf } from './result-model.ts';
import { SuppressedCell } from './Suppressed.tsx';
import '../../shared/lineage.css';

const WORDS = words(
  {
    result: '查询结果',
    view: '显示方式',
    table: '表',
    chart: '图',
    csv: '导出 CSV',
    rows: (n: string) => `${n} 行`,
    more: (shown: string, all: string) => `显示前 ${shown} 行，共 ${all} 行；导出的文件是全部。`,
    figure: '画哪个数',
    unit: (name: string) => name,
    source: '沙箱已公布的结果',
    cut: (n: string) => `图中只画前 ${n} 行。`,
    none: '没有可公布的行。',
  },
  {
    result: 'Result',
    view: 'How to show it',
    table: 'Table',
    chart: 'Chart',
    csv: 'Export CSV',
    rows: (n: string) => `${n} rows`,
    more: (shown: string, all: string) => `The first ${shown} of ${all} rows; the exported file has all.`,
    figure: 'Figure to draw',
    unit: (name: string) => name,
    source: 'released by the sandbox',
    cut: (n: string) => `The chart draws the first ${n} rows.`,
    none: 'There is no row that may be told.',
  },
);

const ROWS_SHOWN = 200;

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
          <button
            type="button"
            className="button quiet"
            onClick={() => saveFile(`${fileName}.csv`, csvOf(csvRows(table)), 'text/csv;charset=utf-8')}
          >
            <Icon name="download" />
            {t.csv}
          </button>
        </span>
      </div>
      {view === 'chart' && drawable ? (
        <ResultChart table={table} categories={categories} figures={figures} />
      ) : (
        <Cells table={table} />
      )}
    </div>
  );
}

function Cells({ table }: { readonly table: ResultTable }) {
  const t = useWords(WORDS);
  const { figures } = chartable(table);
  if (table.rows.length === 0) return <p className="empty">{t.none}</p>;
  const isFigure = (i: number) => figures.includes(i);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll result-cells" aria-label={t.result} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((c, i) => (
                <th key={c.name} scope="col" className={isFigure(i) ? 'number' : undefined}>
                  {c.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(0, ROWS_SHOWN).map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a result have no identity
              <tr key={i}>
                {table.columns.map((c, j) => {
                  const mark = table.marks?.[i]?.[j];
                  return (
                    <td key={c.name} className={isFigure(j) ? 'number' : undefined}>
                      {mark ? <SuppressedCell of={mark} /> : shown(row[j], isFigure(j))}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {table.rows.length > ROWS_SHOWN ? (
        <p className="small faint">{t.more(number(ROWS_SHOWN), number(table.rows.length))}</p>
      ) : null}
    </>
  );
}

function shown(value: SandboxAnswer['rows'][number][number] | undefined, figure: boolean): string {
  if (value === null || value === undefined) return '—';
  return figure && typeof value === 'number' ? number(value) : textOf(value);
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
