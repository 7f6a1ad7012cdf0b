import { useState } from 'react';
import type { SandboxAnswer } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { day, number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct } from '../../shared/use-api.ts';
import { countMarks, type ResultColumn } from '../sandbox/result-model.ts';
import { SuppressionLegend } from '../sandbox/Suppressed.tsx';
import { AnswerFile, AnswerTable } from '../shared/AnswerTable.tsx';
import { CheckField, SelectField, TextField, useForm } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '查询',
    note: '在数据沙箱内按已批准的模板计算，只给出统计结果；原始数据不出沙箱。每按一次“查询”计一次调用，同样的问题再问也计，被拒绝的不计。',
    kept: (since: string) =>
      `这项服务已有更新的数据。贵单位自 ${since} 首次查询起，一直按当时的数据作答：同一问题先后按两版数据作答，会透露其间变动的个人（HS-22.44）。`,
    template: '查询模板',
    example: (value: string) => `例如 ${value}`,
    needed: '请填写',
    notNumber: '请填写数字',
    run: '查询',
    running: '正在沙箱中计算……',
    left: (n: string) => `还剩 ${n} 次`,
    of: '所问',
    yes: '是',
    no: '否',
    rows: (n: string) => `${n} 行`,
    none: '没有可以公布的结果：涉及的个体太少，或者没有符合条件的记录。放宽条件再试。',
  },
  {
    title: 'Query',
    note: 'Computed in the data sandbox by approved templates, as statistics alone; no raw data leave it. Each press of “Query” counts as one call, the same question again too; a refused one does not.',
    kept: (since: string) =>
      `There are newer data. You are answered from those of your first call, ${since}: the same question answered before and after would tell of whoever changed in between (HS-22.44).`,
    template: 'Template',
    example: (value: string) => `for example ${value}`,
    needed: 'Fill this in',
    notNumber: 'A number goes here',
    run: 'Query',
    running: 'Computing in the sandbox…',
    left: (n: string) => `${n} calls left`,
    of: 'Asked',
    yes: 'yes',
    no: 'no',
    rows: (n: string) => `${n} rows`,
    none: 'Nothing that may be told: too few are concerned, or nothing matches. Widen the conditions.',
  },
);

type Value = string | number | boolean;
interface Parameter {
  readonly name: string;
  readonly type: 'text' | 'number' | 'date' | 'boolean';
  readonly title: string;
  readonly example: Value;
}
export interface ServiceTemplate {
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly Parameter[];
}

interface Answer extends Pick<SandboxAnswer, 'rows'> {
  readonly columns: readonly ResultColumn[];
  readonly marks: SandboxAnswer['marks'] | null;
  readonly callsLeft: number;
}

const VALUE_CHARS_MAX = 200;
/** What was typed, as the type of its parameter. */
const typedAs = (p: Parameter, typed: string): Value =>
  p.type === 'number' ? Number(typed) : p.type === 'boolean' ? typed === 'true' : typed;

/** Asks a query service of the sandbox: one of its templates, with values for its parameters. */
export function ServiceForm(props: {
  readonly deliveryId: string;
  readonly templates: readonly ServiceTemplate[];
  /** Answered from older data than others since then, if at all. */
  readonly keptSince: string | null;
  readonly callsLeft: number;
}) {
  const t = useWords(WORDS);
  const [name, setName] = useState(props.templates[0]?.name ?? '');
  const template = props.templates.find((x) => x.name === name);
  if (!template) return null;
  return (
    <section className="query-form">
      <h3>{t.title}</h3>
      <p className="faint small">{t.note}</p>
      {props.keptSince ? <p className="small">{t.kept(day(props.keptSince))}</p> : null}
      {props.templates.length > 1 ? (
        <SelectField
          label={t.template}
          value={name}
          options={props.templates.map((x) => ({ value: x.name, title: x.title }))}
          onChange={setName}
        />
      ) : (
        <p>{template.title}</p>
      )}
      <TemplateForm key={name} template={template} deliveryId={props.deliveryId} callsLeft={props.callsLeft} />
    </section>
  );
}

