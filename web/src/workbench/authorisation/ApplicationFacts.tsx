import { Link } from 'react-router';
import type { ApplicationDetail } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Criteria } from '../../portal/authorisation/Criteria.tsx';
import { dateTime, number } from '../../shared/format.ts';

const WORDS = words(
  {
    announcement: '授权公告',
    applicant: '申请人',
    applied: '申请时间',
    statement: '申请说明',
    average: '平均得分',
    passed: (average: string, pass: number) => `${average} 分（${pass} 分通过）`,
    reason: '结论说明',
    scores: '专家评分',
    mine: '贵方的评分',
    none: '还没有专家评分。',
    hidden: '评分由授权单位掌握；结论形成后公布平均得分。',
    expert: '专家',
    opinion: '意见',
    total: '合计',
    criteria: '评审标准',
  },
  {
    announcement: 'Announcement',
    applicant: 'Applicant',
    applied: 'Applied',
    statement: 'Statement',
    average: 'Average',
    passed: (average: string, pass: number) => `${average} points (${pass} pass)`,
    reason: 'Reason',
    scores: 'Scores of the experts',
    mine: 'Your scores',
    none: 'No expert has scored yet.',
    hidden: 'The scores are with the authorising unit; the average is told with the conclusion.',
    expert: 'Expert',
    opinion: 'Opinion',
    total: 'Together',
    criteria: 'Criteria',
  },
);

/** What was applied for and how it was judged, as far as the reader may know. */
export function ApplicationFacts({
  application: a,
  expert,
}: {
  readonly application: ApplicationDetail;
  /** The reader judged it: the sheet is the own one. */
  readonly expert: boolean;
}) {
  const t = useWords(WORDS);
  return (
    <>
      <dl className="facts">
        <dt>{t.announcement}</dt>
        <dd>
          <Link to={`/authorisation/announcements/${a.announcement.id}`}>{a.announcement.title}</Link>
        </dd>
        <dt>{t.applicant}</dt>
        <dd>
          <Link to={`/parties/${a.applicant.id}`}>{a.applicant.name}</Link>
        </dd>
        <dt>{t.applied}</dt>
        <dd>{dateTime(a.appliedAt)}</dd>
        <dt>{t.statement}</dt>
        <dd className="announcement-text">{a.statement}</dd>
        {a.averageScore === null ? null : (
          <>
            <dt>{t.average}</dt>
            <dd>{t.passed(number(a.averageScore), a.passScore)}</dd>
          </>
        )}
        {a.reason ? (
          <>
            <dt>{t.reason}</dt>
            <dd>{a.reason}</dd>
          </>
        ) : null}
      </dl>
      <h2>{a.scores && a.scores.length > 0 ? (expert ? t.mine : t.scores) : t.criteria}</h2>
      {a.scores === null ? <p className="faint">{t.hidden}</p> : null}
      {a.scores && a.scores.length > 0 ? (
        <Sheets application={a} />
      ) : (
        <Criteria criteria={a.criteria} passScore={a.passScore} />
      )}
    </>
  );
}

/** The sheets side by side: a criterion a row, an expert a column, opinions below. */
function Sheets({ application: a }: { readonly application: ApplicationDetail }) {
  const t = useWords(WORDS);
  const scores = a.scores ?? [];
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll" aria-label={t.scores} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.criteria}</th>
              {scores.map((s) => (
                <th key={s.expert.id} scope="col" className="number">
                  {s.expert.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {a.criteria.map((c, i) => (
              <tr key={c.title}>
                <td>
                  {c.title} <span className="faint">/ {c.weight}</span>
                </td>
                {scores.map((s) => (
                  <td key={s.expert.id} className="number">
                    {s.points[i]}
                  </td>
                ))}
              </tr>
            ))}
            <tr className="total-row">
              <td>{t.total}</td>
              {scores.map((s) => (
                <td key={s.expert.id} className="number">
                  {number(s.total)}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
      <ul className="line-list">
        {scores.map((s) => (
          <li key={s.expert.id}>
            <b>{s.expert.name}</b>
            <p>{s.opinion}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
