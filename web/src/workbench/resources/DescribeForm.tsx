import { useLanguage, useWords, words } from '../../app/words.ts';
import { FREQUENCIES, SECTORS, storedWord, suggested } from '../../shared/offered-words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct, useMe } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { AreaField, CheckField, ChoiceField, Section, SelectField, TextField, useForm } from '../shared/form.tsx';
import type { Dataset } from '../types.ts';
import { type ColumnDraft, DictionaryEditor } from './DictionaryEditor.tsx';
import { Findings } from './Findings.tsx';
import { periodOf } from './period.ts';

const WORDS = words(
  {
    what: '这是什么数据',
    whatNote: '让用数单位一看就懂：包含什么、每行代表什么、口径如何。',
    name: '名称',
    nameHint: '例如：2024 年第一季度地铁进出站客流（按站、按小时）',
    summary: '简介',
    sector: '行业',
    region: '覆盖地区',
    from: '数据起始日',
    to: '数据截止日',
    fromData: (column: string) => `取自“${column}”列的最早和最晚日期，可以修改。`,
    frequency: '更新频率',
    source: '来源',
    sourceNote: '《数据安全法》第三十三条：须说明数据来源。',
    sourceKind: '取得方式',
    sourceStatement: '来源说明',
    sourceHint: '数据怎样产生或取得，由谁采集，依据什么。',
    agreement: '协议名称或编号',
    agreementHint: '协议取得或加工衍生的数据，须写明所依据的协议。',
    grading: '分类分级与个人信息',
    gradingNote: '没有分类和分级的资源不能登记；核心数据不得上市。',
    class: '数据类别',
    classHint: '按本行业分类，例如：交通运行、气象观测、企业登记',
    grade: '数据级别',
    personal: '含有个人信息',
    personalHint: '能单独或者与其他信息结合识别自然人的信息',
    consent: '处理个人信息或敏感信息的依据',
    consentHint: '例如：已取得个人单独同意；为履行法定职责所必需。',
    opening: '开放属性',
    dictionary: '数据字典',
    dictionaryNote: '列名取自文件。请给每一列起中文名称，标明单位和敏感列。',
    submit: '提交登记',
    sending: '正在登记……',
    asked: '登记数据资源',
    need: '请填写',
    pick: '请选择',
    needTitles: '每一列都需要中文名称',
    order: '截止日不能早于起始日',
    shortText: '至少两个字',
  },
  {
    what: 'What the data is',
    whatNote: 'So that a buyer understands at a glance: what is in it, what a row stands for, how it was counted.',
    name: 'Title',
    nameHint: 'Such as: Metro entries and exits by station and hour, first quarter of 2024',
    summary: 'Summary',
    sector: 'Sector',
    region: 'Region covered',
    from: 'Data from',
    to: 'Data until',
    fromData: (column: string) => `Taken from the first and last date in “${column}”; change it where it is wrong.`,
    frequency: 'Update frequency',
    source: 'Source',
    sourceNote: 'Data Security Law, article 33: the source of the data is to be explained.',
    sourceKind: 'How it was obtained',
    sourceStatement: 'Statement of source',
    sourceHint: 'How the data came to be, who collected it, on what basis.',
    agreement: 'Title or number of the agreement',
    agreementHint: 'Data obtained by agreement or derived from others names the agreement it rests on.',
    grading: 'Class, grade and personal information',
    gradingNote: 'A resource without class and grade cannot be registered; core data never reaches the market.',
    class: 'Class',
    classHint: 'By your sector’s classification, such as: traffic operation, weather observation',
    grade: 'Grade',
    personal: 'Contains personal information',
    personalHint: 'Information that identifies a natural person, alone or together with other information',
    consent: 'Basis for processing personal or sensitive information',
    consentHint: 'Such as: separate consent of each person; needed to perform a statutory duty.',
    opening: 'Opening',
    dictionary: 'Dictionary',
    dictionaryNote: 'Names come from the file. Give every column a Chinese title, state units, mark sensitive columns.',
    submit: 'Register',
    sending: 'Registering…',
    asked: 'register the resource',
    need: 'Please fill in',
    pick: 'Please choose',
    needTitles: 'Every column needs a Chinese title',
    order: 'The end is before the start',
    shortText: 'At least two characters',
  },
);

interface Values {
  readonly title: string;
  readonly summary: string;
  readonly sector: string;
  readonly region: string;
  readonly from: string;
  readonly to: string;
  readonly frequency: string;
  readonly source: string;
  readonly sourceStatement: string;
  readonly agreement: string;
  readonly class: string;
  readonly grade: string;
  readonly personal: boolean;
  readonly consent: string;
  readonly opening: string;
  readonly findingsStatement: string;
  readonly columns: readonly ColumnDraft[];
}

