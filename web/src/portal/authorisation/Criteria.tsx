import type { Criterion } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  { label: '评审标准', item: '评分项', points: '满分', sum: '合计', pass: (n: number) => `平均 ${n} 分通过` },
  {
    label: 'Criteria',
    item: 'Criterion',
    points: 'Full points',
    sum: 'Together',
    pass: (n: number) => `an average of ${n} points passes`,
  },
);

/** What applicants are judged by. */
export function Criteria(props: { readonly criteria: readonly Criterion[]; readonly passScore: number }) {
  const t = useWords(WORDS);
  const sum = props.criteria.reduce((total, c) => total + c.weight, 0);
  return (
    <table className="criteria">
      <caption className="hidden-visually">{t.label}</caption>
      <thead>
        <tr>
          <th scope="col">{t.item}</th>
          <th scope="col" className="number">
            {t.points}
          </th>
        </tr>
      </thead>
      <tbody>
        {props.criteria.map((c) => (
          <tr key={c.title}>
            <td>{c.title}</td>
            <td className="number">{c.weight}</td>
          </tr>
        ))}
        <tr>
          <td>
            {t.sum} <span className="faint">· {t.pass(props.passScore)}</span>
          </td>
          <td className="number">
            <b>{sum}</b>
          </td>
        </tr>
      </tbody>
    </table>
  );
}
