import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { AgreementDetail, AgreementItem, Resource, UseClass } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { LegalNote } from '../../portal/authorisation/LegalNote.tsx';
import { day } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty, Skeleton } from '../../shared/States.tsx';
import { useAct, useMe, useRead } from '../../shared/use-api.ts';
import { AreaField, ChoiceField, type FormState, Section, SelectField, TextField, useForm } from '../shared/form.tsx';
import { type AskValues, EMPTY, inputOf, missingOf } from './ask-model.ts';
import { ColumnPicker } from './ColumnPicker.tsx';
import { RowConditions } from './RowConditions.tsx';
import { useAll } from './use-all.ts';
import './authorisation.css';

const WORDS = words(
  {
    title: '提出数据申请',
    crumb: '公共数据授权运营',
    sub: '一个应用场景提一次申请，只申请这个场景用得到的字段和行。主管部门与数据提供单位共同审核；同意后数据只进入平台，不出平台。',
    source: '申请什么数据',
    agreement: '授权运营协议',
    agreementOption: (title: string, until: string) => `${title}（至 ${until}）`,
    resource: '数据资源',
    choose: '请选择',
    scenarioPart: '用在什么场景',
    scenarioNote: '场景须具体、可行，有经济或社会价值；笼统的场景会被退回。',
    name: '应用场景名称',
    scenario: '场景内容',
    scenarioHint: '谁在什么环节用它做什么决定。',
    feasibility: '可行性',
    value: '经济或社会价值',
    purpose: '使用目的',
    useClass: '用途类别',
    industry: '产业发展、行业发展',
    industryNote: '产品可以收费，但不得高于授权单位制定的上限。',
    'public-governance': '公共治理',
    'public-welfare': '公益事业',
    freeNote: '产品免费提供。',
    columnsPart: '哪些字段',
    columnsNote: '从数据字典中选取。审核单位逐个字段判断是否必要。',
    columns: '所需字段',
    rowsPart: '哪些行、用多久、用多少',
    rowsNote: '期限不得晚于协议到期。超过行数或次数的使用会被拒绝。',
    until: '使用期限至',
    untilHint: (until: string) => `协议到期日 ${until}`,
    rowsMax: '每次行数上限',
    usesMax: '使用次数上限',
    unlimited: '不填为不限',
    submit: '提交数据申请',
    sending: '正在提交……',
    needed: '请填写',
    neededColumns: '请至少选一个字段',
    neededConditions: '每个条件都要选字段并填该字段能有的值',
    neededUntil: '请选今后的日期',
    neededNumber: '请填正整数，或留空',
    pickFirst: '先选择数据资源，再从它的数据字典中选字段。',
    noneTitle: '没有在运营期内的协议',
    none: '双方签署授权运营协议后，才能申请数据。',
    open: '看接受申请的公告',
  },
  {
    title: 'Apply for data',
    crumb: 'Authorised operation',
    sub: 'One application for one scenario, for the columns and rows it needs and no more. Data authority and provider review it together; once approved the data stays on the platform.',
    source: 'Which data',
    agreement: 'Operation agreement',
    agreementOption: (title: string, until: string) => `${title} (until ${until})`,
    resource: 'Resource',
    choose: 'Please choose',
    scenarioPart: 'For which scenario',
    scenarioNote: 'Specific, feasible, and of economic or social value; vague ones come back.',
    name: 'Name of the scenario',
    scenario: 'The scenario',
    scenarioHint: 'Who decides what with it, and where.',
    feasibility: 'Feasibility',
    value: 'Economic or social value',
    purpose: 'Purpose',
    useClass: 'Kind of use',
    industry: 'Industry',
    industryNote: 'The product may have a fee, never above the cap the authorising unit sets.',
    'public-governance': 'Public governance',
    'public-welfare': 'Public welfare',
    freeNote: 'The product is free.',
    columnsPart: 'Which columns',
    columnsNote: 'From the dictionary. The reviewers ask of each column whether it is needed.',
    columns: 'Columns',
    rowsPart: 'Which rows, how long, how much',
    rowsNote: 'Not longer than the agreement. Uses beyond the limits are refused.',
    until: 'Use until',
    untilHint: (until: string) => `The agreement ends ${until}`,
    rowsMax: 'Rows each time, at most',
    usesMax: 'Uses, at most',
    unlimited: 'Empty: no limit',
    submit: 'Submit the application',
    sending: 'Sending…',
    needed: 'Please fill this in',
    neededColumns: 'Choose at least one column',
    neededConditions: 'Each condition names a column and a value it can have',
    neededUntil: 'Choose a day to come',
    neededNumber: 'A positive whole number, or nothing',
    pickFirst: 'Choose a resource first; its columns are then picked from its dictionary.',
    noneTitle: 'No agreement in operation',
    none: 'Data can be asked for once both sides have signed an operation agreement.',
    open: 'See open announcements',
  },
);

