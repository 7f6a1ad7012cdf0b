import { useId, useState } from 'react';
import type { DictionaryColumn } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';

const WORDS = words(
  {
    find: '在字典中查找',
    all: '全选',
    none: '全不选',
    chosen: (n: number, of: number) => `已选 ${n} / ${of} 个字段`,
    pick: '选',
    column: '字段',
    type: '类型',
    unit: '单位',
    note: '说明',
    sensitive: '敏感',
    nothing: '没有符合的字段。',
    sensitiveNote: (names: string) => `含敏感字段：${names}。个人信息须先取得其授权，能不选就不选。`,
  },
  {
    find: 'Find in the dictionary',
    all: 'All',
    none: 'None',
    chosen: (n: number, of: number) => `${n} of ${of} columns chosen`,
    pick: 'Pick',
    column: 'Column',
    type: 'Type',
    unit: 'Unit',
    note: 'Note',
    sensitive: 'sensitive',
    nothing: 'No column matches.',
    sensitiveNote: (names: string) =>
      `Sensitive columns are among them: ${names}. Personal information needs the consent of those concerned; leave out what you can do without.`,
  },
);

export const useColumnTitle = (): ((c: DictionaryColumn) => string) => {
  const language = useLanguage();
  return (c) => (language === 'en' ? c.titleEn : null) ?? c.titleZh;
};

/** Columns of a resource, picked from its dictionary: what each means stands beside its box. */
export function ColumnPicker(props: {
  readonly label: string;
  readonly dictionary: readonly DictionaryColumn[];
  readonly chosen: readonly string[];
  readonly error?: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const t = useWords(WORDS);
  const titleOf = useColumnTitle();
  const find = useId();
  const [q, setQ] = useState('');
  const { dictionary, chosen, onChange } = props;
  const wanted = q.trim().toLowerCase();
  const shown = dictionary.filter((c) => `${c.name} ${titleOf(c)}`.toLowerCase().includes(wanted));
  const sensitive = dictionary.filter((c) => c.sensitive && chosen.includes(c.name)).map(titleOf);
  const toggle = (name: string, on: boolean) => onChange(on ? [...chosen, name] : chosen.filter((n) => n !== name));
  return (
    <fieldset className="choices">
      <legend className="label">{props.label}</legend>
      <div className="head-row">
        <span className="buttons">
          <button type="button" className="button" onClick={() => onChange(dictionary.map((c) => c.name))}>
            {t.all}
          </button>
          <button type="button" className="button" onClick={() => onChange([])}>
            {t.none}
          </button>
          <output className={chosen.length > 0 ? 'sum-ok' : 'faint'}>
            {t.chosen(chosen.length, dictionary.length)}
          </output>
        </span>
        <span>
          <label className="hidden-visually" htmlFor={find}>
            {t.find}
          </label>
          <input
            id={find}
            className="input"
            type="search"
            placeholder={t.find}
            value={q}
            onChange={(event) => setQ(event.target.value)}
            onKeyDown={(event) => {
              // A search within a form does not submit it.
              if (event.key === 'Enter') event.preventDefault();
            }}
          />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="column-table work-gap" aria-label={props.label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden-visually">{t.pick}</span>
              </th>
              <th scope="col">{t.column}</th>
              <th scope="col">{t.type}</th>
              <th scope="col">{t.note}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((c) => (
              <ColumnRow
                key={c.name}
                column={c}
                title={titleOf(c)}
                chosen={chosen.includes(c.name)}
                onToggle={(on) => toggle(c.name, on)}
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 ? <p className="empty">{t.nothing}</p> : null}
      </section>
      {sensitive.length > 0 ? <p className="turn work-gap">{t.sensitiveNote(sensitive.join('、'))}</p> : null}
      {props.error ? (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      ) : null}
    </fieldset>
  );
}

function ColumnRow(props: {
  readonly column: DictionaryColumn;
  readonly title: string;
  readonly chosen: boolean;
  readonly onToggle: (on: boolean) => void;
}) {
  const t = useWords(WORDS);
  const id = useId();
  const { column: c, title, chosen } = props;
  return (
    <tr className={chosen ? 'chosen' : ''}>
      <td>
        <input
          id={id}
          type="checkbox"
          className="table-check"
          checked={chosen}
          onChange={(event) => props.onToggle(event.target.checked)}
        />
      </td>
      <td>
        <label htmlFor={id}>
          {title} {c.sensitive ? <span className="tag wait">{t.sensitive}</span> : null}
          <small className="faint block">
            <code>{c.name}</code>
          </small>
        </label>
      </td>
      <td className="faint">{c.type}</td>
      <td className="faint">{[c.description, c.unit].filter(Boolean).join(' · ')}</td>
    </tr>
  );
}
