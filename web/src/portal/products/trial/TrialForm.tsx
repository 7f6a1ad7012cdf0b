import { useState } from 'react';
import type { Page, Product } from '../../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../../app/words.ts';
import { number } from '../../../shared/format.ts';
import { RefusalPanel } from '../../../shared/RefusalPanel.tsx';
import { UploadField } from '../../../shared/UploadField.tsx';
import { useAct, useRead } from '../../../shared/use-api.ts';
import { CheckField, SelectField, useForm } from '../../../workbench/shared/form.tsx';
import type { Dataset } from '../../../workbench/types.ts';
import {
  isFigure,
  isNumber,
  MEASURE_WORDS,
  type Measure,
  type Offer,
  type Told,
  takesColumn,
  takesNumber,
} from './measures.ts';
import { Score } from './Score.tsx';

const WORDS = words(
  {
    measure: '指标',
    column: '产品字段',
    table: '自备数据表',
    choose: '请选择',
    upload: '或者上传一张表',
    uploadHint: 'CSV、JSON、Excel（XLSX）或 Parquet，首行为字段名。',
    reading: '正在读取……',
    unread: '这份文件没有读成数据表。',
    ownKey: '自备表的匹配字段',
    ownColumn: '自备表的数值字段',
    ownLabel: '自备表的标签字段（0 和 1）',
    lawful: '本单位有权为评估产品使用该表；含个人信息的，已有同意或者其他法定依据。',
    run: '计算分数',
    running: '正在隔离环境中计算……',
    result: '结果',
    left: (n: number) => `还可试用 ${n} 次`,
    repeated: '与此前相同的试用，给出相同结果，不计次数。',
    limits: (l: Offer['limits']) =>
      `自备表至少 ${number(l.ownKeysLeast)} 个不同键值；匹配不足约 ${number(l.matchedLeast)} 个时不给出结果；结果按 ${l.step} 取整。${l.runsDays} 天内本单位最多 ${l.runsMost} 次；${l.allDays} 天内全部买方合计最多 ${l.allMost} 次。`,
  },
  {
    measure: 'Measure',
    column: 'Column of the product',
    table: 'Your own table',
    choose: 'Choose one',
    upload: 'Or upload one',
    uploadHint: 'CSV, JSON, Excel (XLSX) or Parquet, with the names of columns in the first line.',
    reading: 'Reading…',
    unread: 'This file could not be read as a table.',
    ownKey: 'Column of your table to match on',
    ownColumn: 'Column of numbers of your table',
    ownLabel: 'Label of your table (0 and 1)',
    lawful:
      'Our party may use this table to assess a product; for personal information, on consent or another lawful ground.',
    run: 'Get the score',
    running: 'Computing, shut in…',
    result: 'Result',
    left: (n: number) => `${n} trials left`,
    repeated: 'The same trial as before: the same answer, not counted.',
    limits: (l: Offer['limits']) =>
      `Your table takes ${number(l.ownKeysLeast)} different keys at least; with fewer than about ${number(l.matchedLeast)} matches nothing is told; scores come in steps of ${l.step}. Your party has ${l.runsMost} trials in ${l.runsDays} days, all buyers together ${l.allMost} in ${l.allDays}.`,
  },
);

const POLL_MS = 700;

interface Values {
  readonly measure: Measure;
  readonly column: string;
  readonly datasetId: string;
  readonly ownKey: string;
  readonly ownColumn: string;
  readonly lawful: boolean;
}

