import { Link, useNavigate } from 'react-router';
import type { PartySummary, ResourceSummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct, useMe } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import {
  AreaField,
  CheckField,
  ChoiceField,
  type FormState,
  Section,
  SelectField,
  TextField,
  useForm,
} from '../shared/form.tsx';
import { type AnnounceValues, inputOf, missingOf, POINTS, pointsOf } from './announce-model.ts';
import { ResourcePicker } from './ResourcePicker.tsx';
import { useAll } from './use-all.ts';
import './authorisation.css';

const WORDS = words(
  {
    title: '发布授权运营公告',
    crumb: '公共数据授权运营',
    sub: '公告须载明授权方式、范围、条件、评审标准和要求。发布后公开，申请期内接受申请，不能修改。',
    what: '授权什么',
    whatNote: '综合授权、分级授权由大数据主管部门发布；分领域授权由数据提供单位就本单位的数据发布。',
    mode: '授权方式',
    comprehensiveNote: '将多领域数据整体授权给一个运营单位',
    tieredNote: '按数据分级分别授权',
    fieldNote: '就本单位一个领域的数据授权',
    name: '公告标题',
    scope: '授权范围',
    scopeHint: '哪些数据、用于哪些领域、到什么程度。',
    resources: '数据资源',
    resourcesNote: '从公共数据目录中选取；申请数据时只能在这些资源之内。',
    who: '谁可以申请',
    conditions: '申请条件',
    requirements: '相关要求',
    until: '申请截止（北京时间）',
    untilHint: '本所规则要求至少留出五天。',
    authority: '大数据主管部门',
    protect: '保护哪些利益',
    protectNote: '授权运营不得损害这六项利益。请逐项判断后勾选，没有勾选的会记入判定。',
    interests: '已逐项判断，能够保护',
    protection: '判断理由与保护措施',
    'state-secrets': '国家秘密',
    'national-security': '国家安全',
    'public-interest': '公共利益',
    'trade-secrets': '商业秘密',
    'personal-privacy': '个人隐私',
    'data-security': '数据安全',
    judged: '怎样评审',
    judgedNote: '第三方专家逐项独立评分，全部评分后取平均。各项满分合计须为 100 分。',
    criterion: '评分项',
    weight: '满分',
    add: '添加评分项',
    remove: '删除这一项',
    sum: (n: number) => `合计 ${n} 分，`,
    sumOk: '正好。',
    sumOff: (n: number) => (n > 0 ? `还差 ${n} 分。` : `多了 ${-n} 分。`),
    pass: '通过分数（平均分不低于）',
    publish: '发布公告',
    sending: '正在发布……',
    needed: '请填写',
    neededResources: '请至少选一项数据资源',
    neededCriteria: '每个评分项都要有名称和满分，合计 100 分',
    neededPass: '请填 1 到 100 的整数',
    neededUntil: '请选今后的日期',
    choose: '请选择',
  },
  {
    title: 'Announce authorised operation',
    crumb: 'Authorised operation',
    sub: 'An announcement states mode, scope, conditions, criteria and requirements. It is public from now on, takes applications until its end, and is not changed.',
    what: 'What is authorised',
    whatNote:
      'Comprehensive and tiered authorisation is announced by the data authority; by field by a provider for its own data.',
    mode: 'Mode',
    comprehensiveNote: 'Data of many fields to one operating unit',
    tieredNote: 'By grade of the data',
    fieldNote: 'Data of one field, one’s own',
    name: 'Title',
    scope: 'Scope',
    scopeHint: 'Which data, for what fields, how far.',
    resources: 'Resources',
    resourcesNote: 'From the catalogue of public data; data can be asked for within these only.',
    who: 'Who may apply',
    conditions: 'Conditions',
    requirements: 'Requirements',
    until: 'Apply until (Beijing time)',
    untilHint: 'The house rules leave at least five days.',
    authority: 'Data authority',
    protect: 'What is protected',
    protectNote:
      'Authorised operation harms none of these six interests. Judge each and tick it; what is not ticked is kept in the decision.',
    interests: 'Judged one by one, and protected',
    protection: 'Reasons and measures',
    'state-secrets': 'State secrets',
    'national-security': 'National security',
    'public-interest': 'Public interest',
    'trade-secrets': 'Trade secrets',
    'personal-privacy': 'Personal privacy',
    'data-security': 'Data security',
    judged: 'How it is judged',
    judgedNote:
      'Third-party experts score each criterion, each alone; the average counts once all have. The full points add up to 100.',
    criterion: 'Criterion',
    weight: 'Full points',
    add: 'Add a criterion',
    remove: 'Remove this criterion',
    sum: (n: number) => `${n} points together. `,
    sumOk: 'Just right.',
    sumOff: (n: number) => (n > 0 ? `${n} are missing.` : `${-n} too many.`),
    pass: 'Points to pass (on average)',
    publish: 'Publish',
    sending: 'Publishing…',
    needed: 'Please fill this in',
    neededResources: 'Choose at least one resource',
    neededCriteria: 'Each criterion has a title and full points, 100 together',
    neededPass: 'A whole number from 1 to 100',
    neededUntil: 'Choose a day to come',
    choose: 'Please choose',
  },
);

