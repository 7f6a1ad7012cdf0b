import type { OutputDeclaration } from '../../api.ts';
import { useJoin, useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { useJobWords } from './job-words.ts';

const WORDS = words(
  {
    rows: (n: string) => `最多 ${n} 行`,
    decimals: (n: number) => `小数 ${n} 位`,
    names: '指标',
    column: '字段',
    role: '用途',
    values: '取值',
    'role:group': '分组',
    'role:count': '主体计数',
    'role:measure': '度量',
    domain: (list: string) => `只能是：${list}`,
    from: (c: string) => `来自 ${c}`,
    family: (f: string) => ({ linear: '线性', tree: '决策树', centres: '聚类中心' })[f] ?? f,
    features: '特征',
    target: '目标',
    use: '用途',
    algorithm: '算法',
  },
  {
    rows: (n: string) => `${n} rows at most`,
    decimals: (n: number) => `${n} decimals`,
    names: 'Metrics',
    column: 'Column',
    role: 'Role',
    values: 'Values',
    'role:group': 'group',
    'role:count': 'count of entities',
    'role:measure': 'measure',
    domain: (list: string) => `one of: ${list}`,
    from: (c: string) => `from ${c}`,
    family: (f: string) => ({ linear: 'linear', tree: 'decision tree', centres: 'centres of clusters' })[f] ?? f,
    features: 'Features',
    target: 'Target',
    use: 'Intended use',
    algorithm: 'Algorithm',
  },
);

const LISTED_MAX = 12;

/** What an author said may come out. */
export function Declaration({ output }: { readonly output: OutputDeclaration }) {
  const t = useWords(WORDS);
  const say = useJobWords();
  const join = useJoin();
  if (output.kind === 'metrics')
    return (
      <p>
        {say.kind(output.kind)} · {t.decimals(output.decimals)}: <code>{output.names.join(', ')}</code>
      </p>
    );
  if (output.kind === 'model')
    return (
      <dl className="facts">
        <dt>{t.algorithm}</dt>
        <dd>
          {output.card.algorithm} · {t.family(output.card.family)}
        </dd>
        <dt>{t.features}</dt>
        <dd>
          <code>{output.card.features.join(', ')}</code>
        </dd>
        {output.card.target ? (
          <>
            <dt>{t.target}</dt>
            <dd>
              <code>{output.card.target}</code>
            </dd>
          </>
        ) : null}
        <dt>{t.use}</dt>
        <dd>{output.card.intendedUse}</dd>
      </dl>
    );
  return (
    <>
      <p>
        {say.kind(output.kind)} · {t.rows(number(output.rowsMax))}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll" aria-label={say.kind(output.kind)} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.column}</th>
              <th scope="col">{t.role}</th>
              <th scope="col">{t.values}</th>
            </tr>
          </thead>
          <tbody>
            {output.columns.map((c) => (
              <tr key={c.name}>
                <td>
                  <code>{c.name}</code>
                </td>
                <td>{t[`role:${c.role}`]}</td>
                <td className="faint">
                  {c.domain
                    ? t.domain(join([...c.domain.slice(0, LISTED_MAX), ...(c.domain.length > LISTED_MAX ? ['…'] : [])]))
                    : c.from
                      ? t.from(`${c.from.alias}.${c.from.column}`)
                      : c.type}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
