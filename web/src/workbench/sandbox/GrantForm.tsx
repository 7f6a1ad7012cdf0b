import type { DictionaryColumn, Resource } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { day } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct } from '../../shared/use-api.ts';
import { CheckField, ChoiceField, Section, SelectField, TextField, useForm } from '../shared/form.tsx';
import { ColumnsEditor } from './GrantColumns.tsx';
import { draftFor, type Floor, faultsOf, type GrantFault, policyOf } from './grant-model.ts';

const WORDS = words(
  {
    basics: '基本',
    alias: '表名',
    aliasHint: '在 SQL 里这样称呼这张表',
    until: '有效期至（当日止）',
    untilHint: '不超过所依据的使用权',
    interactive: '在线查询',
    interactiveHint: '封闭语法，答案经披露控制即时给出',
    airlock: '提交作业',
    airlockHint: '任意 SQL、Python；成果由贵方逐项审核后放行',
    who: '保护谁',
    whoNote: '阈值数的是主体（人、企业、飞机……），不是行。',
    personal: '数据涉及个人',
    entity: '主体字段',
    entityHint: '这一行说的是谁；它的取值不会出现在结果里',
    everyRow: '每一行各为一个主体',
    k: '每个数至少来自几个主体',
    dominance: '最大两个主体合计占比不超过（%）',
    ratio: '其余主体之和不少于最大者的（%）',
    least: '平台的最低保护见',
    answers: '怎样答复',
    exact: '精确的数',
    exactNote: '达不到保护要求的数不公布',
    noise: '加噪声的数',
    noiseNote: '每次查询消耗隐私预算 ε，用完为止',
    epsilonTotal: 'ε 合计',
    epsilonQuery: '每次查询的 ε',
    uses: '最多使用次数',
    cells: '最多公布的数',
    columns: '字段',
    columnsNote: '不勾选任何用途的字段不入箱。汇总的字段可设上下限，超出的值先截到界上。',
    send: '授权入箱',
    sending: '正在授权……',
    'fault:alias': '用小写字母、数字和下划线，以字母开头',
    'fault:validUntil': '请填写日期',
    'fault:lanes': '至少选择一种用法',
    'fault:entityKey': '涉及个人的数据须指明主体字段',
    'fault:k': '请填写整数',
    'fault:dominance': '请填写大于 0 的数',
    'fault:ratio': '请填写数字',
    'fault:epsilonTotal': '请填写大于 0 的数',
    'fault:epsilonQuery': '请填写大于 0 的数',
    'fault:cellsMax': '请填写整数',
    'fault:usesMax': '请填写整数',
    'fault:columns': '至少一个字段要有用途',
    'fault:range': '下限须小于上限；加噪汇总的字段必须有上下限',
  },
  {
    basics: 'Basics',
    alias: 'Name of the table',
    aliasHint: 'SQL calls the table by it',
    until: 'Until (that day included)',
    untilHint: 'no longer than the right it rests on',
    interactive: 'Queries',
    interactiveHint: 'a closed grammar, answered at once behind disclosure control',
    airlock: 'Jobs',
    airlockHint: 'any SQL or Python; you review each output before it leaves',
    who: 'Who is protected',
    whoNote: 'Thresholds count entities (people, companies, aircraft …), not rows.',
    personal: 'The data are about people',
    entity: 'Entity column',
    entityHint: 'Whom or what a row is about; its values never stand in a result',
    everyRow: 'every row is an entity of its own',
    k: 'Entities behind each figure, at least',
    dominance: 'Share of a sum the two largest may hold (%)',
    ratio: 'What the others make up of the largest, at least (%)',
    least: 'The least protection of the house:',
    answers: 'How it answers',
    exact: 'Exact figures',
    exactNote: 'those that fall short of the protection are withheld',
    noise: 'Figures with noise',
    noiseNote: 'each query uses up a privacy budget ε',
    epsilonTotal: 'ε in all',
    epsilonQuery: 'ε a query',
    uses: 'Uses at most',
    cells: 'Released figures at most',
    columns: 'Columns',
    columnsNote:
      'A column without a tick stays out. A column to aggregate may have bounds: values beyond them are moved to the bound first.',
    send: 'Grant the table',
    sending: 'Granting…',
    'fault:alias': 'Small letters, digits and underscores, beginning with a letter',
    'fault:validUntil': 'Give a date',
    'fault:lanes': 'Choose at least one way of use',
    'fault:entityKey': 'Data about people need an entity column',
    'fault:k': 'Give a whole number',
    'fault:dominance': 'Give a number above 0',
    'fault:ratio': 'Give a number',
    'fault:epsilonTotal': 'Give a number above 0',
    'fault:epsilonQuery': 'Give a number above 0',
    'fault:cellsMax': 'Give a whole number',
    'fault:usesMax': 'Give a whole number',
    'fault:columns': 'At least one column must have a use',
    'fault:range': 'The lower bound must lie below the upper; sums with noise need both',
  },
);

const FLOOR_RULE = 'HS-21.7';
const DEFAULT_DAYS = 90;
const DAY_MS = 86_400_000;

/** Three months, or the end of the right where that comes first. */
function firstUntil(right: string | null): string {
  const usual = new Date(Date.now() + DEFAULT_DAYS * DAY_MS).toISOString();
  return day(right !== null && right < usual ? new Date(Date.parse(right) - DAY_MS).toISOString() : usual);
}

