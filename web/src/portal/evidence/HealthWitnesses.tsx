import { useLanguage, useWords, words } from '../../app/words.ts';
import { dateTime, fromNow, number } from '../../shared/format.ts';
import type { Health } from './types.ts';

const WORDS = words(
  {
    title: '见证方',
    none: '策略不要求见证：回执的最高级别是“已上链”。',
    name: '名称',
    state: '状态',
    last: '最近联署（其自身时钟）',
    size: '联署到',
    fresh: '跟上',
    behind: '正在跟进',
    late: '迟到',
    silent: '从未联署',
  },
  {
    title: 'Witnesses',
    none: 'The policy asks for no witnesses: “in the log” is the highest level of a receipt.',
    name: 'Name',
    state: 'State',
    last: 'Last cosignature, by its clock',
    size: 'Up to entry',
    fresh: 'up to date',
    behind: 'catching up',
    late: 'late',
    silent: 'never cosigned',
  },
);

const TAGS = { fresh: 'good', behind: 'wait', late: 'bad', silent: 'bad' } as const;

/** Each witness of the policy: whether it keeps up, and since when. */
export function HealthWitnesses({ health }: { readonly health: Health }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  if (health.witnesses.length === 0)
    return (
      <>
        <h2>{t.title}</h2>
        <p>{t.none}</p>
      </>
    );
  return (
    <>
      <h2>{t.title}</h2>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.state}</th>
              <th scope="col" className="number">
                {t.size}
              </th>
              <th scope="col">{t.last}</th>
            </tr>
          </thead>
          <tbody>
            {health.witnesses.map((w) => (
              <tr key={w.vkey}>
                <td>
                  <b title={w.vkey}>{w.name}</b>
                </td>
                <td>
                  <span className={`tag ${TAGS[w.state]}`}>{t[w.state]}</span>
                </td>
                <td className="number">{w.size === null ? '—' : number(w.size)}</td>
                <td>
                  {w.at ? (
                    <>
                      {fromNow(w.at, language)} <small className="faint">{dateTime(w.at)}</small>
                    </>
                  ) : (
                    '—'
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
