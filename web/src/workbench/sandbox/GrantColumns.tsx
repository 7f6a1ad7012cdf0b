import type { ColumnUse, DictionaryColumn, Resource } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { isNumeric } from './builder-model.ts';
import { type ColumnDraft, wholeDomain } from './grant-model.ts';
import { COLUMN_USES, useColumnName, useUseWords } from './policy-words.ts';

const WORDS = words(
  {
    column: '字段',
    range: '下限 / 上限',
    lower: (name: string) => `${name} 下限`,
    upper: (name: string) => `${name} 上限`,
    open: '取值公开',
    openHint: '取值本来就是公开的代码表：没有记录的取值也会告知',
    sensitive: '敏感',
    keyOnly: '仅关联',
  },
  {
    column: 'Column',
    range: 'Lower / upper bound',
    lower: (name: string) => `${name} lower bound`,
    upper: (name: string) => `${name} upper bound`,
    open: 'open list',
    openHint: 'Its values are a public code list: values without records are told of too',
    sensitive: 'sensitive',
    keyOnly: 'joins only',
  },
);

/** What each column may be used for, its bounds, and whether its values are a public list. */
export function ColumnsEditor(props: {
  readonly dictionary: readonly DictionaryColumn[];
  readonly resource: Resource;
  readonly entityKey: string;
  readonly columns: readonly ColumnDraft[];
  readonly onChange: (columns: readonly ColumnDraft[]) => void;
}) {
  const t = useWords(WORDS);
  const sayUse = useUseWords();
  const { columns, onChange } = props;
  const change = (name: string, part: Partial<ColumnDraft>) =>
    onChange(columns.map((c) => (c.name === name ? { ...c, ...part } : c)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
    <section className="scroll" aria-label={t.column} tabIndex={0}>
      <table className="uses-table">
        <thead>
          <tr>
            <th scope="col">{t.column}</th>
            {COLUMN_USES.map((use) => (
              <th key={use} scope="col" className="use">
                {sayUse(use)}
              </th>
            ))}
            <th scope="col">{t.range}</th>
            <th scope="col" title={t.openHint}>
              {t.open}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.dictionary.map((entry) => {
            const column = columns.find((c) => c.name === entry.name);
            return column ? (
              <ColumnRow
                key={entry.name}
                entry={entry}
                column={column}
                isKey={entry.name === props.entityKey}
                listed={wholeDomain(props.resource.profile, entry.name) !== null}
                onChange={(part) => change(entry.name, part)}
              />
            ) : null;
          })}
        </tbody>
      </table>
    </section>
  );
}

function ColumnRow(props: {
  readonly entry: DictionaryColumn;
  readonly column: ColumnDraft;
  readonly isKey: boolean;
  /** Every value of it is known, so that they can be declared a public list. */
  readonly listed: boolean;
  readonly onChange: (part: Partial<ColumnDraft>) => void;
}) {
  const t = useWords(WORDS);
  const sayUse = useUseWords();
  const nameOf = useColumnName();
  const { entry, column, onChange } = props;
  const may = (use: ColumnUse): boolean =>
    props.isKey ? use === 'join' : use !== 'aggregate' || isNumeric(entry.type);
  const toggle = (use: ColumnUse, on: boolean) =>
    onChange({ uses: on ? [...column.uses, use] : column.uses.filter((u) => u !== use) });
  return (
    <tr>
      <td>
        {nameOf(entry)} {entry.sensitive ? <span className="tag wait">{t.sensitive}</span> : null}{' '}
        {props.isKey ? <span className="tag good">{t.keyOnly}</span> : null}
        <small className="faint block">
          <code>{entry.name}</code> · {entry.type}
          {entry.unit ? ` · ${entry.unit}` : ''}
        </small>
      </td>
      {COLUMN_USES.map((use) => (
        <td key={use} className="use">
          <input
            type="checkbox"
            className="table-check"
            aria-label={`${entry.name} ${sayUse(use)}`}
            checked={column.uses.includes(use)}
            disabled={!may(use)}
            onChange={(event) => toggle(use, event.target.checked)}
          />
        </td>
      ))}
      <td className="range">
        {column.uses.includes('aggregate') ? (
          <span className="range-pair">
            <input
              className="input table-input"
              inputMode="decimal"
              aria-label={t.lower(entry.name)}
              value={column.lower}
              onChange={(event) => onChange({ lower: event.target.value })}
            />
            <input
              className="input table-input"
              inputMode="decimal"
              aria-label={t.upper(entry.name)}
              value={column.upper}
              onChange={(event) => onChange({ upper: event.target.value })}
            />
          </span>
        ) : null}
      </td>
      <td className="use">
        {props.listed && column.uses.includes('group') ? (
          <input
            type="checkbox"
            className="table-check"
            aria-label={`${entry.name} ${t.open}`}
            title={t.openHint}
            checked={column.open}
            onChange={(event) => onChange({ open: event.target.checked })}
          />
        ) : null}
      </td>
    </tr>
  );
}