type Form = FormState<AnnounceValues>;

export default function AnnouncePage() {
  const t = useWords(WORDS);
  const me = useMe();
  const authority = me?.roles.includes('data-authority') ?? false;
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/work/authorisation">{t.crumb}</Link> ›
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      {me ? <AnnounceForm key={me.party.id} authority={authority} partyId={me.party.id} /> : null}
    </>
  );
}

function AnnounceForm({ authority, partyId }: { readonly authority: boolean; readonly partyId: string }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const publish = useAct<{ announcementId: string }>('announcement.publish');
  const authorities = useAll<PartySummary>('/parties', { role: 'data-authority' });
  const only = authorities?.length === 1 ? authorities[0]?.id : undefined;
  const form = useForm<AnnounceValues>(
    {
      mode: authority ? 'comprehensive' : 'field',
      title: '',
      scope: '',
      conditions: '',
      requirements: '',
      until: '',
      resources: [],
      criteria: [
        { key: 1, title: '', weight: '' },
        { key: 2, title: '', weight: '' },
      ],
      passScore: '60',
      authorityId: authority ? partyId : '',
      interests: [],
      protection: '',
    },
    (values) => {
      const missing = missingOf(withAuthority(values, only));
      const said = {
        resources: t.neededResources,
        criteria: t.neededCriteria,
        passScore: t.neededPass,
        until: t.neededUntil,
      } as Readonly<Record<string, string>>;
      return Object.fromEntries(missing.map((name) => [name, said[name] ?? t.needed]));
    },
  );
  const send = async (values: AnnounceValues) => {
    try {
      const { result } = await publish.mutateAsync({ input: inputOf(withAuthority(values, only)) });
      navigate(`/authorisation/announcements/${result.announcementId}`);
    } catch {
      // The refusal shows below; what was typed stays.
    }
  };
  return (
    <form onSubmit={form.onSubmit((values) => void send(values))} noValidate>
      <What form={form} authority={authority} partyId={partyId} />
      <Who form={form} authorities={authority ? [] : (authorities ?? [])} chosen={only} />
      <Protected form={form} />
      <Judged form={form} />
      <div className="form-end">
        {publish.error ? <RefusalPanel key={publish.submittedAt} problem={publish.error} asked={t.publish} /> : null}
        <button type="submit" className="button primary" disabled={publish.isPending}>
          {publish.isPending ? t.sending : t.publish}
        </button>
      </div>
    </form>
  );
}

/** Where a city has one data authority it need not be chosen. */
const withAuthority = (values: AnnounceValues, only: string | undefined): AnnounceValues =>
  values.authorityId === '' && only ? { ...values, authorityId: only } : values;

