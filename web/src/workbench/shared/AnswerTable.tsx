import type { Cell } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { csvOf, saveFile } from '../../shared/csv.ts';
import { number } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { chartable, csvRows, headOf, type ResultTable, textOf } from '../sandbox/result-model.ts';
import { SuppressedCell } from '../sandbox/Suppressed.tsx';

const WORDS = words(
  {
    result: '查询结果',
    csv: '导出 CSV',
    more: (shown: string, all: string) => `显示前 ${shown} 行，共 ${all} 行；导出的文件是全部。`,
  },
  {
    result: 'Result',
    csv: 'Export CSV',
    more: (shown: string, all: string) => `The first ${shown} of ${all} rows; the exported file has all.`,
  },
);

const ROWS_SHOWN = 200;

/** The cells of an answer, of a query or a service; a figure that is not told says so in its place. */
export function AnswerTable(props: {
  readonly table: ResultTable;
  /** What to say where there is no row. */
  readonly none: string;
  /** Figures as they are stored: a code written in digits is no amount. */
  readonly plain?: boolean;
}) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const { table } = props;
  const { figures } = chartable(table);
  if (table.rows.length === 0) return <p className="empty">{props.none}</p>;
  const look = (i: number) => (figures.includes(i) ? 'number' : undefined);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll result-cells" aria-label={t.result} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((c, i) => (
                <th
                  key={c.name}
                  scope="col"
                  className={look(i)}
                  title={headOf(c, language) === c.name ? undefined : c.name}
                >
                  {headOf(c, language)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(0, ROWS_SHOWN).map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer have no identity and never move
              <tr key={i}>
                {table.columns.map((c, j) => {
                  const mark = table.marks?.[i]?.[j];
                  const grouped = figures.includes(j) && !props.plain;
                  return (
                    <td key={c.name} className={look(j)}>
                      {mark ? <SuppressedCell of={mark} /> : shown(row[j], grouped)}
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

function shown(value: Cell | undefined, grouped: boolean): string {
  if (value === null || value === undefined) return '—';
  return grouped && typeof value === 'number' ? number(value) : textOf(value);
}

/** The whole answer as a file. */
export function AnswerFile({ table, fileName }: { readonly table: ResultTable; readonly fileName: string }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  return (
    <button
      type="button"
      className="button quiet"
      onClick={() => saveFile(`${fileName}.csv`, csvOf(csvRows(table, language)), 'text/csv;charset=utf-8')}
    >
      <Icon name="download" />
      {t.csv}
    </button>
  );
}