const MAY_ASK: readonly string[] = ['filing', 'operating'];

export default function AskPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const agreements = useAll<AgreementItem>('/agreements');
  const living = agreements?.filter((g) => MAY_ASK.includes(g.state) && g.operator.id === me?.party.id);
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/work/authorisation">{t.crumb}</Link> ›
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <LegalNote />
      {living === undefined ? <Skeleton lines={8} /> : null}
      {living?.length === 0 ? (
        <Empty title={t.noneTitle}>
          {t.none} <Link to="/authorisation?open=true">{t.open}</Link>
        </Empty>
      ) : null}
      {living && living.length > 0 ? <AskForm agreements={living} /> : null}
    </>
  );
}

function AskForm({ agreements }: { readonly agreements: readonly AgreementItem[] }) {
  const [search] = useSearchParams();
  const only = agreements.length === 1 ? agreements[0] : undefined;
  const asked = agreements.find((g) => g.id === search.get('agreement')) ?? only;
  const [source, setSource] = useState({ agreementId: asked?.id ?? '', resourceId: search.get('resource') ?? '' });
  const { data: agreement } = useRead<AgreementDetail>(source.agreementId ? `/agreements/${source.agreementId}` : null);
  const { data: resource } = useRead<Resource>(source.resourceId ? `/resources/${source.resourceId}` : null);
  return (
    <Fields
      agreements={agreements}
      agreement={agreement}
      resource={resource?.id === source.resourceId ? resource : undefined}
      source={source}
      onSource={setSource}
    />
  );
}

interface Source {
  readonly agreementId: string;
  readonly resourceId: string;
}

function Fields(props: {
  readonly agreements: readonly AgreementItem[];
  readonly agreement: AgreementDetail | undefined;
  readonly resource: Resource | undefined;
  readonly source: Source;
  readonly onSource: (source: Source) => void;
}) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const ask = useAct<{ scenarioId: string }>('scenario.ask');
  const { agreement, resource, source } = props;
  const dictionary = resource?.dictionary ?? [];
  const said: Readonly<Record<string, string>> = {
    columns: t.neededColumns,
    conditions: t.neededConditions,
    until: t.neededUntil,
    rowsMax: t.neededNumber,
    usesMax: t.neededNumber,
  };
  const form = useForm<AskValues>(EMPTY, (values) =>
    Object.fromEntries(missingOf({ ...values, ...source }, dictionary).map((name) => [name, said[name] ?? t.needed])),
  );
  const send = async (values: AskValues) => {
    try {
      const input = inputOf({ ...values, ...source }, dictionary, agreement?.validUntil ?? '');
      const { result } = await ask.mutateAsync({ input });
      navigate(`/work/authorisation/scenarios/${result.scenarioId}`);
    } catch {
      // The refusal shows below; what was typed stays.
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit((values) => void send(values))}>
      <Section title={t.source}>
        <SelectField
          label={t.agreement}
          value={source.agreementId}
          error={form.errors.agreementId}
          empty={t.choose}
          options={props.agreements.map((g) => ({
            value: g.id,
            title: t.agreementOption(g.title, day(g.validUntil)),
          }))}
          onChange={(agreementId) => {
            props.onSource({ agreementId, resourceId: '' });
            form.patch({ columns: [], conditions: [] });
          }}
        />
        <SelectField
          label={t.resource}
          value={source.resourceId}
          error={form.errors.resourceId}
          empty={t.choose}
          options={(agreement?.resources ?? []).map((r) => ({ value: r.id, title: r.title }))}
          onChange={(resourceId) => {
            props.onSource({ ...source, resourceId });
            form.patch({ columns: [], conditions: [] });
          }}
        />
      </Section>
      <ScenarioFields form={form} />
      <div className="form-section-wide">
        <h2>{t.columnsPart}</h2>
        <p className="faint">{resource ? t.columnsNote : t.pickFirst}</p>
        {resource ? (
          <ColumnPicker
            label={t.columns}
            dictionary={dictionary}
            chosen={form.values.columns}
            error={form.errors.columns}
            onChange={(columns) => form.set('columns', columns)}
          />
        ) : null}
      </div>
      <LimitFields form={form} resource={resource} until={agreement?.validUntil} />
      <div className="form-end">
        {ask.error ? <RefusalPanel key={ask.submittedAt} problem={ask.error} asked={t.submit} /> : null}
        <button type="submit" className="button primary" disabled={ask.isPending}>
          {ask.isPending ? t.sending : t.submit}
        </button>
      </div>
    </form>
  );
}

