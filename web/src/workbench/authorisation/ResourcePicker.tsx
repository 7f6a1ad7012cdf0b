import { useEffect, useId, useState } from 'react';
import type { Page, ResourceSummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Skeleton } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';

const WORDS = words(
  {
    search: '搜索公共数据目录',
    add: '选取',
    chosen: (n: number) => `已选 ${n} 项`,
    remove: (title: string) => `不选 ${title}`,
    none: '目录中没有符合的公共数据资源。',
    rows: (rows: string, columns: string) => `${rows} 行，${columns} 列`,
    more: '还有更多，请缩小搜索范围。',
  },
  {
    search: 'Search the catalogue of public data',
    add: 'Choose',
    chosen: (n: number) => `${n} chosen`,
    remove: (title: string) => `Leave out ${title}`,
    none: 'No public resource in the catalogue matches.',
    rows: (rows: string, columns: string) => `${rows} rows, ${columns} columns`,
    more: 'There are more; narrow the search.',
  },
);

const SHOWN = 20;

/** Public resources of the catalogue, found by search and picked one by one. */
export function ResourcePicker(props: {
  readonly label: string;
  /** Only what this party holds. */
  readonly holderId?: string;
  readonly chosen: readonly ResourceSummary[];
  readonly error?: string | undefined;
  readonly onChange: (chosen: readonly ResourceSummary[]) => void;
}) {
  const t = useWords(WORDS);
  const [q, setQ] = useState('');
  const { chosen, onChange } = props;
  const own = props.holderId !== undefined;
  const { data } = useRead<Page<ResourceSummary>>(
    '/resources',
    { q, limit: SHOWN, announceable: 'true', mine: own ? 'held' : undefined },
    { keep: true },
  );
  const ids = new Set(chosen.map((r) => r.id));
  const offered = (data?.items ?? []).filter((r) => !ids.has(r.id));
  return (
    <fieldset className="choices resource-picker">
      <legend className="label">{props.label}</legend>
      {chosen.length > 0 ? (
        <>
          <p className="small faint">{t.chosen(chosen.length)}</p>
          <ul className="chosen-list">
            {chosen.map((r) => (
              <li key={r.id}>
                <ResourceLine resource={r} />
                <button
                  type="button"
                  className="icon-only"
                  aria-label={t.remove(r.title)}
                  title={t.remove(r.title)}
                  onClick={() => onChange(chosen.filter((c) => c.id !== r.id))}
                >
                  <Icon name="close" size={14} />
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <PickerSearch label={t.search} onSearch={setQ} />
      {data ? (
        <ul className="offered-list">
          {offered.map((r) => (
            <li key={r.id}>
              <ResourceLine resource={r} />
              <button
                type="button"
                className="button"
                aria-label={`${t.add} ${r.title}`}
                onClick={() => onChange([...chosen, r])}
              >
                {t.add}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Skeleton lines={3} />
      )}
      {data && offered.length === 0 && chosen.length === 0 ? <p className="faint">{t.none}</p> : null}
      {data?.nextCursor ? <p className="small faint">{t.more}</p> : null}
      {props.error ? (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      ) : null}
    </fieldset>
  );
}

function ResourceLine({ resource: r }: { readonly resource: ResourceSummary }) {
  const t = useWords(WORDS);
  const term = useTerm();
  return (
    <span>
      {r.title} <span className="tag">{term(r.classification.grade)}</span>
      <small className="faint block">
        {r.holder.name} · {t.rows(number(r.rows), number(r.columnCount))}
      </small>
    </span>
  );
}

const TYPING_PAUSE_MS = 350;

/** A search within a form: Enter searches and does not submit the form around it. */
function PickerSearch(props: { readonly label: string; readonly onSearch: (q: string) => void }) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const { onSearch } = props;
  useEffect(() => {
    const timer = setTimeout(() => onSearch(typed.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  return (
    <>
      <label className="hidden-visually" htmlFor={id}>
        {props.label}
      </label>
      <input
        id={id}
        className="input"
        type="search"
        placeholder={props.label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          onSearch(typed.trim());
        }}
      />
    </>
  );
}
