import { type FormEvent, useState } from 'react';
import type { Cell, Product } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Skeleton } from '../../shared/States.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { newKey, OPERATORS, typedValue } from '../products/draft-model.ts';
import type { ResultColumn } from '../sandbox/result-model.ts';
import { AnswerFile, AnswerTable } from '../shared/AnswerTable.tsx';
import { SelectField, TextField } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '查询',
    note: '至少给出一个条件；每按一次“查询”计一次调用，被拒绝的不计。',
    column: '列',
    op: '比较',
    value: '值',
    yes: '是',
    no: '否',
    add: '添加条件',
    remove: '删除这一行',
    limit: '最多返回行数',
    run: '查询',
    running: '正在查询……',
    left: (n: string) => `还剩 ${n} 次`,
    rows: (n: number) => `返回 ${n} 行`,
    truncated: '结果超过上限，只显示前一部分。',
    none: '没有符合条件的记录。',
  },
  {
    title: 'Query',
    note: 'Give at least one condition; each press of “Query” counts as one call, a refused one does not.',
    column: 'Column',
    op: 'Is',
    value: 'Value',
    yes: 'yes',
    no: 'no',
    add: 'Add a condition',
    remove: 'Remove this row',
    limit: 'Most rows',
    run: 'Query',
    running: 'Querying…',
    left: (n: string) => `${n} calls left`,
    rows: (n: number) => `${n} rows`,
    truncated: 'There are more rows than asked for; these are the first.',
    none: 'Nothing matches.',
  },
);

interface Answer {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
  readonly truncated: boolean;
  readonly callsLeft: number;
}

interface Condition {
  readonly key: number;
  readonly column: string;
  readonly op: string;
  readonly value: string;
}

const LIMIT_DEFAULT = '20';

/** Asks the query service by conditions; each press is one metered call. */
export function QueryForm({ deliveryId, productId }: { readonly deliveryId: string; readonly productId: string }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const product = useRead<Product>(`/products/${productId}`);
  const ask = useAct<Answer>('delivery.query');
  const [typed, setConditions] = useState<readonly Condition[] | null>(null);
  const [limit, setLimit] = useState(LIMIT_DEFAULT);
  const [answer, setAnswer] = useState<Answer | null>(null);
  if (!product.data) return <Skeleton lines={3} />;
  const columns = product.data.dictionary;
  const blank = (): Condition => ({ key: newKey(), column: columns[0]?.name ?? '', op: '=', value: '' });
  // The service answers questions, not everything: one condition stands from the start.
  if (typed === null) setConditions([blank()]);
  const conditions = typed ?? [];
  const typeOf = (name: string) => columns.find((c) => c.name === name)?.type ?? 'text';
  const titleOf = (name: string) => {
    const c = columns.find((x) => x.name === name);
    return c ? ((language === 'en' ? c.titleEn : null) ?? c.titleZh) : name;
  };
  const change = (key: number, part: Partial<Condition>) =>
    setConditions((all) => (all ?? []).map((c) => (c.key === key ? { ...c, ...part } : c)));

  const run = async (event: FormEvent) => {
    event.preventDefault();
    const filters = conditions.map((c) => ({
      column: c.column,
      op: c.op,
      value: typedValue(typeOf(c.column), c.value),
    }));
    try {
      setAnswer(
        (
          await ask.mutateAsync({
            input: { deliveryId, filters, limit: Math.max(1, Number(limit) || Number(LIMIT_DEFAULT)) },
          })
        ).result,
      );
    } catch {
      // The refusal shows below; the last answer stays.
    }
  };

  return (
    <form onSubmit={(event) => void run(event)} className="query-form">
      <h3>{t.title}</h3>
      <p className="faint small">{t.note}</p>
      <ul className="row-editor filters-rows">
        {conditions.map((c) => (
          <li key={c.key}>
            <SelectField
              label={t.column}
              value={c.column}
              options={columns.map((x) => ({ value: x.name, title: titleOf(x.name) }))}
              onChange={(column) =>
                change(c.key, { column, ...(typeOf(column) === 'boolean' ? { value: 'true' } : {}) })
              }
            />
            <SelectField
              label={t.op}
              value={c.op}
              options={OPERATORS.map((o) => ({ value: o, title: o }))}
              onChange={(op) => change(c.key, { op })}
            />
            {typeOf(c.column) === 'boolean' ? (
              <SelectField
                label={t.value}
                value={c.value}
                options={[
                  { value: 'true', title: t.yes },
                  { value: 'false', title: t.no },
                ]}
                onChange={(value) => change(c.key, { value })}
              />
            ) : (
              <TextField
                label={t.value}
                value={c.value}
                maxLength={1000}
                onChange={(value) => change(c.key, { value })}
              />
            )}
            <button
              type="button"
              className="icon-only row-remove"
              aria-label={t.remove}
              title={t.remove}
              disabled={conditions.length === 1}
              onClick={() => setConditions((all) => (all ?? []).filter((x) => x.key !== c.key))}
            >
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <button type="button" className="button" onClick={() => setConditions([...conditions, blank()])}>
          <Icon name="plus" size={14} />
          {t.add}
        </button>
        <label className="choice">
          {t.limit}
          <input
            className="input"
            inputMode="numeric"
            value={limit}
            size={5}
            onChange={(event) => setLimit(event.target.value.replaceAll(/\D/g, ''))}
          />
        </label>
        <button type="submit" className="button" disabled={ask.isPending} aria-busy={ask.isPending}>
          {ask.isPending ? t.running : t.run}
        </button>
        {answer ? (
          <span className="faint" role="status">
            {t.rows(answer.rows.length)} · {t.left(number(answer.callsLeft))}
          </span>
        ) : null}
      </div>
      {ask.error ? <RefusalPanel key={ask.submittedAt} problem={ask.error} asked={t.run} /> : null}
      {answer ? <AnswerTable table={answer} none={t.none} plain /> : null}
      {answer?.truncated ? <p className="small faint">{t.truncated}</p> : null}
      {answer && answer.rows.length > 0 ? <AnswerFile table={answer} fileName="query" /> : null}
    </form>
  );
}