const NEEDS_AGREEMENT = ['agreement', 'derived'];
/** Personal and sensitive information rest on consent or another ground of the law (JN-6.2, PIPL-13.1). */
const needsConsent = (v: {
  readonly personal: boolean;
  readonly columns: readonly { readonly sensitive: boolean }[];
}) => v.personal || v.columns.some((c) => c.sensitive);
/** Describes a dataset that is ready and registers it; everything typed stays when the platform refuses. */
export function DescribeForm(props: {
  readonly dataset: Dataset;
  readonly onRegistered: (r: { resourceId: string; title: string; receiptId: string }) => void;
}) {
  const t = useWords(WORDS);
  const term = useTerm('opening');
  const me = useMe();
  const language = useLanguage();
  const register = useAct<{ resourceId: string }>('resource.register');
  const period = periodOf(props.dataset.profile);
  const publicBody = me?.roles.includes('data-provider') ?? false;
  const form = useForm<Values>(
    {
      title: props.dataset.title.replace(/\.[a-z0-9]+$/i, ''),
      summary: '',
      sector: '',
      region: '',
      from: period?.from ?? '',
      to: period?.to ?? '',
      frequency: '',
      source: 'self-generated',
      sourceStatement: '',
      agreement: '',
      class: '',
      grade: 'general',
      personal: false,
      consent: '',
      opening: publicBody ? 'conditional' : '',
      findingsStatement: '',
      columns: props.dataset.columns.map((c) => ({
        name: c.name,
        type: c.type,
        titleZh: /[一-鿿]/.test(c.name) ? c.name : '',
        titleEn: /[一-鿿]/.test(c.name) ? '' : readable(c.name),
        description: '',
        unit: '',
        sensitive: false,
      })),
    },
    (v) => ({
      ...(v.title.trim().length < 2 ? { title: t.shortText } : {}),
      ...(v.summary.trim().length < 2 ? { summary: t.shortText } : {}),
      ...Object.fromEntries(
        (['sector', 'region', 'frequency', 'sourceStatement', 'class'] as const)
          .filter((k) => v[k].trim() === '')
          .map((k) => [k, t.need]),
      ),
      ...(NEEDS_AGREEMENT.includes(v.source) && v.agreement.trim() === '' ? { agreement: t.need } : {}),
      ...(needsConsent(v) && v.consent.trim() === '' ? { consent: t.need } : {}),
      ...(v.from && v.to && v.to < v.from ? { to: t.order } : {}),
      ...(v.columns.some((c) => c.titleZh.trim() === '') ? { columns: t.needTitles } : {}),
    }),
  );
  const { values: v, set, errors } = form;

  const submit = async () => {
    try {
      const answer = await register.mutateAsync({ input: inputOf(v, props.dataset.id) });
      props.onRegistered({ resourceId: answer.result.resourceId, title: v.title.trim(), receiptId: answer.receipt.id });
    } catch {
      // The refusal shows above the button.
    }
  };

  return (
    <form noValidate onSubmit={form.onSubmit(() => void submit())} style={{ marginTop: 28 }}>
      <Section title={t.what} note={t.whatNote}>
        <TextField
          label={t.name}
          hint={t.nameHint}
          value={v.title}
          maxLength={80}
          error={errors.title}
          onChange={(x) => set('title', x)}
        />
        <AreaField
          label={t.summary}
          value={v.summary}
          maxLength={2000}
          error={errors.summary}
          onChange={(x) => set('summary', x)}
        />
        <div className="form-pair">
          <TextField
            label={t.sector}
            value={v.sector}
            maxLength={60}
            error={errors.sector}
            suggestions={suggested(SECTORS, language)}
            onChange={(x) => set('sector', x)}
          />
          <TextField
            label={t.region}
            value={v.region}
            maxLength={100}
            error={errors.region}
            onChange={(x) => set('region', x)}
          />
          <TextField
            label={t.from}
            type="date"
            value={v.from}
            hint={period ? t.fromData(period.column) : undefined}
            onChange={(x) => set('from', x)}
          />
          <TextField label={t.to} type="date" value={v.to} error={errors.to} onChange={(x) => set('to', x)} />
        </div>
        <TextField
          label={t.frequency}
          value={v.frequency}
          maxLength={40}
          error={errors.frequency}
          suggestions={suggested(FREQUENCIES, language)}
          onChange={(x) => set('frequency', x)}
        />
      </Section>
      <Section title={t.source} note={t.sourceNote}>
        <SelectField
          label={t.sourceKind}
          value={v.source}
          options={['self-generated', 'agreement', 'public-collection', 'derived'].map((s) => ({
            value: s,
            title: term(s),
          }))}
          onChange={(x) => set('source', x)}
        />
        {NEEDS_AGREEMENT.includes(v.source) ? (
          <TextField
            label={t.agreement}
            hint={t.agreementHint}
            value={v.agreement}
            maxLength={300}
            error={errors.agreement}
            onChange={(x) => set('agreement', x)}
          />
        ) : null}
        <AreaField
          label={t.sourceStatement}
          hint={t.sourceHint}
          value={v.sourceStatement}
          maxLength={2000}
          error={errors.sourceStatement}
          onChange={(x) => set('sourceStatement', x)}
        />
      </Section>
      <Section title={t.grading} note={t.gradingNote}>
        <Findings
          datasetId={props.dataset.id}
          findings={props.dataset.findings}
          sensitive={new Set(v.columns.filter((c) => c.sensitive).map((c) => c.name))}
          personal={v.personal}
          statement={v.findingsStatement}
          onStatement={(x) => set('findingsStatement', x)}
          onTake={({ sensitive, containsPersonalInformation, grade }) => {
            set(
              'columns',
              v.columns.map((c) => (sensitive.includes(c.name) ? { ...c, sensitive: true } : c)),
            );
            set('personal', containsPersonalInformation);
            if (grade !== 'general') set('grade', grade);
          }}
        />
        <div className="form-pair">
          <TextField
            label={t.class}
            hint={t.classHint}
            value={v.class}
            maxLength={60}
            error={errors.class}
            onChange={(x) => set('class', x)}
          />
          <SelectField
            label={t.grade}
            value={v.grade}
            options={['general', 'important', 'core'].map((g) => ({ value: g, title: term(g) }))}
            onChange={(x) => set('grade', x)}
          />
        </div>
        <CheckField
          label={t.personal}
          hint={t.personalHint}
          checked={v.personal}
          onChange={(x) => set('personal', x)}
        />
        {needsConsent(v) ? (
          <AreaField
            label={t.consent}
            hint={t.consentHint}
            value={v.consent}
            maxLength={1000}
            error={errors.consent}
            onChange={(x) => set('consent', x)}
          />
        ) : null}
        {publicBody ? (
          <ChoiceField
            label={t.opening}
            value={v.opening}
            options={(['unconditional', 'conditional', 'paid'] as const).map((o) => ({ value: o, title: term(o) }))}
            onChange={(x) => set('opening', x)}
          />
        ) : null}
      </Section>
      <section className="form-section-wide">
        <h2>{t.dictionary}</h2>
        <p className="faint">{t.dictionaryNote}</p>
        {errors.columns ? <p className="field-error">{errors.columns}</p> : null}
        <DictionaryEditor
          columns={v.columns}
          showErrors={errors.columns !== undefined}
          onChange={(columns) => set('columns', columns)}
        />
      </section>
      <div className="form-end">
        {register.error ? <RefusalPanel key={register.submittedAt} problem={register.error} asked={t.asked} /> : null}
        <button type="submit" className="button primary" disabled={register.isPending} aria-busy={register.isPending}>
          {register.isPending ? t.sending : t.submit}
        </button>
      </div>
    </form>
  );
}

