import type { Product } from '../../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../../app/words.ts';
import { RefusalPanel } from '../../../shared/RefusalPanel.tsx';
import { useAct } from '../../../shared/use-api.ts';
import { CheckField, SelectField, useForm } from '../../../workbench/shared/form.tsx';
import { MEASURE_WORDS, MEASURES, type Measure, type Offer } from './measures.ts';

const WORDS = words(
  {
    key: '匹配字段',
    keyHint: '一行讲的是谁或什么，就选哪一列；每个键值受到同等保护。',
    columns: '可试用的字段',
    measures: '可用的指标',
    save: '开放试用',
    saving: '正在开放……',
    note: '买方不会得到任何一行或一个值。每个结果都加噪声并取整，每个买方和全部买方合计的次数都有上限。可以随时停止。',
  },
  {
    key: 'Column to match on',
    keyHint: 'The one that says whom or what a row is about; every key is protected alike.',
    columns: 'Columns that may be tried',
    measures: 'Measures',
    save: 'Open for trial',
    saving: 'Opening…',
    note: 'A buyer gets no row and no value: every score carries noise and is rounded, and trials are limited, for each buyer and for all together. You may close it at any time.',
  },
);

interface Values {
  readonly keyColumn: string;
  readonly columns: readonly string[];
  readonly measures: readonly Measure[];
}

const toggled = <T,>(list: readonly T[], item: T, on: boolean): T[] =>
  on ? [...list.filter((i) => i !== item), item] : list.filter((i) => i !== item);

/** What of the seller's product may be tried. */
export function OpenTrialForm(props: {
  readonly product: Product;
  readonly offer: Offer['offer'];
  readonly onDone: () => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const open = useAct('trial.open');
  const { dictionary } = props.product;
  const form = useForm<Values>(
    {
      keyColumn: props.offer?.keyColumn ?? dictionary[0]?.name ?? '',
      columns: props.offer?.columns ?? [],
      measures: props.offer?.measures ?? ['match-rate'],
    },
    () => ({}),
  );
  const { values } = form;
  const titleOf = (c: (typeof dictionary)[number]) => (language === 'en' ? c.titleEn : null) ?? c.titleZh;
  const save = async (v: Values) => {
    try {
      await open.mutateAsync({ input: { productId: props.product.id, ...v } });
      props.onDone();
    } catch {
      // The refusal shows below.
    }
  };
  return (
    <form className="form-narrow" onSubmit={form.onSubmit((v) => void save(v))}>
      <p className="faint">{t.note}</p>
      <SelectField
        label={t.key}
        hint={t.keyHint}
        value={values.keyColumn}
        options={dictionary.map((c) => ({ value: c.name, title: titleOf(c) }))}
        onChange={(keyColumn) => form.patch({ keyColumn, columns: values.columns.filter((c) => c !== keyColumn) })}
      />
      <fieldset className="field">
        <legend className="label">{t.columns}</legend>
        {dictionary
          .filter((c) => c.name !== values.keyColumn)
          .map((c) => (
            <CheckField
              key={c.name}
              label={titleOf(c)}
              checked={values.columns.includes(c.name)}
              onChange={(on) => form.set('columns', toggled(values.columns, c.name, on))}
            />
          ))}
      </fieldset>
      <fieldset className="field">
        <legend className="label">{t.measures}</legend>
        {MEASURES.map((m) => (
          <CheckField
            key={m}
            label={say(MEASURE_WORDS[m].title)}
            hint={say(MEASURE_WORDS[m].hint)}
            checked={values.measures.includes(m)}
            onChange={(on) => form.set('measures', toggled(values.measures, m, on))}
          />
        ))}
      </fieldset>
      {open.error ? <RefusalPanel key={open.submittedAt} problem={open.error} asked={t.save} /> : null}
      <button type="submit" className="button primary" disabled={open.isPending || values.measures.length === 0}>
        {open.isPending ? t.saving : t.save}
      </button>
    </form>
  );
}
