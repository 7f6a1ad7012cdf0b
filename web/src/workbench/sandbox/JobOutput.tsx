import { useMemo } from 'react';
import type { JobContent, OutputDeclaration } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Chart, type ChartData } from '../../shared/Chart.tsx';
import { saveFile } from '../../shared/csv.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Result } from './Result.tsx';
import { figureOf, textOf } from './result-model.ts';

const WORDS = words(
  {
    chart: '作业声明的图',
    source: '沙箱作业的成果',
    unit: '见各系列名称',
    model: '下载模型（JSON）',
    numbers: '模型的每个数',
  },
  {
    chart: 'The declared chart',
    source: 'output of a sandbox job',
    unit: 'see the names of the series',
    model: 'Download the model (JSON)',
    numbers: 'Every number of the model',
  },
);

/** An output as it was declared: a table, figures, a chart drawn by our own pages, or a model with its numbers. */
export function JobOutput(props: {
  readonly content: JobContent;
  readonly output: OutputDeclaration;
  readonly fileName: string;
}) {
  const t = useWords(WORDS);
  const { content, output } = props;
  const { model } = content;
  return (
    <>
      {output.kind === 'chart' ? <Drawn content={content} output={output} /> : null}
      {model ? (
        <>
          <p>
            <button
              type="button"
              className="button"
              onClick={() => saveFile(`${props.fileName}.json`, JSON.stringify(model, null, 1), 'application/json')}
            >
              <Icon name="download" />
              {t.model}
            </button>
          </p>
          <h3>{t.numbers}</h3>
        </>
      ) : null}
      <Result table={content} fileName={props.fileName} />
    </>
  );
}

function Drawn(props: {
  readonly content: JobContent;
  readonly output: Extract<OutputDeclaration, { kind: 'chart' }>;
}) {
  const t = useWords(WORDS);
  const { content, output } = props;
  const data = useMemo((): ChartData => {
    const groups = output.columns.flatMap((c, i) => (c.role === 'group' ? [i] : []));
    const figures = output.columns.flatMap((c, i) => (c.role === 'measure' ? [i] : []));
    return {
      kind: output.chart,
      categories: content.rows.map((row) => groups.map((g) => textOf(row[g]) || '—').join(' · ')),
      series: figures.map((f) => ({
        name: output.columns[f]?.name ?? '',
        values: content.rows.map((row) => figureOf(row[f])),
      })),
    };
  }, [content, output]);
  return <Chart title={t.chart} unit={t.unit} source={t.source} data={data} />;
}