/** `dep_delay` → `Dep delay`: a first English title to edit. */
const readable = (name: string): string => {
  const said = name
    .replaceAll(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .trim();
  return said.charAt(0).toUpperCase() + said.slice(1);
};

const orNothing = <K extends string>(name: K, value: string): Partial<Record<K, string>> =>
  value.trim() ? ({ [name]: value.trim() } as Record<K, string>) : {};

function inputOf(v: Values, datasetId: string): unknown {
  return {
    title: v.title.trim(),
    summary: v.summary.trim(),
    source: v.source,
    sourceStatement: v.sourceStatement.trim(),
    ...(NEEDS_AGREEMENT.includes(v.source) ? orNothing('agreement', v.agreement) : {}),
    sector: storedWord(v.sector),
    classification: { class: v.class.trim(), grade: v.grade },
    containsPersonalInformation: v.personal,
    ...(needsConsent(v) ? orNothing('consentBasis', v.consent) : {}),
    updateFrequency: storedWord(v.frequency),
    coverage: { region: v.region.trim(), ...orNothing('from', v.from), ...orNothing('to', v.to) },
    ...(v.opening ? { opening: v.opening } : {}),
    ...orNothing('findingsStatement', v.findingsStatement),
    datasetId,
    columns: v.columns.map((c) => ({
      name: c.name,
      titleZh: c.titleZh.trim(),
      ...orNothing('titleEn', c.titleEn),
      ...orNothing('description', c.description),
      ...orNothing('unit', c.unit),
      sensitive: c.sensitive,
    })),
  };
}
