import { useNavigate } from 'react-router';
import type { JointLimits, PartySummary } from '../../../api.ts';
import { useWords, words } from '../../../app/words.ts';
import { number } from '../../../shared/format.ts';
import { RefusalPanel } from '../../../shared/RefusalPanel.tsx';
import { useAct, useMe, useRead } from '../../../shared/use-api.ts';
import { useAll } from '../../authorisation/use-all.ts';
import { holdsAny } from '../../roles.ts';
import { AreaField, ChoiceField, SelectField, TextField, useForm } from '../../shared/form.tsx';
import { fieldsOf, JOINT_CHOICES, type JointChoice } from './joint-model.ts';
import { JOINT_ROLES, useJointWords } from './joint-words.ts';

const WORDS = words(
  {
    text: '只是提出：对方同意加入以前，什么也不传送。',
    kind: '算什么',
    title: '名称',
    purpose: '使用目的',
    identifier: '标识是什么、怎么写',
    identifierHint: '双方须写得一模一样才对得上，例如“手机号，11 位数字，不带空格和区号”',
    fields: '求和的指标',
    fieldsHint: '一行一个；各方按这些名称给出整数',
    partner: '与谁一起算',
    partners: '与哪些单位一起算',
    partnersHint: (least: string) => `连同贵方至少 ${least} 方`,
    choose: '请选择',
    add: '选择一家加入名单',
    remove: (name: string) => `移除${name}`,
    hours: '期限（小时）',
    hoursHint: (most: string) => `到期未完成即自动终止并清除，最长 ${most} 小时`,
    send: '提出联合计算',
    sending: '正在提出……',
    must: '请填写',
    tooFew: (least: string) => `连同贵方至少 ${least} 方`,
    hoursWrong: '请填写整数小时',
  },
  {
    text: 'This only proposes it: nothing is sent before the others have joined.',
    kind: 'What to compute',
    title: 'Title',
    purpose: 'Purpose',
    identifier: 'What the identifiers are, and how they are written',
    identifierHint: 'Both sides must write them alike, such as “mobile number, 11 digits, no spaces, no country code”',
    fields: 'Figures to add up',
    fieldsHint: 'One a line; each party gives integers by these names',
    partner: 'With whom',
    partners: 'With which parties',
    partnersHint: (least: string) => `${least} parties at least, with yours`,
    choose: 'choose one',
    add: 'choose one to add',
    remove: (name: string) => `Remove ${name}`,
    hours: 'Time allowed (hours)',
    hoursHint: (most: string) => `What is not done by then ends by itself and is cleared; ${most} hours at most`,
    send: 'Propose it',
    sending: 'Proposing…',
    must: 'Fill this in',
    tooFew: (least: string) => `${least} parties at least, with yours`,
    hoursWrong: 'A whole number of hours',
  },
);

const HOURS_FIRST = '24';

interface Values {
  readonly choice: JointChoice;
  readonly title: string;
  readonly purpose: string;
  readonly identifier: string;
  readonly fields: string;
  readonly partnerIds: readonly string[];
  readonly hours: string;
}

