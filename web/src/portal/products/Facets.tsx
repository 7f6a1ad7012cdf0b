import { useSearchParams } from 'react-router';
import type { Facet } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';

const WORDS = words({ all: '全部' }, { all: 'All' });

/** Values of one property as links that filter; the chosen one stands in the address. */
export function Facets(props: {
  readonly name: string;
  readonly title: string;
  readonly facets: readonly Facet[];
  readonly titleOf?: (value: string) => string;
}) {
  const t = useWords(WORDS);
  const [search, setSearch] = useSearchParams();
  const chosen = search.get(props.name);
  const choose = (value: string | null) => {
    const next = new URLSearchParams(search);
    next.delete('cursor');
    if (value) next.set(props.name, value);
    else next.delete(props.name);
    setSearch(next, { replace: true, preventScrollReset: true });
  };
  if (props.facets.length === 0) return null;
  return (
    <fieldset className="facets">
      <legend>{props.title}</legend>
      <button type="button" aria-pressed={!chosen} onClick={() => choose(null)}>
        <span>{t.all}</span>
      </button>
      {props.facets.map((facet) => (
        <button
          key={facet.value}
          type="button"
          aria-pressed={chosen === facet.value}
          onClick={() => choose(facet.value)}
        >
          <span>{props.titleOf?.(facet.value) ?? facet.value}</span>
          <small>{facet.count}</small>
        </button>
      ))}
    </fieldset>
  );
}
