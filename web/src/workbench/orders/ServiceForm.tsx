import { type FormEvent, useState } from 'react';
import type { Cell, SuppressionClass } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct } from '../../shared/use-api.ts';
import { CheckField, SelectField, TextField } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '查询',
    note: '在数据沙箱内按已批准的模板计算，只给出统计结果；每按一次“查询”计一次调用，被拒绝的不计。',
    template: '查询模板',
    run: '查询',
    running: '正在沙箱中计算……',
    left: (n: string) => `还剩 ${n} 次`,
    result: '查询结果',
    none: '没有可以公布的结果：涉及的个体太少，或者没有符合条件的记录。',
    withheld: '不公布',
    why: '标“不公布”的数会透露少数个体的情况。',
  },
  {
    title: 'Query',
    note: 'Computed in the data sandbox by approved templates, as statistics alone; each press of “Query” counts as one call, a refused one does not.',
    template: 'Template',
    run: 'Query',
    running: 'Computing in the sandbox…',
    left: (n: string) => `${n} calls left`,
    result: 'Result',
    none: 'Nothing that may be told: too few are concerned, or nothing matches.',
    withheld: 'withheld',
    why: 'A figure that is withheld would tell of a few.',
  },
);

type Value = string | number | boolean;
export interface ServiceTemplate {
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: 'text' | 'number' | 'date' | 'boolean';
    readonly title: string;
    readonly example: Value;
  }[];
}

interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  readonly marks: readonly (readonly (SuppressionClass | null)[])[] | null;
  readonly callsLeft: number;
}

/** Asks a query service of the sandbox: one of its templates, with values for its parameters. */
export function ServiceForm(props: { readonly deliveryId: string; readonly templates: readonly ServiceTemplate[] }) {
  const t = useWords(WORDS);
  const ask = useAct<Answer>('delivery.query');
  const [name, setName] = useState(props.templates[0]?.name ?? '');
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [answer, setAnswer] = useState<Answer | null>(null);
  const template = props.templates.find((x) => x.name === name);
  if (!template) return null;
  const textOf = (p: ServiceTemplate['parameters'][number]) => typed[`${name} ${p.name}`] ?? String(p.example);
  const change = (p: string, value: string) => setTyped((all) => ({ ...all, [`${name} ${p}`]: value }));
  const run = async (event: FormEvent) => {
    event.preventDefault();
    const parameters = Object.fromEntries(
      template.parameters.map((p): [string, Value] => {
        const text = textOf(p);
        return [p.name, p.type === 'number' ? Number(text) : p.type === 'boolean' ? text === 'true' : text];
      }),
    );
    try {
      setAnswer(
        (await ask.mutateAsync({ input: { deliveryId: props.deliveryId, template: name, parameters } })).result,
      );
    } catch {
      // The refusal shows below; the last answer stays.
    }
  };
  return (
    <form onSubmit={(event) => void run(event)} className="query-form">
      <h3>{t.title}</h3>
      <p className="faint small">{t.note}</p>
      <SelectField
        label={t.template}
        value={name}
        options={props.templates.map((x) => ({ value: x.name, title: x.title }))}
        onChange={(next) => {
          setName(next);
          setAnswer(null);
        }}
      />
      {template.parameters.map((p) =>
        p.type === 'boolean' ? (
          <CheckField
            key={p.name}
            label={p.title}
            checked={textOf(p) === 'true'}
            onChange={(on) => change(p.name, String(on))}
          />
        ) : (
          <TextField
            key={p.name}
            label={p.title}
            type={p.type}
            value={textOf(p)}
            maxLength={200}
            onChange={(value) => change(p.name, value)}
          />
        ),
      )}
      <div className="buttons">
        <button type="submit" className="button" disabled={ask.isPending} aria-busy={ask.isPending}>
          {ask.isPending ? t.running : t.run}
        </button>
        {answer ? (
          <span className="faint" role="status">
            {t.left(number(answer.callsLeft))}
          </span>
        ) : null}
      </div>
      {ask.error ? <RefusalPanel key={ask.submittedAt} problem={ask.error} asked={t.run} /> : null}
      {answer ? <Result answer={answer} /> : null}
    </form>
  );
}

function Result({ answer }: { readonly answer: Answer }) {
  const t = useWords(WORDS);
  if (answer.rows.length === 0) return <p className="empty">{t.none}</p>;
  const markOf = (i: number, j: number) => answer.marks?.[i]?.[j] ?? null;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll result-cells" aria-label={t.result} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {answer.columns.map((c) => (
                <th key={c.name} scope="col">
                  {c.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer have no identity and never move
              <tr key={i}>
                {answer.columns.map((c, j) => (
                  <td key={c.name}>
                    {markOf(i, j) ? <span className="faint">{t.withheld}</span> : String(row[j] ?? '—')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {answer.marks?.some((row) => row.some((mark) => mark !== null)) ? <p className="small faint">{t.why}</p> : null}
    </>
  );
}
