import type { DictionaryColumn, RowFilter } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import { SelectField, TextField } from '../shared/form.tsx';
import { type ConditionRow, OPERATORS } from './ask-model.ts';
import { useColumnTitle } from './ColumnPicker.tsx';

const WORDS = words(
  {
    label: '行范围（须全部满足，不填为全部行）',
    add: '添加条件',
    column: '字段',
    is: '比较',
    value: '值',
    list: '多个值用逗号隔开',
    in: '属于',
    remove: '删除这个条件',
    choose: '请选择',
  },
  {
    label: 'Rows (all conditions must hold; none means every row)',
    add: 'Add a condition',
    column: 'Column',
    is: 'Is',
    value: 'Value',
    list: 'Several values, separated by commas',
    in: 'one of',
    remove: 'Remove this condition',
    choose: 'Please choose',
  },
);

const SIGNS: Readonly<Partial<Record<RowFilter['operator'], string>>> = {
  '=': '=',
  '<>': '≠',
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
};

/** Which rows are asked for: no more of them than the scenario needs. */
export function RowConditions(props: {
  readonly dictionary: readonly DictionaryColumn[];
  readonly rows: readonly ConditionRow[];
  readonly error?: string | undefined;
  readonly onChange: (rows: readonly ConditionRow[]) => void;
}) {
  const t = useWords(WORDS);
  const titleOf = useColumnTitle();
  const { dictionary, rows, onChange } = props;
  const change = (key: number, patch: Partial<ConditionRow>) =>
    onChange(rows.map((r) => (r.key === key ? { ...r, ...patch } : r)));
  const columns = dictionary.map((c) => ({ value: c.name, title: `${titleOf(c)} (${c.name})` }));
  return (
    <fieldset className="choices">
      <legend className="label">{t.label}</legend>
      <ul className="row-editor row-conditions">
        {rows.map((row) => (
          <li key={row.key}>
            <SelectField
              label={t.column}
              value={row.column}
              empty={t.choose}
              options={columns}
              onChange={(column) => change(row.key, { column })}
            />
            <SelectField
              label={t.is}
              value={row.operator}
              options={OPERATORS.map((o) => ({ value: o, title: SIGNS[o] ?? t.in }))}
              onChange={(operator) => change(row.key, { operator: operator as RowFilter['operator'] })}
            />
            <TextField
              label={t.value}
              value={row.value}
              {...(row.operator === 'in' ? { placeholder: t.list } : {})}
              onChange={(value) => change(row.key, { value })}
            />
            <button
              type="button"
              className="icon-only row-remove"
              aria-label={t.remove}
              title={t.remove}
              onClick={() => onChange(rows.filter((r) => r.key !== row.key))}
            >
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="button"
        disabled={dictionary.length === 0}
        onClick={() =>
          onChange([...rows, { key: Math.max(0, ...rows.map((r) => r.key)) + 1, column: '', operator: '=', value: '' }])
        }
      >
        <Icon name="plus" size={14} /> {t.add}
      </button>
      {props.error ? (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      ) : null}
    </fieldset>
  );
}