type AskState = FormState<AskValues>;

function ScenarioFields({ form }: { readonly form: AskState }) {
  const t = useWords(WORDS);
  const { values: v, errors, set } = form;
  return (
    <Section title={t.scenarioPart} note={t.scenarioNote}>
      <TextField
        label={t.name}
        value={v.title}
        maxLength={100}
        error={errors.title}
        onChange={(x) => set('title', x)}
      />
      <AreaField
        label={t.scenario}
        hint={t.scenarioHint}
        value={v.scenario}
        maxLength={2000}
        error={errors.scenario}
        onChange={(x) => set('scenario', x)}
      />
      <AreaField
        label={t.feasibility}
        value={v.feasibility}
        maxLength={2000}
        error={errors.feasibility}
        onChange={(x) => set('feasibility', x)}
      />
      <AreaField
        label={t.value}
        value={v.value}
        maxLength={2000}
        error={errors.value}
        onChange={(x) => set('value', x)}
      />
      <TextField
        label={t.purpose}
        value={v.purpose}
        maxLength={200}
        error={errors.purpose}
        onChange={(x) => set('purpose', x)}
      />
      <ChoiceField
        label={t.useClass}
        value={v.useClass}
        onChange={(x) => set('useClass', x as UseClass)}
        options={(['industry', 'public-governance', 'public-welfare'] as const).map((value) => ({
          value,
          title: t[value],
          note: value === 'industry' ? t.industryNote : t.freeNote,
        }))}
      />
    </Section>
  );
}

function LimitFields({
  form,
  resource,
  until,
}: {
  readonly form: AskState;
  readonly resource: Resource | undefined;
  readonly until: string | undefined;
}) {
  const t = useWords(WORDS);
  const { values: v, errors, set } = form;
  return (
    <Section title={t.rowsPart} note={t.rowsNote}>
      <RowConditions
        dictionary={resource?.dictionary ?? []}
        rows={v.conditions}
        error={errors.conditions}
        onChange={(x) => set('conditions', x)}
      />
      <TextField
        label={t.until}
        type="date"
        hint={until ? t.untilHint(day(until)) : undefined}
        value={v.until}
        error={errors.until}
        onChange={(x) => set('until', x)}
      />
      <div className="form-pair">
        <TextField
          label={t.rowsMax}
          hint={t.unlimited}
          inputMode="numeric"
          value={v.rowsMax}
          error={errors.rowsMax}
          onChange={(x) => set('rowsMax', x)}
        />
        <TextField
          label={t.usesMax}
          hint={t.unlimited}
          inputMode="numeric"
          value={v.usesMax}
          error={errors.usesMax}
          onChange={(x) => set('usesMax', x)}
        />
      </div>
    </Section>
  );
}