/** One template: its parameters begin with their examples, so that a first answer is one press away. */
function TemplateForm(props: {
  readonly template: ServiceTemplate;
  readonly deliveryId: string;
  readonly callsLeft: number;
}) {
  const t = useWords(WORDS);
  const { template, deliveryId } = props;
  const ask = useAct<Answer>('delivery.query');
  const [told, setTold] = useState<{ readonly asked: string; readonly answer: Answer } | null>(null);
  const form = useForm<Readonly<Record<string, string>>>(
    Object.fromEntries(template.parameters.map((p) => [p.name, String(p.example)])),
    (values) =>
      Object.fromEntries(
        template.parameters.flatMap((p) => {
          const typed = (values[p.name] ?? '').trim();
          // An empty text is a value like any other.
          if (typed === '' && p.type !== 'text') return [[p.name, t.needed]];
          return p.type === 'number' && !Number.isFinite(Number(typed)) ? [[p.name, t.notNumber]] : [];
        }),
      ),
  );
  const { values, errors } = form;
  const say = (p: Parameter, value: string) => (p.type === 'boolean' ? (value === 'true' ? t.yes : t.no) : value);
  const run = async (v: typeof values) => {
    const parameters = Object.fromEntries(template.parameters.map((p) => [p.name, typedAs(p, v[p.name] ?? '')]));
    try {
      const { result } = await ask.mutateAsync({ input: { deliveryId, template: template.name, parameters } });
      const asked = template.parameters.map((p) => `${p.title} ${say(p, v[p.name] ?? '')}`).join('；');
      setTold({ asked, answer: result });
    } catch {
      // The refusal shows below; the last answer stays, with what it was asked.
    }
  };
  const left = Math.min(props.callsLeft, told?.answer.callsLeft ?? props.callsLeft);
  return (
    <form className="form-narrow" noValidate onSubmit={form.onSubmit((v) => void run(v))}>
      {template.parameters.map((p) =>
        p.type === 'boolean' ? (
          <CheckField
            key={p.name}
            label={p.title}
            checked={values[p.name] === 'true'}
            onChange={(on) => form.set(p.name, String(on))}
          />
        ) : (
          <TextField
            key={p.name}
            label={p.title}
            hint={t.example(String(p.example))}
            error={errors[p.name]}
            type={p.type === 'date' ? 'date' : 'text'}
            {...(p.type === 'number' ? { inputMode: 'decimal' as const } : {})}
            value={values[p.name] ?? ''}
            maxLength={VALUE_CHARS_MAX}
            onChange={(value) => form.set(p.name, value)}
          />
        ),
      )}
      <div className="buttons">
        <button type="submit" className="button primary" disabled={ask.isPending} aria-busy={ask.isPending}>
          {ask.isPending ? t.running : t.run}
        </button>
        <span className="faint" role="status">
          {t.left(number(left))}
        </span>
      </div>
      {ask.error ? <RefusalPanel key={ask.submittedAt} problem={ask.error} asked={t.run} /> : null}
      {told ? <Told asked={told.asked} answer={told.answer} name={template.name} /> : null}
    </form>
  );
}

function Told({ asked, answer, name }: { readonly asked: string; readonly answer: Answer; readonly name: string }) {
  const t = useWords(WORDS);
  const { columns, rows, marks } = answer;
  const table = { columns, rows, ...(marks ? { marks } : {}) };
  return (
    <div className="work-gap">
      <div className="head-row">
        <span className="faint">
          {asked ? `${t.of}${' · '}${asked} · ` : ''}
          {t.rows(number(rows.length))}
        </span>
        {rows.length > 0 ? <AnswerFile table={table} fileName={name} /> : null}
      </div>
      <AnswerTable table={table} none={t.none} />
      {marks && rows.length > 0 ? <SuppressionLegend counts={countMarks(marks)} /> : null}
    </div>
  );
}
