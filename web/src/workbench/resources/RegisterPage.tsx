import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Page, Profile } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { ProfileGrid } from '../../portal/products/ProfileGrid.tsx';
import { bytes, colon, dateTime, number, percent } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { UploadField } from '../../shared/UploadField.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import type { Dataset } from '../types.ts';
import { DescribeForm } from './DescribeForm.tsx';
import '../../portal/products/products.css';

const WORDS = words(
  {
    title: '登记数据资源',
    crumb: '数据资源',
    sub: '上传数据、核对概貌、描述与分级、提交登记。数据加密存入平台，登记后得到回执。',
    upload: '上传数据',
    check: '入库与核对',
    describe: '描述与分级',
    registered: '完成登记',
    file: '数据文件',
    fileHint: 'CSV、JSON、Excel（XLSX）或 Parquet。可断点续传；刷新页面后重新选择同一文件即可接着传。',
    ingestAsked: '读取上传的文件',
    starting: '正在交给平台读取……',
    earlier: '或者接着办理已上传的数据',
    continueWith: '接着登记',
    asked: '查看数据集',
    waiting: '排队等待处理',
    checking: '检查文件',
    reading: '读取数据',
    writing: '写成列式文件',
    profiling: '统计概貌',
    sealing: '加密保存',
    rowsUnit: (done: string, total: string | null) => (total ? `${done} / ${total} 行` : `${done} 行`),
    columnsUnit: (done: string, total: string | null) => (total ? `${done} / ${total} 列` : `${done} 列`),
    bytesUnit: (done: string, total: string | null) => (total ? `${done} / ${total}` : done),
    leave: '可以离开这个页面，处理会在后台继续，回来后从这里接着办。',
    failedTitle: '这份文件没有读成数据表',
    again: '换一个文件',
    preview: '数据概貌',
    previewNote: '请核对列名、类型、空值和取值范围。标为敏感的列，登记后对外不显示数值。',
    done: '登记完成',
    doneText: (title: string) => `“${title}”已登记为数据资源。`,
    openResource: '查看资源',
    makeProduct: '用它起草产品',
    another: '再登记一个',
  },
  {
    title: 'Register a resource',
    crumb: 'Resources',
    sub: 'Upload the data, check what was read, describe and grade it, register. The data is stored encrypted; the registration gives you a receipt.',
    upload: 'Upload',
    check: 'Reading and check',
    describe: 'Describe and grade',
    registered: 'Registered',
    file: 'Data file',
    fileHint:
      'CSV, JSON, Excel (XLSX) or Parquet. An interrupted upload goes on where it stopped; after a reload choose the same file again.',
    ingestAsked: 'read the uploaded file',
    starting: 'Handing the file over…',
    earlier: 'Or go on with data uploaded before',
    continueWith: 'Go on',
    asked: 'see the dataset',
    waiting: 'Waiting for its turn',
    checking: 'Checking the file',
    reading: 'Reading the data',
    writing: 'Writing columns',
    profiling: 'Computing the profile',
    sealing: 'Encrypting',
    rowsUnit: (done: string, total: string | null) => (total ? `${done} of ${total} rows` : `${done} rows`),
    columnsUnit: (done: string, total: string | null) => (total ? `${done} of ${total} columns` : `${done} columns`),
    bytesUnit: (done: string, total: string | null) => (total ? `${done} of ${total}` : done),
    leave: 'You may leave this page: the work goes on, and this is where you find it again.',
    failedTitle: 'This file could not be read as a table',
    again: 'Take another file',
    preview: 'Profile of the data',
    previewNote: 'Check names, types, nulls and ranges. Columns marked sensitive show no values to others.',
    done: 'Registered',
    doneText: (title: string) => `“${title}” is registered as a resource.`,
    openResource: 'See the resource',
    makeProduct: 'Draft a product from it',
    another: 'Register another',
  },
);

const POLL_MS = 700;

interface Registered {
  readonly resourceId: string;
  readonly title: string;
  readonly receiptId: string;
}

/** The way from a file to a registered resource; the dataset stands in the address, so that a reload goes on. */
export default function RegisterPage() {
  const t = useWords(WORDS);
  const [search, setSearch] = useSearchParams();
  const datasetId = search.get('dataset');
  const [registered, setRegistered] = useState<Registered | null>(null);
  const restart = () => {
    setRegistered(null);
    setSearch({});
  };
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/work/resources">{t.crumb}</Link> ›
      </p>
      <h1>{t.title}</h1>
      {registered ? (
        <Finished registered={registered} onAnother={restart} />
      ) : datasetId ? (
        <FromDataset key={datasetId} datasetId={datasetId} onRegistered={setRegistered} onAgain={restart} />
      ) : (
        <>
          <p className="sub">{t.sub}</p>
          <Steps at={0} />
          <Upload onDataset={(id) => setSearch({ dataset: id })} />
        </>
      )}
    </>
  );
}

function Steps({ at, stopped }: { readonly at: number; readonly stopped?: boolean }) {
  const t = useWords(WORDS);
  const steps = [t.upload, t.check, t.describe, t.registered].map(
    (title, i): Step => ({ title, state: i < at || at === 3 ? 'done' : i > at ? 'next' : stopped ? 'stopped' : 'now' }),
  );
  return <StepsBar steps={steps} />;
}

