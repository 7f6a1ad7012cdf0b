import { useState } from 'react';
import type { Cell, ColumnProfile, Profile } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { bytes, number, percent } from '../../shared/format.ts';

const WORDS = words(
  {
    rows: '行数',
    size: '大小',
    duplicates: '重复行',
    nulls: '空值',
    distinct: '不同值',
    about: '约',
    range: '范围',
    mean: '均值',
    masked: '敏感列，数值不公开',
    histogram: (name: string) => `${name} 的分布`,
    top: '最常见的值',
    empty: '（空）',
    more: (n: number) => `显示其余 ${n} 列`,
    bin: (from: string, to: string, count: string) => `${from} 至 ${to}：${count} 行`,
  },
  {
    rows: 'Rows',
    size: 'Size',
    duplicates: 'Duplicate rows',
    nulls: 'Nulls',
    distinct: 'Distinct',
    about: 'about ',
    range: 'Range',
    mean: 'Mean',
    masked: 'Sensitive column: values are withheld',
    histogram: (name: string) => `Distribution of ${name}`,
    top: 'Most common values',
    empty: '(empty)',
    more: (n: number) => `Show the other ${n} columns`,
    bin: (from: string, to: string, count: string) => `${from} to ${to}: ${count} rows`,
  },
);

const SHOWN_FIRST = 12;
const TOP_SHOWN = 4;

const said = (cell: Cell): string => (typeof cell === 'number' ? number(cell) : cell === null ? '—' : String(cell));

/** What the data look like, column by column. */
export function ProfileGrid({
  profile,
  titleOf,
}: {
  readonly profile: Profile;
  readonly titleOf: (column: string) => string;
}) {
  const t = useWords(WORDS);
  const [all, setAll] = useState(false);
  const shown = all ? profile.columns : profile.columns.slice(0, SHOWN_FIRST);
  return (
    <>
      <p className="profile-sizes">
        {t.rows} <b>{number(profile.rows)}</b> · {t.size} <b>{bytes(profile.bytes)}</b>
        {profile.duplicateRows === null ? null : (
          <>
            {' '}
            · {t.duplicates} <b>{number(profile.duplicateRows)}</b>
          </>
        )}
      </p>
      <ul className="profile">
        {shown.map((column) => (
          <Column key={column.name} column={column} rows={profile.rows} title={titleOf(column.name)} />
        ))}
      </ul>
      {profile.columns.length > shown.length ? (
        <button type="button" className="button" onClick={() => setAll(true)}>
          {t.more(profile.columns.length - shown.length)}
        </button>
      ) : null}
    </>
  );
}

function Column({
  column,
  rows,
  title,
}: {
  readonly column: ColumnProfile;
  readonly rows: number;
  readonly title: string;
}) {
  const t = useWords(WORDS);
  return (
    <li>
      <p className="profile-name">
        <b>{title}</b> <code className="faint">{column.name}</code>
      </p>
      {column.masked ? (
        <p className="faint">{t.masked}</p>
      ) : column.histogram && column.histogram.length > 0 ? (
        <Histogram column={column} title={title} />
      ) : column.top && column.top.length > 0 ? (
        <Top column={column} rows={rows} />
      ) : null}
      <small className="faint">
        {t.nulls} {percent(rows > 0 ? column.nulls / rows : 0)} · {t.distinct} {column.distinctExact ? '' : t.about}
        {number(column.distinct)}
        {column.mean === null ? '' : ` · ${t.mean} ${number(Math.round(column.mean * 100) / 100)}`}
      </small>
    </li>
  );
}

const WIDTH = 200;
const HEIGHT = 48;

function Histogram({ column, title }: { readonly column: ColumnProfile; readonly title: string }) {
  const t = useWords(WORDS);
  const bins = column.histogram ?? [];
  const tallest = Math.max(1, ...bins.map((b) => b.count));
  const step = WIDTH / bins.length;
  return (
    <>
      <svg
        className="histogram"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t.histogram(title)}
      >
        {bins.map((bin, i) => {
          const height = bin.count === 0 ? 0 : Math.max(1, (HEIGHT * bin.count) / tallest);
          return (
            <rect
              key={String(bin.from)}
              x={i * step}
              y={HEIGHT - height}
              width={Math.max(0.5, step - 1)}
              height={height}
            >
              <title>{t.bin(said(bin.from), said(bin.to), number(bin.count))}</title>
            </rect>
          );
        })}
      </svg>
      <small className="faint profile-range">
        <span>{said(column.min)}</span>
        <span>{said(column.max)}</span>
      </small>
    </>
  );
}

function Top({ column, rows }: { readonly column: ColumnProfile; readonly rows: number }) {
  const t = useWords(WORDS);
  return (
    <ol className="profile-top" aria-label={t.top}>
      {(column.top ?? []).slice(0, TOP_SHOWN).map((v) => (
        <li key={String(v.value)}>
          <i style={{ width: `${rows > 0 ? (100 * v.count) / rows : 0}%` }} />
          <span>{v.value === null || v.value === '' ? t.empty : said(v.value)}</span>
          <small>{percent(rows > 0 ? v.count / rows : 0)}</small>
        </li>
      ))}
    </ol>
  );
}
