import { Link, useParams } from 'react-router';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { useOriginTerm, usePartTerm } from '../../portal/products/data-terms.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { colon, dateTime, number } from '../../shared/format.ts';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { ActButton, useDone } from '../shared/acts.tsx';
import type { Import, ImportRow } from './types.ts';
import './directory.css';

const WORDS = words(
  {
    crumb: '导入目录',
    asked: '查看导入',
    reading: '正在读取来源……可以离开本页，稍后再看。',
    preview: '预览：目录还没有任何变化。请核对后确认。',
    faulty: '有条目不合规，本次导入不能确认。请按下表改正来源，再导入一次。',
    failedTitle: '读取失败',
    committed: '已生效。',
    discarded: '已放弃，目录没有变化。',
    snapshots: (taken: string, wanted: string, failed: string) =>
      `数据入库：${taken} 张表已完成${wanted === '0' ? '' : `，${wanted} 张进行中`}${failed === '0' ? '' : `，${failed} 张未成功`}`,
    total: '共',
    new: '新增',
    changed: '变更',
    same: '无变化',
    faultyCount: '有问题',
    commit: '确认导入',
    commitText: '预览中的全部条目将一次写入目录。',
    discard: '放弃',
    outcome: '结果',
    number: '编号',
    name: '名称',
    what: '说明',
    columns: (n: string) => `${n} 个数据项`,
    lacking: (parts: string) => `待补充：${parts}`,
    empty: '（空）',
    taken: '数据已入库',
    wanted: '数据入库中',
    notTaken: '数据未入库：',
    receipts: '回执',
    directory: '查看目录',
  },
  {
    crumb: 'Imports',
    asked: 'see the import',
    reading: 'The source is being read… You may leave and come back.',
    preview: 'A preview: nothing of the directory has changed yet. Look at it, then confirm.',
    faulty:
      'Some entries break a rule, so this import cannot be confirmed. Correct the source as said below and import again.',
    failedTitle: 'It could not be read',
    committed: 'It is in the directory.',
    discarded: 'Discarded; the directory is unchanged.',
    snapshots: (taken: string, wanted: string, failed: string) =>
      `Data: ${taken} tables taken${wanted === '0' ? '' : `, ${wanted} under way`}${failed === '0' ? '' : `, ${failed} not`}`,
    total: 'All',
    new: 'New',
    changed: 'Changed',
    same: 'Unchanged',
    faultyCount: 'With problems',
    commit: 'Confirm the import',
    commitText: 'All entries of the preview enter the directory at once.',
    discard: 'Discard',
    outcome: 'Outcome',
    number: 'Number',
    name: 'Title',
    what: 'Details',
    columns: (n: string) => `${n} columns`,
    lacking: (parts: string) => `still lacking: ${parts}`,
    empty: '(empty)',
    taken: 'data taken',
    wanted: 'data under way',
    notTaken: 'data not taken: ',
    receipts: 'Receipts',
    directory: 'See the directory',
  },
);

const POLL_MS = 1_500;
const TAGS = { new: 'good', changed: 'wait', same: '', faulty: 'bad' } as const;

export default function ImportPage() {
  const t = useWords(WORDS);
  const { importId = '' } = useParams();
  const address = `/directory-imports/${encodeURIComponent(importId)}`;
  const first = useRead<Import>(address);
  const busy =
    first.data?.state === 'reading' || (first.data?.state === 'committed' && first.data.snapshots.wanted > 0);
  const query = useRead<Import>(address, {}, busy ? { refetchMs: POLL_MS } : {});
  return (
    <>
      <p className="crumbs">
        <Link to="/work/directory/imports">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={10}>
        {(found) => <Content found={found} />}
      </Loaded>
    </>
  );
}