function Upload({ onDataset }: { readonly onDataset: (id: string) => void }) {
  const t = useWords(WORDS);
  const ingest = useAct<{ datasetId: string }>('dataset.ingest');
  const [last, setLast] = useState<string | null>(null);
  const take = async (uploadId: string) => {
    setLast(uploadId);
    try {
      onDataset((await ingest.mutateAsync({ input: { uploadId } })).result.datasetId);
    } catch {
      // The refusal shows below; the upload is kept and can be handed over again.
    }
  };
  return (
    <div className="form-narrow">
      <UploadField
        label={t.file}
        hint={t.fileHint}
        accept=".csv,.json,.ndjson,.jsonl,.xlsx,.parquet"
        onUploaded={(upload) => (upload ? void take(upload.uploadId) : setLast(null))}
      />
      {ingest.isPending ? <p role="status">{t.starting}</p> : null}
      {ingest.error && last ? (
        <RefusalPanel
          key={ingest.submittedAt}
          problem={ingest.error}
          asked={t.ingestAsked}
          retry={() => void take(last)}
        />
      ) : null}
      <Earlier onDataset={onDataset} />
    </div>
  );
}

/** What was uploaded before and may wait for its registration. */
function Earlier({ onDataset }: { readonly onDataset: (id: string) => void }) {
  const t = useWords(WORDS);
  const { data } = useRead<Page<Dataset>>('/datasets', { limit: 5 });
  const waiting = (data?.items ?? []).filter((d) => d.state === 'ready' || d.state === 'ingesting');
  if (waiting.length === 0) return null;
  return (
    <>
      <h2>{t.earlier}</h2>
      <ul className="line-list">
        {waiting.map((d) => (
          <li key={d.id} className="head-row">
            <span>
              {d.title}
              <small className="faint block">
                {dateTime(d.createdAt)}
                {d.rows === null ? '' : ` · ${t.rowsUnit(number(d.rows), null)}`}
                {d.bytes === null ? '' : ` · ${bytes(d.bytes)}`}
              </small>
            </span>
            <button type="button" className="button" onClick={() => onDataset(d.id)}>
              {t.continueWith}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function FromDataset(props: {
  readonly datasetId: string;
  readonly onRegistered: (r: Registered) => void;
  readonly onAgain: () => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const [settled, setSettled] = useState(false);
  const query = useRead<Dataset>(
    `/datasets/${encodeURIComponent(props.datasetId)}`,
    {},
    settled ? {} : { refetchMs: POLL_MS },
  );
  if (query.data && query.data.state !== 'ingesting' && !settled) setSettled(true);
  return (
    <Loaded of={query} asked={t.asked}>
      {(dataset) =>
        dataset.state === 'ingesting' ? (
          <>
            <Steps at={1} />
            <Progress dataset={dataset} />
          </>
        ) : dataset.state === 'failed' ? (
          <>
            <Steps at={1} stopped />
            <div className="refusal" role="alert">
              <p>
                <b>{t.failedTitle}</b>
              </p>
              <p>{say(dataset.failure)}</p>
              <button type="button" className="button" onClick={props.onAgain}>
                {t.again}
              </button>
            </div>
          </>
        ) : (
          <>
            <Steps at={2} />
            <h2>{t.preview}</h2>
            <p className="faint">{t.previewNote}</p>
            {dataset.profile ? <ProfileGrid profile={dataset.profile as Profile} titleOf={(name) => name} /> : null}
            <DescribeForm dataset={dataset} onRegistered={props.onRegistered} />
          </>
        )
      }
    </Loaded>
  );
}

type Stage = 'waiting' | 'checking' | 'reading' | 'writing' | 'profiling' | 'sealing';

function Progress({ dataset }: { readonly dataset: Dataset }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const { stage, done, total, unit } = dataset.progress;
  const said =
    unit === 'bytes'
      ? t.bytesUnit(bytes(done), total === null ? null : bytes(total))
      : (unit === 'rows' ? t.rowsUnit : t.columnsUnit)(number(done), total === null ? null : number(total));
  const title = t[(stage === 'done' ? 'sealing' : stage) as Stage];
  return (
    <div className="form-narrow" role="status">
      <b>
        {dataset.title}
        {colon(language)}
        {title}
      </b>
      <progress className="stage-bar" aria-label={title} {...(total ? { value: done, max: Math.max(total, 1) } : {})} />
      <p className="faint">
        {stage === 'waiting' ? null : said}
        {total ? ` · ${percent(done / Math.max(total, 1))}` : ''}
      </p>
      <p className="faint small">{t.leave}</p>
    </div>
  );
}

function Finished({ registered, onAnother }: { readonly registered: Registered; readonly onAnother: () => void }) {
  const t = useWords(WORDS);
  return (
    <>
      <Steps at={3} />
      <div className="my-act" role="status">
        <h2>{t.done}</h2>
        <p>{t.doneText(registered.title)}</p>
        <ReceiptChip id={registered.receiptId} />
        <div className="buttons">
          <Link className="button primary" to={`/work/products/new?resource=${registered.resourceId}`}>
            {t.makeProduct}
          </Link>
          <Link className="button" to={`/work/resources/${registered.resourceId}`}>
            {t.openResource}
          </Link>
          <button type="button" className="button" onClick={onAnother}>
            {t.another}
          </button>
        </div>
      </div>
    </>
  );
}
