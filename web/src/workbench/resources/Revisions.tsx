import { useState } from 'react';
import type { Page, Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Drawer } from '../../shared/Drawer.tsx';
import { bytes, dateTime, number } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  {
    title: '数据版本',
    asked: '查看数据版本',
    revision: (n: number) => `第 ${n} 版`,
    current: '使用中',
    rows: (n: string) => `${n} 行`,
    files: (n: number) => `${n} 个文件`,
    changes: '变更清单',
    first: '首个版本，此前没有数据。',
    name: '文件',
    change: '变更',
    rowsChange: '行数',
    added: '新增',
    removed: '去掉',
    replaced: '替换',
    kept: '未变',
    columns: '字段变更',
    noColumns: '字段没有变更。',
    none: '无',
    ingesting: '处理中',
    ready: '就绪',
    failed: '失败',
    erased: '已销毁',
  },
  {
    title: 'Revisions of the data',
    asked: 'see the revisions',
    revision: (n: number) => `Revision ${n}`,
    current: 'in use',
    rows: (n: string) => `${n} rows`,
    files: (n: number) => `${n} file(s)`,
    changes: 'What changed',
    first: 'The first revision; nothing came before.',
    name: 'File',
    change: 'Change',
    rowsChange: 'Rows',
    added: 'new',
    removed: 'gone',
    replaced: 'replaced',
    kept: 'unchanged',
    columns: 'Columns that changed',
    noColumns: 'No column changed.',
    none: 'none',
    ingesting: 'being read',
    ready: 'ready',
    failed: 'failed',
    erased: 'erased',
  },
);

interface Revision {
  readonly id: string;
  readonly revision: number;
  readonly baseId: string | null;
  readonly state: 'ingesting' | 'ready' | 'failed' | 'erased';
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly files: number;
  readonly failure: Text | null;
  readonly createdAt: string;
}

interface Changes {
  readonly fromId: string | null;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly files: readonly {
    readonly name: string;
    readonly change: 'added' | 'removed' | 'replaced' | 'kept';
    readonly rowsBefore: number | null;
    readonly rowsAfter: number | null;
    readonly bytes: number;
  }[];
  readonly columns: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
}

const SHOWN = 10;

/** The revisions of the data behind a resource, newest first, each with what it changed. */
export function Revisions({ datasetId }: { readonly datasetId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const [shown, setShown] = useState<Revision | null>(null);
  const query = useRead<Page<Revision>>(`/datasets/${datasetId}/revisions`, { limit: SHOWN });
  return (
    <>
      <h2>{t.title}</h2>
      <Loaded of={query} asked={t.asked} lines={3}>
        {({ items }) => (
          <ul className="line-list">
            {items.map((r) => (
              <li key={r.id} className="head-row">
                <span>
                  {t.revision(r.revision)} {r.id === datasetId ? <span className="tag good">{t.current}</span> : null}
                  {r.state === 'ready' ? null : <span className="tag">{t[r.state]}</span>}
                  <small className="faint block">
                    {dateTime(r.createdAt)}
                    {r.rows === null ? '' : ` · ${t.rows(number(r.rows))}`}
                    {r.bytes === null ? '' : ` · ${bytes(r.bytes)}`}
                    {r.files > 0 ? ` · ${t.files(r.files)}` : ''}
                    {r.failure ? ` · ${say(r.failure)}` : ''}
                  </small>
                </span>
                {r.state === 'ready' ? (
                  <button type="button" className="button quiet" onClick={() => setShown(r)}>
                    {t.changes}
                  </button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {shown ? (
        <Drawer title={`${t.revision(shown.revision)} · ${t.changes}`} onClose={() => setShown(null)}>
          <ChangeList datasetId={shown.id} />
        </Drawer>
      ) : null}
    </>
  );
}

const rowsOf = (n: number | null): string => (n === null ? '—' : number(n));

function ChangeList({ datasetId }: { readonly datasetId: string }) {
  const t = useWords(WORDS);
  const query = useRead<Changes>(`/datasets/${datasetId}/changes`);
  return (
    <Loaded of={query} asked={t.changes} lines={5}>
      {(changes) => (
        <>
          <p className="faint">
            {changes.fromId === null
              ? t.first
              : `${t.rowsChange} ${number(changes.rowsBefore)} → ${number(changes.rowsAfter)}`}
          </p>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t.name}</th>
                <th scope="col">{t.change}</th>
                <th scope="col">{t.rowsChange}</th>
              </tr>
            </thead>
            <tbody>
              {changes.files.map((f) => (
                <tr key={f.name}>
                  <td>{f.name}</td>
                  <td>{t[f.change]}</td>
                  <td className="number">
                    {rowsOf(f.rowsBefore)} → {rowsOf(f.rowsAfter)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {changes.fromId === null ? null : (
            <>
              <h3>{t.columns}</h3>
              {changes.columns.length === 0 ? <p className="faint">{t.noColumns}</p> : null}
              <ul className="plain-list">
                {changes.columns.map((c) => (
                  <li key={c.name}>
                    {c.name}: {c.before ?? t.none} → {c.after ?? t.none}
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Loaded>
  );
}