function Content({ found }: { readonly found: Import }) {
  const t = useWords(WORDS);
  const say = useSay();
  const origin = useOriginTerm();
  const { note, tell } = useDone();
  const { state, counts, snapshots } = found;
  return (
    <>
      <title>{found.place}</title>
      <h1 className="import-place">{found.place}</h1>
      <div className="tags product-tags">
        <span className="tag">{origin(found.kind)}</span>
        <span className={`tag ${state === 'committed' ? 'good' : state === 'failed' ? 'bad' : 'wait'}`}>
          {say(found.stateTitle)}
        </span>
        <small className="faint">{dateTime(found.startedAt)}</small>
      </div>
      {note}
      {state === 'failed' ? (
        <div className="refusal" role="alert">
          <p>
            <b>{t.failedTitle}</b>
          </p>
          <p>{found.failure ? say(found.failure) : null}</p>
        </div>
      ) : (
        <p role="status">
          {state === 'reading'
            ? t.reading
            : state === 'preview'
              ? counts.faulty > 0
                ? t.faulty
                : t.preview
              : state === 'committed'
                ? t.committed
                : t.discarded}
        </p>
      )}
      {state === 'committed' && snapshots.taken + snapshots.wanted + snapshots.failed > 0 ? (
        <p role="status">{t.snapshots(number(snapshots.taken), number(snapshots.wanted), number(snapshots.failed))}</p>
      ) : null}
      {state === 'preview' || state === 'committed' ? <Rows found={found} /> : null}
      {state === 'preview' || state === 'reading' ? (
        <div className="buttons import-buttons">
          {state === 'preview' ? (
            <ActButton
              act="directory.commit-import"
              input={{ importId: found.id }}
              version={found.version}
              label={t.commit}
              confirm={t.commitText}
              primary
              disabled={counts.faulty > 0 || counts.added + counts.changed + snapshots.wanted === 0}
              tell={tell}
            />
          ) : null}
          <ActButton
            act="directory.discard-import"
            input={{ importId: found.id }}
            version={found.version}
            label={t.discard}
            tell={tell}
          />
        </div>
      ) : null}
      {found.receipts.length > 0 ? (
        <>
          <h2>{t.receipts}</h2>
          <ReceiptList subject={found.id} receipts={found.receipts} />
        </>
      ) : null}
    </>
  );
}

function Rows({ found: { id, counts } }: { readonly found: Import }) {
  const t = useWords(WORDS);
  const titles = { new: t.new, changed: t.changed, same: t.same, faulty: t.faultyCount };
  const count = { new: counts.added, changed: counts.changed, same: counts.same, faulty: counts.faulty };
  return (
    <DataTable<ImportRow>
      path={`/directory-imports/${id}/rows`}
      caption={t.crumb}
      rowKey={(r) => String(r.position)}
      csvName="import"
      filters={[
        {
          name: 'outcome',
          kind: 'choice',
          label: t.outcome,
          options: (['faulty', 'new', 'changed', 'same'] as const)
            .filter((value) => count[value] > 0)
            .map((value) => ({ value, title: `${titles[value]} ${number(count[value])}` })),
        },
      ]}
      empty={null}
      columns={[
        { key: 'number', title: t.number, render: (r) => r.number || '—', csv: (r) => r.number },
        {
          key: 'name',
          title: t.name,
          render: (r) =>
            r.resourceId ? <Link to={`/work/resources/${r.resourceId}`}>{r.title}</Link> : r.title || '—',
          csv: (r) => r.title,
        },
        {
          key: 'outcome',
          title: t.outcome,
          render: (r) => <span className={`tag ${TAGS[r.outcome]}`}>{titles[r.outcome]}</span>,
          csv: (r) => titles[r.outcome],
        },
        {
          key: 'what',
          title: t.what,
          render: (r) => <Details row={r} />,
          csv: (r) => r.problems.map((p) => `${p.fact.zh}（${p.citation?.zh ?? p.rule}）`).join(' '),
        },
      ]}
    />
  );
}

function Details({ row }: { readonly row: ImportRow }) {
  const t = useWords(WORDS);
  const say = useSay();
  const part = usePartTerm();
  const language = useLanguage();
  const shown = (value: unknown) =>
    Array.isArray(value) ? t.columns(number(value.length)) : value === null || value === '' ? t.empty : String(value);
  return (
    <div className="import-details">
      {row.problems.map((p) => (
        <p key={p.rule + p.fact.zh} className="field-error">
          {say(p.fact)}{' '}
          <CitationChip rule={p.rule} article={p.rule} {...(p.citation ? { citation: p.citation } : {})} />
        </p>
      ))}
      {row.changes.map((c) => (
        <p key={c.part}>
          {part(c.part)}
          {colon(language)}
          <del>{shown(c.from)}</del> → <ins>{shown(c.to)}</ins>
        </p>
      ))}
      {row.outcome === 'new' && row.columnCount > 0 ? <p>{t.columns(number(row.columnCount))}</p> : null}
      {row.missing.length > 0 ? (
        <p className="faint">{t.lacking(row.missing.map(part).join(language === 'zh' ? '、' : ', '))}</p>
      ) : null}
      {row.snapshot === 'taken' ? <p>{t.taken}</p> : null}
      {row.snapshot === 'failed' ? (
        <p className="field-error">
          {t.notTaken}
          {row.failure ? say(row.failure) : ''}
        </p>
      ) : null}
    </div>
  );
}
