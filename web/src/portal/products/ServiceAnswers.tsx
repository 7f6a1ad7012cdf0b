import { useWords, words } from '../../app/words.ts';
import { useRead } from '../../shared/use-api.ts';
import { Dictionary } from './Dictionary.tsx';

const WORDS = words(
  {
    title: '回答的字段',
    note: '每次调用按一个模板计算，得到下列字段。',
    parameters: '参数',
    example: (value: string) => `例如 ${value}`,
  },
  {
    title: 'Columns of the answers',
    note: 'A call is computed by one template, and has these columns.',
    parameters: 'Parameters',
    example: (value: string) => `for example ${value}`,
  },
);

interface Offered {
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly title: string;
    readonly example: string | number | boolean;
  }[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly titleZh: string | null;
    readonly titleEn: string | null;
    readonly unit: string | null;
  }[];
}

/** What a query service of the sandbox answers: the columns of each template, as a buyer will read them. */
export function ServiceAnswers({ productId }: { readonly productId: string }) {
  const t = useWords(WORDS);
  const { data } = useRead<{ templates: readonly Offered[] | null }>(`/query-services/${productId}`);
  if (!data?.templates) return null;
  return (
    <>
      <h2 id="answers">{t.title}</h2>
      <p className="faint">{t.note}</p>
      {data.templates.map((x) => (
        <section key={x.name}>
          <h3>{x.title}</h3>
          {x.parameters.length > 0 ? (
            <p className="small">
              {t.parameters}: {x.parameters.map((p) => `${p.title} (${t.example(String(p.example))})`).join(' · ')}
            </p>
          ) : null}
          <Dictionary
            label={x.title}
            columns={x.columns.map((c) => ({
              ...c,
              titleZh: c.titleZh ?? c.name,
              description: null,
              sensitive: false,
            }))}
          />
        </section>
      ))}
    </>
  );
}
