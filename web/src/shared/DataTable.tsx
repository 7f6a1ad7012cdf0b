import { type ReactNode, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { get, type Page, Problem, type Query } from '../api.ts';
import { useWords, words } from '../app/words.ts';
import { csvOf, saveFile } from './csv.ts';
import { type Filter, Filters } from './Filters.tsx';
import { Icon } from './Icon.tsx';
import { RefusalPanel } from './RefusalPanel.tsx';
import { Skeleton } from './States.tsx';
import { useRead } from './use-api.ts';
import './table.css';

const WORDS = words(
  {
    see: (what: string) => `查看${what}`,
    first: '回到首页',
    previous: '上一页',
    next: '下一页',
    csv: '导出 CSV',
    exporting: (rows: number) => `正在导出 ${rows} 行`,
    truncated: (rows: number) => `只导出了前 ${rows} 行；请缩小筛选范围再导出其余。`,
    none: '没有符合筛选条件的记录。',
    clear: '清除筛选',
    pages: '翻页',
    ascending: '升序',
    descending: '降序',
    sortBy: (name: string) => `按${name}排序`,
  },
  {
    see: (what: string) => `see ${what}`,
    first: 'First page',
    previous: 'Previous',
    next: 'Next',
    csv: 'Export CSV',
    exporting: (rows: number) => `Exporting ${rows} rows`,
    truncated: (rows: number) => `Only the first ${rows} rows were exported; narrow the filters for the rest.`,
    none: 'Nothing matches the filters.',
    clear: 'Clear filters',
    pages: 'Pages',
    ascending: 'ascending',
    descending: 'descending',
    sortBy: (name: string) => `Sort by ${name}`,
  },
);

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly render: (row: T) => ReactNode;
  /** Right-aligned tabular figures. */
  readonly number?: boolean;
  /** The cell in a CSV file; a column without it is left out there. */
  readonly csv?: (row: T) => string;
  /** Value of the read's `sort` parameter; only for reads that have one. */
  readonly sort?: string;
}

const CSV_ROWS_MAX = 10_000;
const CSV_PAGE = 100;

