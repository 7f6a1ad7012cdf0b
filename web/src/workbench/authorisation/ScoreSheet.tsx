import { useId, useState } from 'react';
import type { Affiliation, ApplicationDetail, Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import type { Done } from '../shared/acts.tsx';
import { AreaField, useForm } from '../shared/form.tsx';
import './authorisation.css';

const WORDS = words(
  {
    title: '评分表',
    text: '请按公告的评审标准逐项独立评分。其他专家的评分在贵方提交后也不可见；提交后不能更改。',
    tiedTitle: (whom: string) => `贵方与${whom}有关联，应当回避`,
    tied: '请向授权单位说明，由其另行指定专家。关系已经终止的，先在“关联关系”中撤除。',
    ties: (n: number) => `贵方申报的关联关系（${n}）`,
    noTies: '贵方没有申报关联关系。与申请人、授权单位或者数据提供单位有控股、人员兼任、业务往来的，请先申报并回避。',
    of: (max: number) => `/ ${max} 分`,
    points: (title: string) => `${title} 的得分`,
    range: (max: number) => `请填 0 到 ${max} 的整数`,
    total: '合计',
    opinion: '评审意见',
    opinionHint: '说明给分理由，供授权单位形成结论。',
    opinionNeeded: '请写明评审意见',
    declared: '本单位与申请人、授权单位和数据提供单位没有关联，评分独立作出',
    declaredNeeded: '请先确认',
    submit: '提交评分',
    sending: '正在提交……',
    done: '提交评分',
  },
  {
    title: 'Scoring sheet',
    text: 'Score each announced criterion by yourself. You do not see the scores of others, and yours cannot be changed once handed in.',
    tiedTitle: (whom: string) => `You are tied to ${whom} and must stand aside`,
    tied: 'Tell the authorising unit, which names another expert. If the tie is over, end it under “Ties” first.',
    ties: (n: number) => `Ties you have declared (${n})`,
    noTies:
      'You have declared no ties. If there are holdings, shared staff or business with the applicant, declare them and stand aside.',
    of: (max: number) => `of ${max}`,
    points: (title: string) => `Points for ${title}`,
    range: (max: number) => `A whole number from 0 to ${max}`,
    total: 'Together',
    opinion: 'Opinion',
    opinionHint: 'Why you score so; the authorising unit concludes from it.',
    opinionNeeded: 'Please write your opinion',
    declared:
      'My party is tied neither to the applicant nor to who authorises or provides the data, and the scores are my own',
    declaredNeeded: 'Please confirm first',
    submit: 'Hand in the scores',
    sending: 'Sending…',
    done: 'Scores handed in',
  },
);

interface Values {
  readonly points: readonly string[];
  readonly opinion: string;
  readonly declared: boolean;
}

const pointsIn = (typed: string, max: number): number | null => {
  const value = /^\d{1,3}$/.test(typed.trim()) ? Number(typed) : null;
  return value !== null && value <= max ? value : null;
};

/** One expert's sheet: each criterion within its full points, the sum as one types, ties in sight. */
export function ScoreSheet(props: { readonly application: ApplicationDetail; readonly tell: (done: Done) => void }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { application, tell } = props;
  const { criteria } = application;
  const score = useAct('application.score');
  const form = useForm<Values>({ points: criteria.map(() => ''), opinion: '', declared: false }, (v) => ({
    ...Object.fromEntries(
      criteria.flatMap((c, i) =>
        pointsIn(v.points[i] ?? '', c.weight) === null ? [[`points${i}`, t.range(c.weight)]] : [],
      ),
    ),
    ...(v.opinion.trim().length < 2 ? { opinion: t.opinionNeeded } : {}),
    ...(v.declared ? {} : { declared: t.declaredNeeded }),
  }));
  const { values: v, errors } = form;
  if (application.tiedTo)
    return (
      <section className="my-act">
        <h2>{t.tiedTitle(say(application.tiedTo))}</h2>
        <p>{t.tied}</p>
        <Ties />
      </section>
    );
  const send = async ({ points, opinion }: Values) => {
    try {
      const input = { applicationId: application.id, points: points.map(Number), opinion: opinion.trim() };
      const { receipt } = await score.mutateAsync({ input });
      tell({ title: t.done, receiptId: receipt.id });
    } catch {
      // The refusal shows below; the sheet stays as it was.
    }
  };
  const total = criteria.reduce((sum, c, i) => sum + (pointsIn(v.points[i] ?? '', c.weight) ?? 0), 0);
  return (
    <section className="my-act">
      <h2>{t.title}</h2>
      <p>{t.text}</p>
      <Ties />
      <form noValidate onSubmit={form.onSubmit((values) => void send(values))}>
        <ul className="score-rows">
          {criteria.map((c, i) => (
            <PointsRow
              key={c.title}
              title={c.title}
              max={c.weight}
              value={v.points[i] ?? ''}
              error={errors[`points${i}`]}
              onChange={(value) =>
                form.set(
                  'points',
                  v.points.map((p, at) => (at === i ? value : p)),
                )
              }
            />
          ))}
        </ul>
        <p className="score-total">
          <span>{t.total}</span> <output>{total}</output>
        </p>
        <AreaField
          label={t.opinion}
          hint={t.opinionHint}
          value={v.opinion}
          maxLength={2000}
          error={errors.opinion}
          onChange={(opinion) => form.set('opinion', opinion)}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={v.declared}
            onChange={(event) => form.set('declared', event.target.checked)}
            {...(errors.declared ? { 'data-invalid': true } : {})}
          />
          <span>
            {t.declared}
            {errors.declared ? <span className="field-error">{errors.declared}</span> : null}
          </span>
        </label>
        {score.error ? <RefusalPanel key={score.submittedAt} problem={score.error} asked={t.submit} /> : null}
        <div className="buttons">
          <button type="submit" className="button primary" disabled={score.isPending}>
            {score.isPending ? t.sending : t.submit}
          </button>
        </div>
      </form>
    </section>
  );
}

function PointsRow(props: {
  readonly title: string;
  readonly max: number;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const t = useWords(WORDS);
  const id = useId();
  return (
    <li>
      <label htmlFor={id}>{props.title}</label>
      <span className="points">
        <input
          id={id}
          className="input"
          inputMode="numeric"
          aria-label={t.points(props.title)}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
          {...(props.error ? { 'aria-invalid': true as const, 'aria-describedby': `${id}-error` } : {})}
        />
        <span className="faint">{t.of(props.max)}</span>
      </span>
      {props.error ? (
        <span className="field-error" id={`${id}-error`}>
          {props.error}
        </span>
      ) : null}
    </li>
  );
}

const TIES_MAX = 100;

function Ties() {
  const t = useWords(WORDS);
  const term = useTerm();
  const { data } = useRead<Page<Affiliation>>('/affiliations', { limit: TIES_MAX });
  const [open, setOpen] = useState(false);
  if (!data) return null;
  if (data.items.length === 0) return <p className="small faint">{t.noTies}</p>;
  return (
    <details className="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.ties(data.items.length)}</summary>
      <ul className="line-list">
        {data.items.map((a) => (
          <li key={a.id}>
            {a.other.name} <span className="tag">{term(a.nature)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