/** What is computed, of what, for what, and with whom. */
export function ProposeJoint() {
  const t = useWords(WORDS);
  const say = useJointWords();
  const navigate = useNavigate();
  const { data: limits } = useRead<JointLimits>('/joint-limits', {}, { staleMs: 600_000 });
  const open = useAct<{ sessionId: string }>('joint.open');
  const parties = usePartners();
  const least = limits?.sumParties ?? 0;
  const enough = (v: Values) => v.partnerIds.length + 1 >= (v.choice === 'sum' ? least : 2);
  const form = useForm<Values>(
    { choice: 'count', title: '', purpose: '', identifier: '', fields: '', partnerIds: [], hours: HOURS_FIRST },
    (v) => ({
      ...(v.title.trim() ? {} : { title: t.must }),
      ...(v.purpose.trim() ? {} : { purpose: t.must }),
      ...(v.choice !== 'sum' && !v.identifier.trim() ? { identifier: t.must } : {}),
      ...(v.choice === 'sum' && fieldsOf(v.fields).length === 0 ? { fields: t.must } : {}),
      ...(enough(v) ? {} : { partnerIds: v.choice === 'sum' ? t.tooFew(number(least)) : t.must }),
      ...(/^[1-9]\d*$/.test(v.hours) ? {} : { hours: t.hoursWrong }),
    }),
  );
  const { values: v, errors } = form;
  const sum = v.choice === 'sum';
  const send = async () => {
    try {
      const { result } = await open.mutateAsync({
        input: {
          kind: sum ? 'sum' : 'intersection',
          title: v.title.trim(),
          purpose: v.purpose.trim(),
          reveal: v.choice === 'sum' ? null : v.choice,
          identifier: sum ? null : v.identifier.trim(),
          fields: sum ? fieldsOf(v.fields) : null,
          partyIds: sum ? v.partnerIds : v.partnerIds.slice(0, 1),
          hours: Number(v.hours),
        },
      });
      await navigate(`/work/sandbox/joint/${result.sessionId}`);
    } catch {
      // The refusal shows below; the form keeps what was typed.
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit(() => void send())}>
      <p className="faint">{t.text}</p>
      <ChoiceField
        label={t.kind}
        value={v.choice}
        options={JOINT_CHOICES.map((value) => ({ value, title: say.kind(value), note: say.note(value) }))}
        onChange={(value) => form.set('choice', JOINT_CHOICES.find((c) => c === value) ?? 'count')}
      />
      <TextField
        label={t.title}
        value={v.title}
        error={errors.title}
        maxLength={100}
        onChange={(x) => form.set('title', x)}
      />
      <AreaField
        label={t.purpose}
        value={v.purpose}
        error={errors.purpose}
        maxLength={300}
        rows={2}
        onChange={(x) => form.set('purpose', x)}
      />
      {sum ? (
        <AreaField
          label={t.fields}
          hint={t.fieldsHint}
          value={v.fields}
          error={errors.fields}
          onChange={(x) => form.set('fields', x)}
        />
      ) : (
        <TextField
          label={t.identifier}
          hint={t.identifierHint}
          value={v.identifier}
          error={errors.identifier}
          maxLength={100}
          onChange={(x) => form.set('identifier', x)}
        />
      )}
      <Partners
        parties={parties}
        many={sum}
        chosen={v.partnerIds}
        error={errors.partnerIds}
        hint={sum && limits ? t.partnersHint(number(least)) : undefined}
        onChange={(x) => form.set('partnerIds', x)}
      />
      <TextField
        label={t.hours}
        type="number"
        min={1}
        hint={limits ? t.hoursHint(number(limits.hoursMost)) : undefined}
        value={v.hours}
        error={errors.hours}
        onChange={(x) => form.set('hours', x)}
      />
      {open.error ? <RefusalPanel key={open.submittedAt} problem={open.error} asked={t.send} /> : null}
      <button type="submit" className="button primary" disabled={open.isPending}>
        {open.isPending ? t.sending : t.send}
      </button>
    </form>
  );
}

/** Other parties that may take part; undefined while they load. */
function usePartners(): readonly PartySummary[] | undefined {
  const me = useMe();
  const parties = useAll<PartySummary>('/parties');
  return parties?.filter((p) => p.id !== me?.party.id && holdsAny(p.roles, JOINT_ROLES));
}

function Partners(props: {
  readonly parties: readonly PartySummary[] | undefined;
  readonly many: boolean;
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly hint: string | undefined;
  readonly onChange: (ids: readonly string[]) => void;
}) {
  const t = useWords(WORDS);
  const { many, chosen, onChange } = props;
  const parties = props.parties ?? [];
  const options = parties.filter((p) => !many || !chosen.includes(p.id)).map((p) => ({ value: p.id, title: p.name }));
  return (
    <>
      <SelectField
        label={many ? t.partners : t.partner}
        hint={props.hint}
        error={props.error}
        value={many ? '' : (chosen[0] ?? '')}
        empty={many ? t.add : t.choose}
        options={options}
        onChange={(id) => onChange(id === '' ? (many ? chosen : []) : many ? [...chosen, id] : [id])}
      />
      {many && chosen.length > 0 ? (
        <p className="tags joint-chosen">
          {chosen.map((id) => {
            const name = parties.find((p) => p.id === id)?.name ?? id;
            return (
              <button
                key={id}
                type="button"
                className="chip"
                aria-label={t.remove(name)}
                onClick={() => onChange(chosen.filter((c) => c !== id))}
              >
                {name} ×
              </button>
            );
          })}
        </p>
      ) : null}
    </>
  );
}
