import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  {
    name: '列',
    type: '类型',
    titleZh: '中文名称',
    titleEn: '英文名称',
    unit: '单位',
    description: '说明',
    sensitive: '敏感',
    table: '数据字典',
    of: (field: string, column: string) => `${column} 的${field}`,
  },
  {
    name: 'Column',
    type: 'Type',
    titleZh: 'Chinese title',
    titleEn: 'English title',
    unit: 'Unit',
    description: 'Description',
    sensitive: 'Sensitive',
    table: 'Dictionary',
    of: (field: string, column: string) => `${field} of ${column}`,
  },
);

export interface ColumnDraft {
  readonly name: string;
  readonly type: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly description: string;
  readonly unit: string;
  readonly sensitive: boolean;
}

const LENGTHS = { titleZh: 100, titleEn: 100, unit: 40, description: 500 } as const;

/** The dictionary as a table to type in; Tab goes along the row. */
export function DictionaryEditor(props: {
  readonly columns: readonly ColumnDraft[];
  readonly showErrors: boolean;
  readonly onChange: (columns: readonly ColumnDraft[]) => void;
}) {
  const t = useWords(WORDS);
  const change = (index: number, part: Partial<ColumnDraft>) =>
    props.onChange(props.columns.map((c, i) => (i === index ? { ...c, ...part } : c)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
    <section className="scroll" aria-label={t.table} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.name}</th>
            <th scope="col">{t.titleZh}</th>
            <th scope="col">{t.titleEn}</th>
            <th scope="col">{t.unit}</th>
            <th scope="col">{t.description}</th>
            <th scope="col">{t.sensitive}</th>
          </tr>
        </thead>
        <tbody>
          {props.columns.map((column, i) => (
            <tr key={column.name}>
              <td>
                <code>{column.name}</code>
                <small className="faint block">{column.type}</small>
              </td>
              {(['titleZh', 'titleEn', 'unit', 'description'] as const).map((field) => (
                <td key={field}>
                  <input
                    className="input table-input"
                    aria-label={t.of(t[field], column.name)}
                    value={column[field]}
                    maxLength={LENGTHS[field]}
                    {...(field === 'titleZh' && props.showErrors && column.titleZh.trim() === ''
                      ? { 'aria-invalid': true }
                      : {})}
                    onChange={(event) => change(i, { [field]: event.target.value })}
                  />
                </td>
              ))}
              <td>
                <input
                  type="checkbox"
                  className="table-check"
                  aria-label={t.of(t.sensitive, column.name)}
                  checked={column.sensitive}
                  onChange={(event) => change(i, { sensitive: event.target.checked })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