/** A collection of the API, paged by its cursor; filters, sort and place stand in the address. */
export function DataTable<T>(props: {
  readonly path: string;
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rowKey: (row: T) => string;
  readonly filters?: readonly Filter[];
  /** Always sent, such as `{ mine: true }`. */
  readonly query?: Query;
  /** What to do first, when there is nothing at all. */
  readonly empty: ReactNode;
  /** File name without ending; no export without it. */
  readonly csvName?: string;
  readonly limit?: number;
  /** Asked again that often, for what happens while one looks. */
  readonly refetchMs?: number;
}) {
  const t = useWords(WORDS);
  const [search, setSearch] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const names = (props.filters ?? []).map((f) => f.name);
  const chosen: Query = Object.fromEntries([...names, 'sort'].map((name) => [name, search.get(name)]));
  const cursor = search.get('cursor');
  const query: Query = { ...props.query, ...chosen, cursor, limit: props.limit ?? 20 };
  const page = useRead<Page<T>>(props.path, query, {
    keep: true,
    ...(props.refetchMs ? { refetchMs: props.refetchMs } : {}),
  });
  const filtered = names.some((name) => search.get(name));
  const fromHere = (location.state as { fromTable?: boolean } | null)?.fromTable === true;

  const change = (values: Record<string, string | null>) => {
    const next = new URLSearchParams(search);
    next.delete('cursor');
    for (const [name, value] of Object.entries(values)) value ? next.set(name, value) : next.delete(name);
    setSearch(next, { replace: true, preventScrollReset: true });
  };
  const goNext = (to: string) => {
    const next = new URLSearchParams(search);
    next.set('cursor', to);
    setSearch(next, { state: { fromTable: true } });
  };

  return (
    <div className="data-table">
      <div className="data-table-top">
        <Filters filters={props.filters ?? []} values={search} onChange={change} />
        {props.csvName && (page.data?.items.length ?? 0) > 0 ? (
          <CsvButton {...props} name={props.csvName} query={{ ...props.query, ...chosen }} />
        ) : null}
      </div>
      {page.error && !page.data ? (
        <RefusalPanel problem={page.error} asked={t.see(props.caption)} retry={() => void page.refetch()} />
      ) : null}
      {page.isPending && !page.error ? <Skeleton lines={6} height={18} /> : null}
      {page.data && page.data.items.length === 0 ? (
        filtered ? (
          <p className="empty">
            {t.none}{' '}
            <button
              type="button"
              className="button quiet"
              onClick={() => change(Object.fromEntries(names.map((n) => [n, null])))}
            >
              {t.clear}
            </button>
          </p>
        ) : (
          props.empty
        )
      ) : null}
      {page.data && page.data.items.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
        <section className="scroll" aria-label={props.caption} tabIndex={0} aria-busy={page.isPlaceholderData}>
          <table>
            <caption className="hidden-visually">{props.caption}</caption>
            <thead>
              <tr>
                {props.columns.map((column) => (
                  <HeadCell
                    key={column.key}
                    column={column}
                    sort={search.get('sort')}
                    onSort={(value) => change({ sort: value })}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {page.data.items.map((row) => (
                <tr key={props.rowKey(row)}>
                  {props.columns.map((column) => (
                    <td key={column.key} className={column.number ? 'number' : undefined}>
                      {column.render(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
      {cursor || page.data?.nextCursor ? (
        <nav className="buttons data-table-pages" aria-label={t.pages}>
          {cursor ? (
            <button type="button" className="button" onClick={() => (fromHere ? navigate(-1) : change({}))}>
              {fromHere ? t.previous : t.first}
            </button>
          ) : null}
          {page.data?.nextCursor ? (
            <button type="button" className="button" onClick={() => goNext(page.data?.nextCursor ?? '')}>
              {t.next}
            </button>
          ) : null}
        </nav>
      ) : null}
    </div>
  );
}

function HeadCell<T>(props: {
  readonly column: Column<T>;
  readonly sort: string | null;
  readonly onSort: (value: string) => void;
}) {
  const t = useWords(WORDS);
  const { column, sort } = props;
  const className = column.number ? 'number' : undefined;
  // A column of buttons has no words above it; an empty header cell would be read out as one.
  if (!column.title) return <td className={className} />;
  if (!column.sort)
    return (
      <th scope="col" className={className}>
        {column.title}
      </th>
    );
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  return (
    <th scope="col" className={className} aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <button
        type="button"
        className="sort"
        title={t.sortBy(column.title)}
        onClick={() => props.onSort(up ? `-${column.sort}` : (column.sort ?? ''))}
      >
        {column.title}
        <span aria-hidden="true">{up ? ' ↑' : down ? ' ↓' : ''}</span>
      </button>
    </th>
  );
}

/** Fetches page after page, up to a limit that it names, and saves them as one file. */
function CsvButton<T>(props: {
  readonly path: string;
  readonly columns: readonly Column<T>[];
  readonly query: Query;
  readonly name: string;
}) {
  const t = useWords(WORDS);
  const [rows, setRows] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [truncated, setTruncated] = useState(false);
  const run = async () => {
    setProblem(null);
    setRows(0);
    try {
      const items: T[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<T> = await get<Page<T>>(props.path, { ...props.query, cursor, limit: CSV_PAGE });
        items.push(...page.items);
        cursor = page.nextCursor;
        setRows(items.length);
      } while (cursor && items.length < CSV_ROWS_MAX);
      setTruncated(cursor !== null);
      const columns = props.columns.filter((c) => c.csv);
      saveFile(
        `${props.name}.csv`,
        csvOf([columns.map((c) => c.title), ...items.map((row) => columns.map((c) => c.csv?.(row) ?? ''))]),
        'text/csv;charset=utf-8',
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setRows(null);
    }
  };
  return (
    <div>
      <button type="button" className="button quiet" disabled={rows !== null} onClick={() => void run()}>
        <Icon name="download" />
        {rows === null ? t.csv : t.exporting(rows)}
      </button>
      {truncated ? <p className="small faint">{t.truncated(CSV_ROWS_MAX)}</p> : null}
      {problem ? <RefusalPanel problem={problem} asked={t.csv} /> : null}
    </div>
  );
}