/** A buyer's own table against the product: one score comes back. */
export function TrialForm(props: {
  readonly product: Product;
  readonly offer: NonNullable<Offer['offer']>;
  readonly limits: Offer['limits'];
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { product, offer } = props;
  const trial = useAct<Told>('trial.run');
  const [told, setTold] = useState<Told | null>(null);
  const first = offer.measures[0] ?? 'match-rate';
  const form = useForm<Values>(
    { measure: first, column: '', datasetId: '', ownKey: '', ownColumn: '', lawful: false },
    (v) => ({
      ...(v.datasetId ? {} : { datasetId: t.choose }),
      ...(v.ownKey ? {} : { ownKey: t.choose }),
      ...(takesColumn(v.measure) && !v.column ? { column: t.choose } : {}),
      ...(takesNumber(v.measure) && !v.ownColumn ? { ownColumn: t.choose } : {}),
    }),
  );
  const { values, errors } = form;
  const table = useRead<Dataset>(values.datasetId ? `/datasets/${values.datasetId}` : null, {}, { refetchMs: POLL_MS });
  const own = table.data?.state === 'ready' ? table.data.columns : [];
  const choices = (names: readonly string[]) => [
    { value: '', title: t.choose },
    ...names.map((name) => {
      const found = product.dictionary.find((c) => c.name === name);
      return { value: name, title: ((language === 'en' ? found?.titleEn : null) ?? found?.titleZh) || name };
    }),
  ];
  const ownChoices = (fits: (type: string) => boolean) => [
    { value: '', title: t.choose },
    ...own.filter((c) => fits(c.type)).map((c) => ({ value: c.name, title: c.name })),
  ];
  const typeOf = (name: string) => product.dictionary.find((c) => c.name === name)?.type ?? '';
  const run = async (v: Values) => {
    setTold(null);
    try {
      const { result } = await trial.mutateAsync({
        input: {
          ...{ productId: product.id, measure: v.measure, datasetId: v.datasetId, ownKey: v.ownKey, lawful: v.lawful },
          ...(takesColumn(v.measure) ? { column: v.column } : {}),
          ...(takesNumber(v.measure) ? { ownColumn: v.ownColumn } : {}),
        },
      });
      setTold(result);
    } catch {
      // The refusal shows below.
    }
  };
  return (
    <form className="form-narrow" onSubmit={form.onSubmit((v) => void run(v))}>
      <SelectField
        label={t.measure}
        hint={say(MEASURE_WORDS[values.measure].hint)}
        value={values.measure}
        options={offer.measures.map((m) => ({ value: m, title: say(MEASURE_WORDS[m].title) }))}
        onChange={(m) => form.patch({ measure: m as Measure, column: '' })}
      />
      {takesColumn(values.measure) ? (
        <SelectField
          label={t.column}
          error={errors.column}
          value={values.column}
          options={choices(offer.columns.filter((c) => !takesNumber(values.measure) || isNumber(typeOf(c))))}
          onChange={(column) => form.set('column', column)}
        />
      ) : null}
      <OwnTable
        value={values.datasetId}
        error={errors.datasetId}
        state={table.data?.state}
        onChange={(datasetId) => form.patch({ datasetId, ownKey: '', ownColumn: '' })}
      />
      <SelectField
        label={t.ownKey}
        error={errors.ownKey}
        value={values.ownKey}
        options={ownChoices(() => true)}
        onChange={(ownKey) => form.set('ownKey', ownKey)}
      />
      {takesNumber(values.measure) ? (
        <SelectField
          label={values.measure === 'auc' ? t.ownLabel : t.ownColumn}
          error={errors.ownColumn}
          value={values.ownColumn}
          options={ownChoices(isFigure)}
          onChange={(ownColumn) => form.set('ownColumn', ownColumn)}
        />
      ) : null}
      <CheckField label={t.lawful} checked={values.lawful} onChange={(lawful) => form.set('lawful', lawful)} />
      <p className="faint small">{t.limits(props.limits)}</p>
      {trial.error ? <RefusalPanel key={trial.submittedAt} problem={trial.error} asked={t.run} /> : null}
      <button type="submit" className="button primary" disabled={trial.isPending} aria-busy={trial.isPending}>
        {trial.isPending ? t.running : t.run}
      </button>
      {told ? (
        <div className="my-act" role="status">
          <h3>
            {t.result}
            {' · '}
            {say(MEASURE_WORDS[values.measure].title)}
          </h3>
          <p>
            <Score told={told} />
          </p>
          <p className="faint small">
            {told.repeated ? t.repeated : ''} {t.left(told.runsLeft)}
          </p>
        </div>
      ) : null}
    </form>
  );
}

/** A table of the party's own: one of before, or a file uploaded now. */
function OwnTable(props: {
  readonly value: string;
  readonly error: string | undefined;
  readonly state: Dataset['state'] | undefined;
  readonly onChange: (datasetId: string) => void;
}) {
  const t = useWords(WORDS);
  const ingest = useAct<{ datasetId: string }>('dataset.ingest');
  const { data } = useRead<Page<Dataset>>('/datasets', { limit: 20 });
  const known = (data?.items ?? []).filter((d) => d.state === 'ready' || d.id === props.value);
  const take = async (uploadId: string) => {
    try {
      props.onChange((await ingest.mutateAsync({ input: { uploadId } })).result.datasetId);
    } catch {
      // The refusal shows below.
    }
  };
  return (
    <>
      <SelectField
        label={t.table}
        error={props.error}
        value={props.value}
        options={[{ value: '', title: t.choose }, ...known.map((d) => ({ value: d.id, title: d.title }))]}
        onChange={props.onChange}
      />
      <UploadField
        label={t.upload}
        hint={t.uploadHint}
        accept=".csv,.json,.ndjson,.jsonl,.xlsx,.parquet"
        onUploaded={(upload) => upload && void take(upload.uploadId)}
      />
      {ingest.error ? <RefusalPanel key={ingest.submittedAt} problem={ingest.error} asked={t.upload} /> : null}
      {props.state === 'ingesting' ? <p role="status">{t.reading}</p> : null}
      {props.state === 'failed' ? <p className="field-error">{t.unread}</p> : null}
    </>
  );
}
