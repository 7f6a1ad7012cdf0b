import { useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { Dictionary } from './Dictionary.tsx';

const WORDS = words(
  {
    title: '回答的字段',
    note: '每次调用按一个模板计算，得到下列字段。',
    revision: (n: number, at: string) => `按第 ${n} 版数据作答，${at} 起。`,
    parameters: '参数',
    example: (value: string) => `例如 ${value}`,
  },
  {
    title: 'Columns of the answers',
    note: 'A call is computed by one template, and has these columns.',
    revision: (n: number, at: string) => `Answered from revision ${n} of the data, since ${at}.`,
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

interface Answers {
  readonly templates: readonly Offered[] | null;
  readonly revision: { readonly number: number; readonly at: string } | null;
}

/** What a query service of the sandbox answers: the columns of each template, as a buyer will read them. */
export function ServiceAnswers({ productId }: { readonly productId: string }) {
  const t = useWords(WORDS);
  const query = useRead<Answers>(`/query-services/${productId}`);
  return (
    <Loaded of={query} asked={t.title}>
      {({ templates, revision }) => (templates ? <Columns templates={templates} revision={revision} /> : null)}
    </Loaded>
  );
}

function Columns({ templates, revision }: Answers & { readonly templates: readonly Offered[] }) {
  const t = useWords(WORDS);
  return (
    <>
      <h2 id="answers">{t.title}</h2>
      <p className="faint">
        {t.note} {revision ? t.revision(revision.number, day(revision.at)) : null}
      </p>
      {templates.map((x) => (
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
