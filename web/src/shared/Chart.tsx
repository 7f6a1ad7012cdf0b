import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useWords, words } from '../app/words.ts';
import { number } from './format.ts';
import './chart.css';
import './lineage.css';

const ChartCanvas = lazy(() => import('./ChartCanvas.tsx'));

const WORDS = words(
  { chart: '图', table: '表', view: '图表的显示方式', unit: '单位：', source: '来源：', category: '项目' },
  {
    chart: 'Chart',
    table: 'Table',
    view: 'How to show the figures',
    unit: 'Unit: ',
    source: 'Source: ',
    category: 'Item',
  },
);

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Name of a colour in theme.css. */
  readonly colour?: 'teal' | 'blue' | 'violet' | 'amber-fill' | 'red' | 'edge' | 'line';
}

export interface ChartData {
  readonly kind: 'bar' | 'line';
  readonly categories: readonly string[];
  readonly series: readonly Series[];
  readonly stacked?: boolean;
  readonly horizontal?: boolean;
}

/** Every chart says its title, unit and source, and shows its figures as a table on request. */
export function Chart(props: {
  readonly title: string;
  readonly unit: string;
  readonly source: ReactNode;
  readonly data: ChartData;
  readonly height?: number;
  readonly onPick?: (category: string) => void;
}) {
  const t = useWords(WORDS);
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const { data, height = 260 } = props;
  return (
    <figure className="chart">
      <figcaption>
        <b>{props.title}</b>
        <fieldset className="switch">
          <legend className="hidden-visually">{t.view}</legend>
          {(['chart', 'table'] as const).map((v) => (
            <button key={v} type="button" aria-pressed={view === v} onClick={() => setView(v)}>
              {t[v]}
            </button>
          ))}
        </fieldset>
      </figcaption>
      {view === 'chart' ? (
        <Suspense fallback={<span className="skeleton" style={{ height }} />}>
          <ChartCanvas
            data={data}
            height={height}
            label={props.title}
            {...(props.onPick ? { onPick: props.onPick } : {})}
          />
        </Suspense>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
        <section className="scroll" aria-label={props.title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.category}</th>
                {data.series.map((s) => (
                  <th key={s.name} scope="col" className="number">
                    {s.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.categories.map((category, i) => (
                <tr key={category}>
                  <td>{category}</td>
                  {data.series.map((s) => {
                    const value = s.values[i];
                    return (
                      <td key={s.name} className="number">
                        {value === null || value === undefined ? '—' : number(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <small className="faint">
        {t.unit}
        {props.unit} · {t.source}
        {props.source}
      </small>
    </figure>
  );
}
