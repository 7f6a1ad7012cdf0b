import { useEffect, useId, useState } from 'react';
import { useWords, words } from '../app/words.ts';
import { Icon } from './Icon.tsx';
import './table.css';

const WORDS = words({ all: '全部', search: '搜索', clear: '清空' }, { all: 'All', search: 'Search', clear: 'Clear' });

export type Filter =
  | { readonly name: string; readonly kind: 'search'; readonly label: string }
  | {
      readonly name: string;
      readonly kind: 'choice';
      readonly label: string;
      readonly options: readonly { readonly value: string; readonly title: string }[];
    };

/** Filters of a collection; their values stand in the address, so that a link shows the same list. */
export function Filters(props: {
  readonly filters: readonly Filter[];
  readonly values: URLSearchParams;
  readonly onChange: (values: Record<string, string | null>) => void;
}) {
  return (
    <div className="filters">
      {props.filters.map((filter) =>
        filter.kind === 'search' ? (
          <SearchBox
            key={filter.name}
            label={filter.label}
            value={props.values.get(filter.name) ?? ''}
            onSearch={(value) => props.onChange({ [filter.name]: value })}
          />
        ) : (
          <Choice
            key={filter.name}
            filter={filter}
            value={props.values.get(filter.name) ?? ''}
            onChange={(value) => props.onChange({ [filter.name]: value })}
          />
        ),
      )}
    </div>
  );
}

const TYPING_PAUSE_MS = 350;

/** Searches when the person pauses or presses Enter. */
export function SearchBox(props: {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (value: string) => void;
}) {
  const t = useWords(WORDS);
  const id = useId();
  const [typed, setTyped] = useState(props.value);
  const { onSearch, value } = props;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onSearch]);
  return (
    <search className="search-box">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(typed.trim());
        }}
      >
        <label className="hidden-visually" htmlFor={id}>
          {props.label}
        </label>
        <Icon name="search" />
        <input
          id={id}
          className="input"
          type="search"
          placeholder={props.label}
          value={typed}
          enterKeyHint="search"
          onChange={(event) => setTyped(event.target.value)}
        />
        <button type="submit" className="hidden-visually">
          {t.search}
        </button>
      </form>
    </search>
  );
}

function Choice(props: {
  readonly filter: Filter & { kind: 'choice' };
  readonly value: string;
  readonly onChange: (value: string | null) => void;
}) {
  const t = useWords(WORDS);
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{props.filter.label}</label>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value || null)}
      >
        <option value="">{t.all}</option>
        {props.filter.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </div>
  );
}