/** The end of that day in Beijing, or of the right where that comes first. */
function endOf(date: string, right: string | null): string {
  const end = new Date(`${date}T23:59:59+08:00`).toISOString();
  return right !== null && right < end ? right : end;
}

/** The policy of a grant, from defaults that protect; what the house forbids is refused with its article. */
export function GrantForm(props: {
  readonly projectId: string;
  readonly resource: Resource;
  readonly dictionary: readonly DictionaryColumn[];
  readonly authorisationId: string | null;
  readonly floor: Floor;
  readonly alias: string;
  /** The right it rests on: its end, and the uses it has left. */
  readonly validUntil: string | null;
  readonly usesLeft: number | null;
  readonly onDone: (receiptId: string) => void;
}) {
  const t = useWords(WORDS);
  const { resource, dictionary } = props;
  const grant = useAct('sandbox.grant-table');
  const form = useForm(
    draftFor(dictionary, resource.profile, props.floor, {
      personal: resource.containsPersonalInformation,
      alias: props.alias,
      validUntil: firstUntil(props.validUntil),
      usesLeft: props.usesLeft,
    }),
    (v) => Object.fromEntries(faultsOf(v).map((f) => [f, t[`fault:${f}`]])),
  );
  const { values: v, errors, set } = form;
  const error = (fault: GrantFault) => errors[fault];
  const submit = async () => {
    try {
      const answer = await grant.mutateAsync({
        input: {
          projectId: props.projectId,
          resourceId: resource.id,
          authorisationId: props.authorisationId,
          alias: v.alias,
          policy: policyOf(v, resource.profile),
          validUntil: endOf(v.validUntil, props.validUntil),
        },
      });
      props.onDone(answer.receipt.id);
    } catch {
      // The refusal shows below; the form keeps what was typed.
    }
  };
  const number = (
    name: 'k' | 'dominance' | 'ratio' | 'epsilonTotal' | 'epsilonQuery' | 'cellsMax' | 'usesMax',
    label: string,
  ) => (
    <TextField
      label={label}
      inputMode="decimal"
      value={v[name]}
      error={error(name)}
      onChange={(typed) => set(name, typed)}
    />
  );
  return (
    <form noValidate onSubmit={form.onSubmit(() => void submit())}>
      <Section title={t.basics}>
        <div className="form-pair">
          <TextField
            label={t.alias}
            hint={t.aliasHint}
            value={v.alias}
            error={error('alias')}
            maxLength={40}
            onChange={(alias) => set('alias', alias)}
          />
          <TextField
            label={t.until}
            hint={t.untilHint}
            type="date"
            value={v.validUntil}
            error={error('validUntil')}
            onChange={(until) => set('validUntil', until)}
          />
        </div>
        <CheckField
          label={t.interactive}
          hint={t.interactiveHint}
          checked={v.interactive}
          onChange={(on) => set('interactive', on)}
        />
        <CheckField label={t.airlock} hint={t.airlockHint} checked={v.airlock} onChange={(on) => set('airlock', on)} />
        {error('lanes') ? <span className="field-error">{error('lanes')}</span> : null}
      </Section>
      <Section title={t.who} note={t.whoNote}>
        <CheckField label={t.personal} checked={v.personal} onChange={(on) => set('personal', on)} />
        <SelectField
          label={t.entity}
          hint={t.entityHint}
          value={v.entityKey}
          error={error('entityKey')}
          empty={t.everyRow}
          options={dictionary.map((c) => ({ value: c.name, title: `${c.name} · ${c.titleZh}` }))}
          onChange={(entityKey) =>
            form.patch({
              entityKey,
              columns: v.columns.map((c) => (c.name === entityKey ? { ...c, uses: ['join'], open: false } : c)),
            })
          }
        />
        <div className="policy-grid">
          {number('k', t.k)}
          {number('dominance', t.dominance)}
          {number('ratio', t.ratio)}
        </div>
        <p className="faint small">
          {t.least} <CitationChip rule={FLOOR_RULE} article={FLOOR_RULE} />
        </p>
      </Section>
      <Section title={t.answers}>
        <ChoiceField
          label={t.answers}
          value={v.noise ? 'noise' : 'exact'}
          options={[
            { value: 'exact', title: t.exact, note: t.exactNote },
            { value: 'noise', title: t.noise, note: t.noiseNote },
          ]}
          onChange={(kind) => set('noise', kind === 'noise')}
        />
        <div className="form-pair">
          {v.noise ? number('epsilonTotal', t.epsilonTotal) : null}
          {v.noise ? number('epsilonQuery', t.epsilonQuery) : null}
          {number('usesMax', t.uses)}
          {number('cellsMax', t.cells)}
        </div>
      </Section>
      <div className="form-section-wide">
        <h2>{t.columns}</h2>
        <p className="faint small">{t.columnsNote}</p>
        <ColumnsEditor
          dictionary={dictionary}
          resource={resource}
          entityKey={v.entityKey}
          columns={v.columns}
          onChange={(columns) => set('columns', columns)}
        />
        {error('columns') ? <span className="field-error">{error('columns')}</span> : null}
        {error('range') ? <span className="field-error">{error('range')}</span> : null}
      </div>
      {grant.error ? <RefusalPanel key={grant.submittedAt} problem={grant.error} asked={t.send} /> : null}
      <div className="form-end">
        <button type="submit" className="button primary" disabled={grant.isPending}>
          {grant.isPending ? t.sending : t.send}
        </button>
      </div>
    </form>
  );
}
