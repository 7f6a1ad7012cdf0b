import { useSay, useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import type { useDone } from '../shared/acts.tsx';
import { AreaField, ChoiceField, useForm } from '../shared/form.tsx';
import type { Checklist, ChecklistAnswer } from '../types.ts';

const WORDS = words(
  {
    title: '出具结论',
    checklist: '逐项回答清单。回答“否”的，请在备注中写明情况；有“否”时一般不能给出“通过”。',
    note: '备注',
    noteOf: (item: string) => `备注：${item}`,
    conclusion: '结论',
    passed: '通过',
    failed: '未通过',
    statement: '评估意见',
    statementHint: '写明范围、方法、发现和保留意见；意见会向买方公开。',
    submit: '出具评估结论',
    sending: '正在出具……',
    needAnswers: (n: number) => `还有 ${n} 项没有回答`,
    needConclusion: '请选择结论',
    needStatement: '请填写评估意见',
    allYes: '其余全部答“是”',
  },
  {
    title: 'Conclude',
    checklist: 'Answer every item. Explain each “no” in its note; with a “no” the conclusion is hardly “passed”.',
    note: 'Note',
    noteOf: (item: string) => `Note: ${item}`,
    conclusion: 'Conclusion',
    passed: 'Passed',
    failed: 'Not passed',
    statement: 'Opinion',
    statementHint: 'Scope, method, findings, reservations; buyers can read it.',
    submit: 'Issue the assessment',
    sending: 'Issuing…',
    needAnswers: (n: number) => `${n} items are not answered yet`,
    needConclusion: 'Please choose the conclusion',
    needStatement: 'Please write the opinion',
    allYes: 'Answer “yes” to the rest',
  },
);

interface Values {
  readonly answers: Readonly<Record<string, { readonly answer: string; readonly note: string }>>;
  readonly conclusion: string;
  readonly statement: string;
}

const ANSWERS = ['yes', 'no', 'not-applicable'] as const;

/** The assessor's form: the checklist of the day, a conclusion and an opinion. */
export function IssueForm(props: {
  readonly assessmentId: string;
  readonly checklist: Checklist;
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const { items } = props.checklist;
  const issue = useAct('assessment.issue');
  const form = useForm<Values>({ answers: {}, conclusion: '', statement: '' }, (v) => {
    const open = items.filter((i) => !v.answers[i.item]?.answer).length;
    return {
      ...(open > 0 ? { answers: t.needAnswers(open) } : {}),
      ...(v.conclusion === '' ? { conclusion: t.needConclusion } : {}),
      ...(v.statement.trim().length < 2 ? { statement: t.needStatement } : {}),
    };
  });
  const { values: v, set, errors } = form;
  const change = (item: string, part: Partial<{ answer: string; note: string }>) =>
    set('answers', { ...v.answers, [item]: { answer: '', note: '', ...v.answers[item], ...part } });
  const allYes = () =>
    set(
      'answers',
      Object.fromEntries(
        items.map((i) => [i.item, { note: '', ...v.answers[i.item], answer: v.answers[i.item]?.answer || 'yes' }]),
      ),
    );
  const submit = async () => {
    const checklist = items.map((i): ChecklistAnswer => {
      const given = v.answers[i.item];
      return {
        item: i.item,
        answer: (given?.answer ?? 'no') as ChecklistAnswer['answer'],
        ...(given?.note.trim() ? { note: given.note.trim() } : {}),
      };
    });
    try {
      const answer = await issue.mutateAsync({
        input: { assessmentId: props.assessmentId, conclusion: v.conclusion, statement: v.statement.trim(), checklist },
      });
      props.tell({ title: t.submit, receiptId: answer.receipt.id });
    } catch {
      // The refusal shows above the button.
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit(() => void submit())}>
      <h2>{t.title}</h2>
      <p className="faint">{t.checklist}</p>
      <ol className="checklist">
        {items.map((i) => (
          <Item
            key={i.item}
            title={say(i.title)}
            item={i.item}
            source={i.source}
            value={v.answers[i.item]}
            missing={errors.answers !== undefined && !v.answers[i.item]?.answer}
            onChange={(part) => change(i.item, part)}
          />
        ))}
      </ol>
      <button type="button" className="button quiet" onClick={allYes}>
        {t.allYes}
      </button>
      {errors.answers ? (
        <p className="field-error" role="alert">
          {errors.answers}
        </p>
      ) : null}
      <div className="work-gap">
        <ChoiceField
          label={t.conclusion}
          value={v.conclusion}
          error={errors.conclusion}
          options={[
            { value: 'passed', title: t.passed },
            { value: 'failed', title: t.failed },
          ]}
          onChange={(x) => set('conclusion', x)}
        />
      </div>
      <AreaField
        label={t.statement}
        hint={t.statementHint}
        rows={5}
        maxLength={5000}
        value={v.statement}
        error={errors.statement}
        onChange={(x) => set('statement', x)}
      />
      {issue.error ? <RefusalPanel key={issue.submittedAt} problem={issue.error} asked={t.submit} /> : null}
      <button type="submit" className="button primary" disabled={issue.isPending} aria-busy={issue.isPending}>
        {issue.isPending ? t.sending : t.submit}
      </button>
    </form>
  );
}

function Item(props: {
  readonly title: string;
  readonly item: string;
  readonly source: string;
  readonly value: { readonly answer: string; readonly note: string } | undefined;
  readonly missing: boolean;
  readonly onChange: (part: Partial<{ answer: string; note: string }>) => void;
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const answer = props.value?.answer ?? '';
  return (
    <li>
      <fieldset className="choices">
        <legend>
          {props.title} <CitationChip rule={props.source} article={props.source} />
        </legend>
        <div className="buttons">
          {ANSWERS.map((a) => (
            <label key={a} className="check">
              <input
                type="radio"
                name={`answer-${props.item}`}
                checked={answer === a}
                onChange={() => props.onChange({ answer: a })}
                {...(props.missing ? { 'data-invalid': true } : {})}
              />
              <span>{term(a)}</span>
            </label>
          ))}
        </div>
        {answer && answer !== 'yes' ? (
          <input
            className="input"
            placeholder={t.note}
            aria-label={t.noteOf(props.title)}
            maxLength={1000}
            value={props.value?.note ?? ''}
            onChange={(event) => props.onChange({ note: event.target.value })}
          />
        ) : null}
      </fieldset>
    </li>
  );
}