function What({
  form,
  authority,
  partyId,
}: {
  readonly form: Form;
  readonly authority: boolean;
  readonly partyId: string;
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const { values: v, errors, set } = form;
  const modes = authority ? (['comprehensive', 'tiered'] as const) : (['field'] as const);
  const notes = { comprehensive: t.comprehensiveNote, tiered: t.tieredNote, field: t.fieldNote };
  return (
    <>
      <Section title={t.what} note={t.whatNote}>
        <ChoiceField
          label={t.mode}
          value={v.mode}
          options={modes.map((mode) => ({ value: mode, title: term(mode), note: notes[mode] }))}
          onChange={(mode) => set('mode', mode as AnnounceValues['mode'])}
        />
        <TextField
          label={t.name}
          value={v.title}
          maxLength={100}
          error={errors.title}
          onChange={(x) => set('title', x)}
        />
        <AreaField
          label={t.scope}
          hint={t.scopeHint}
          value={v.scope}
          maxLength={4000}
          error={errors.scope}
          onChange={(x) => set('scope', x)}
        />
      </Section>
      <Section title={t.resources} note={t.resourcesNote}>
        <ResourcePicker
          label={t.resources}
          {...(authority ? {} : { holderId: partyId })}
          chosen={v.resources}
          error={errors.resources}
          onChange={(chosen: readonly ResourceSummary[]) => set('resources', chosen)}
        />
      </Section>
    </>
  );
}

function Who({
  form,
  authorities,
  chosen,
}: {
  readonly form: Form;
  readonly authorities: readonly PartySummary[];
  readonly chosen: string | undefined;
}) {
  const t = useWords(WORDS);
  const { values: v, errors, set } = form;
  return (
    <Section title={t.who}>
      <AreaField
        label={t.conditions}
        value={v.conditions}
        maxLength={4000}
        error={errors.conditions}
        onChange={(x) => set('conditions', x)}
      />
      <AreaField
        label={t.requirements}
        value={v.requirements}
        maxLength={4000}
        error={errors.requirements}
        onChange={(x) => set('requirements', x)}
      />
      <div className="form-pair">
        <TextField
          label={t.until}
          hint={t.untilHint}
          type="date"
          value={v.until}
          error={errors.until}
          onChange={(x) => set('until', x)}
        />
        {authorities.length > 0 ? (
          <SelectField
            label={t.authority}
            value={v.authorityId || (chosen ?? '')}
            error={errors.authorityId}
            {...(chosen ? {} : { empty: t.choose })}
            options={authorities.map((a) => ({ value: a.id, title: a.name }))}
            onChange={(x) => set('authorityId', x)}
          />
        ) : null}
      </div>
    </Section>
  );
}

const INTERESTS = [
  'state-secrets',
  'national-security',
  'public-interest',
  'trade-secrets',
  'personal-privacy',
  'data-security',
] as const;

function Protected({ form }: { readonly form: Form }) {
  const t = useWords(WORDS);
  const { values: v, set } = form;
  const toggle = (name: string, on: boolean) =>
    set('interests', on ? [...v.interests, name] : v.interests.filter((i) => i !== name));
  return (
    <Section title={t.protect} note={t.protectNote}>
      <fieldset className="choices">
        <legend className="label">{t.interests}</legend>
        <div className="check-grid">
          {INTERESTS.map((name) => (
            <CheckField
              key={name}
              label={t[name]}
              checked={v.interests.includes(name)}
              onChange={(on) => toggle(name, on)}
            />
          ))}
        </div>
      </fieldset>
      <AreaField label={t.protection} value={v.protection} maxLength={4000} onChange={(x) => set('protection', x)} />
    </Section>
  );
}

function Judged({ form }: { readonly form: Form }) {
  const t = useWords(WORDS);
  const { values: v, errors, set } = form;
  const sum = pointsOf(v.criteria);
  const change = (key: number, field: 'title' | 'weight', value: string) =>
    set(
      'criteria',
      v.criteria.map((c) => (c.key === key ? { ...c, [field]: value } : c)),
    );
  return (
    <Section title={t.judged} note={t.judgedNote}>
      <ul className="row-editor criteria-rows">
        {v.criteria.map((c) => (
          <li key={c.key}>
            <TextField label={t.criterion} value={c.title} maxLength={60} onChange={(x) => change(c.key, 'title', x)} />
            <TextField
              label={t.weight}
              inputMode="numeric"
              value={c.weight}
              onChange={(x) => change(c.key, 'weight', x)}
            />
            <button
              type="button"
              className="icon-only row-remove"
              aria-label={t.remove}
              title={t.remove}
              disabled={v.criteria.length === 1}
              onClick={() =>
                set(
                  'criteria',
                  v.criteria.filter((x) => x.key !== c.key),
                )
              }
            >
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <button
          type="button"
          className="button"
          onClick={() =>
            set('criteria', [
              ...v.criteria,
              { key: Math.max(...v.criteria.map((c) => c.key)) + 1, title: '', weight: '' },
            ])
          }
        >
          <Icon name="plus" size={14} /> {t.add}
        </button>
        <output className={sum === POINTS ? 'sum-ok' : 'sum-off'}>
          {t.sum(sum)}
          {sum === POINTS ? t.sumOk : t.sumOff(POINTS - sum)}
        </output>
      </div>
      {errors.criteria ? (
        <p className="field-error" role="alert">
          {errors.criteria}
        </p>
      ) : null}
      <div className="form-pair work-gap">
        <TextField
          label={t.pass}
          inputMode="numeric"
          value={v.passScore}
          error={errors.passScore}
          onChange={(x) => set('passScore', x)}
        />
      </div>
    </Section>
  );
}
