import type { DictionaryColumn } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';

const WORDS = words(
  {
    label: '数据字典',
    column: '列',
    meaning: '含义',
    type: '类型',
    unit: '单位',
    note: '说明',
    sensitive: '敏感，已脱敏',
  },
  {
    label: 'Dictionary',
    column: 'Column',
    meaning: 'Meaning',
    type: 'Type',
    unit: 'Unit',
    note: 'Note',
    sensitive: 'sensitive, masked',
  },
);

export function Dictionary(props: { readonly columns: readonly DictionaryColumn[]; readonly label?: string }) {
  const { columns, label } = props;
  const t = useWords(WORDS);
  const language = useLanguage();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard too
    <section className="scroll dictionary" aria-label={label ?? t.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.column}</th>
            <th scope="col">{t.meaning}</th>
            <th scope="col">{t.type}</th>
            <th scope="col">{t.unit}</th>
            <th scope="col">{t.note}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((c) => (
            <tr key={c.name}>
              <td>
                <code>{c.name}</code>
              </td>
              <td>{(language === 'en' ? c.titleEn : null) ?? c.titleZh}</td>
              <td className="faint">{c.type}</td>
              <td className="faint">{c.unit ?? ''}</td>
              <td>
                {c.description}
                {c.aggregate ? (
                  <small className="faint">
                    {' '}
                    {c.aggregate}({c.sourceColumn ?? '*'})
                  </small>
                ) : null}
                {c.sensitive && c.description ? ' ' : null}
                {c.sensitive ? <span className="tag wait">{t.sensitive}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
