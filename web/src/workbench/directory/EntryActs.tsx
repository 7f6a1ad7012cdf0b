import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Resource } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Drawer } from '../../shared/Drawer.tsx';
import { number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { UploadField } from '../../shared/UploadField.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';
import type { Dataset } from '../types.ts';

const WORDS = words(
  {
    list: '新增目录条目',
    listText: '先编目、后归集：此处只写明有什么数据，数据可以以后上传。',
    change: '变更条目',
    changeText: '只填写要变更的项；历次版本都会保留。',
    gather: '归集数据',
    refresh: '更新数据',
    gatherText: '上传数据文件；字段须与目录中的数据项一致。',
    refreshText: '上传较新的数据；字段须与数据字典一致。已加工的产品不受影响。',
    file: '数据文件',
    how: '更新方式',
    whole: '以新文件替换全部数据',
    part: '加入文件，或替换同名文件',
    partHint: '其余文件保持不变；字段须一致。',
    statement: '识别结果说明',
    statementHint: '新数据中识别出疑似个人信息：请先在目录中标为敏感字段并申报，或在此说明理由。',
    again: '再次提交',
    confirm: '确认更新',
    counts: (now: string, then: string) => `现有 ${now} 行；更新后 ${then} 行。以前的版本仍保留。`,
    reading: '正在读取文件……',
    failed: '文件无法读取。',
    asked: '归集数据',
    ingest: '数据入库',
  },
  {
    list: 'List an entry',
    listText: 'List first, gather later: say what data there are; the data may be uploaded another day.',
    change: 'Change the entry',
    changeText: 'Fill in what changes; every version is kept.',
    gather: 'Gather the data',
    refresh: 'Update the data',
    gatherText: 'Upload the file; its columns must be those of the directory.',
    refreshText: 'Upload newer data with the same columns. Products already built stay as they are.',
    file: 'Data file',
    how: 'How',
    whole: 'Replace all data with a new file',
    part: 'Add a file, or replace the one of the same name',
    partHint: 'The other files stay as they are; the columns must be the same.',
    statement: 'Answer to what was found',
    statementHint:
      'The newer data look like personal data: mark the columns sensitive and declare it first, or state here why they are none.',
    again: 'Send again',
    confirm: 'Confirm the update',
    counts: (now: string, then: string) =>
      `${now} rows now; ${then} rows after the update. Earlier revisions are kept.`,
    reading: 'Reading the file…',
    failed: 'The file cannot be read.',
    asked: 'gather the data',
    ingest: 'ingest the data',
  },
);

/** Names a resource in the directory before its data are gathered. */
export function ListEntry() {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  return (
    <ActDrawer<{ resourceId: string }>
      act="directory.list-entry"
      label={t.list}
      explain={t.listText}
      initial={{ grade: 'general', opening: 'conditional', source: 'self-generated', columns: [] }}
      onDone={({ result }) => void navigate(`/work/resources/${result.resourceId}`)}
    />
  );
}

const POLL_MS = 1_000;

/** What the holder does about a resource itself: change what is said of it, bring its data. */
export function EntryActs({ resource, tell }: { readonly resource: Resource; readonly tell: (done: Done) => void }) {
  const t = useWords(WORDS);
  const [bringing, setBringing] = useState(false);
  if (resource.state === 'withdrawn') return null;
  const listed = resource.data === 'listed';
  return (
    <div className="buttons">
      <button type="button" className={`button ${listed ? 'primary' : ''}`} onClick={() => setBringing(true)}>
        {listed ? t.gather : t.refresh}
      </button>
      {resource.publicData ? (
        <ActDrawer
          act="directory.change-entry"
          label={t.change}
          explain={t.changeText}
          fixed={{ resourceId: resource.id }}
          version={resource.version}
          tell={tell}
        />
      ) : null}
      {bringing ? (
        <Drawer title={listed ? t.gather : t.refresh} onClose={() => setBringing(false)}>
          <p className="faint">{listed ? t.gatherText : t.refreshText}</p>
          <Bring
            resource={resource}
            onDone={(done) => {
              setBringing(false);
              tell(done);
            }}
          />
        </Drawer>
      ) : null}
    </div>
  );
}

function Bring({ resource, onDone }: { readonly resource: Resource; readonly onDone: (done: Done) => void }) {
  const t = useWords(WORDS);
  const say = useSay();
  const listed = resource.data === 'listed';
  const [adding, setAdding] = useState(false);
  const [statement, setStatement] = useState('');
  const ingest = useAct<{ datasetId: string }>(adding ? 'dataset.revise' : 'dataset.ingest');
  const bring = useAct(listed ? 'resource.gather' : 'resource.refresh');
  const [datasetId, setDatasetId] = useState<string | null>(null);
  const [settled, setSettled] = useState(false);
  const dataset = useRead<Dataset>(
    datasetId ? `/datasets/${datasetId}` : null,
    {},
    settled ? {} : { refetchMs: POLL_MS },
  );
  const ready = dataset.data;
  const hand = (dataset: Dataset, findingsStatement: string) =>
    bring.mutate(
      {
        input: {
          ...{ resourceId: resource.id, datasetId: dataset.id, ...columnsFor(resource, dataset) },
          ...(findingsStatement ? { findingsStatement } : {}),
        },
        version: resource.version,
      },
      { onSuccess: ({ receipt }) => onDone({ title: listed ? t.gather : t.refresh, receiptId: receipt.id }) },
    );
  if (ready && ready.state !== 'ingesting' && !settled) {
    setSettled(true);
    // What was never there replaces nothing; what replaces data is shown before.
    if (ready.state === 'ready' && listed) hand(ready, '');
  }
  const unanswered = bring.error?.body.violations.some((v) => v.rule === 'HS-20.1') ?? false;
  return (
    <>
      {resource.datasetId ? (
        <label className="field">
          <span className="label">{t.how}</span>
          <select
            className="input"
            value={adding ? 'part' : 'whole'}
            onChange={(event) => setAdding(event.target.value === 'part')}
          >
            <option value="whole">{t.whole}</option>
            <option value="part">{t.part}</option>
          </select>
          {adding ? <span className="hint">{t.partHint}</span> : null}
        </label>
      ) : null}
      <UploadField
        label={t.file}
        accept=".csv,.json,.ndjson,.jsonl,.xlsx,.parquet"
        onUploaded={(upload) => {
          setDatasetId(null);
          setSettled(false);
          if (!upload) return;
          ingest.mutate(
            {
              input: adding
                ? { datasetId: resource.datasetId, add: [upload.uploadId] }
                : { uploadId: upload.uploadId, title: resource.title },
            },
            { onSuccess: ({ result }) => setDatasetId(result.datasetId) },
          );
        }}
      />
      {ingest.isPending || (datasetId && !settled) || bring.isPending ? <p role="status">{t.reading}</p> : null}
      {ready?.state === 'failed' ? (
        <p className="field-error" role="alert">
          {ready.failure ? say(ready.failure) : t.failed}
        </p>
      ) : null}
      {ready?.state === 'ready' && !listed && !unanswered ? (
        <>
          <p>{t.counts(number(resource.rows ?? 0), number(ready.rows ?? 0))}</p>
          <button type="button" className="button primary" disabled={bring.isPending} onClick={() => hand(ready, '')}>
            {t.confirm}
          </button>
        </>
      ) : null}
      {ingest.error ? <RefusalPanel problem={ingest.error} asked={t.ingest} /> : null}
      {bring.error ? <RefusalPanel problem={bring.error} asked={t.asked} /> : null}
      {unanswered && ready ? (
        <>
          <label className="field">
            <span className="label">{t.statement}</span>
            <textarea className="input" value={statement} onChange={(event) => setStatement(event.target.value)} />
            <span className="hint">{t.statementHint}</span>
          </label>
          <button
            type="button"
            className="button primary"
            disabled={statement.trim() === '' || bring.isPending}
            onClick={() => hand(ready, statement.trim())}
          >
            {t.again}
          </button>
        </>
      ) : null}
    </>
  );
}

/** A directory that says nothing of columns takes those of the data; titles are written afterwards. */
const columnsFor = (resource: Resource, dataset: Dataset) =>
  resource.data === 'listed' && resource.dictionary.length === 0
    ? { columns: dataset.columns.map((c) => ({ name: c.name, titleZh: c.name, sensitive: false })) }
    : {};
