import { Link } from 'react-router';
import type { AgreementDetail, AgreementDuties } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime, number } from '../../shared/format.ts';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';
import { Due } from './parts.tsx';

const WORDS = words(
  {
    duties: '每年的职责',
    evaluation: '评估运营情况（授权单位）',
    training: '安全培训',
    drill: '应急演练',
    due: '期限',
    duty: '职责',
    open: '查看',
    trainings: '培训与演练记录',
    record: '记录培训或演练',
    recordText: '记录已经举行的安全培训或应急演练；签到表等作为材料另行提交。',
    none: '还没有培训和演练记录。',
    people: (n: string) => `${n} 人`,
    inspections: '检查记录',
    inspect: '记录检查情况',
    inspectText: '记录检查所见。没有接受检查、没有遵守安全规定和技术标准的，去掉相应的勾选并写明。',
    noInspections: '还没有检查记录。',
    accepted: '接受检查',
    notAccepted: '未接受检查',
    followed: '遵守规定和标准',
    notFollowed: '未遵守规定和标准',
  },
  {
    duties: 'Duties of each year',
    evaluation: 'Evaluation of the operation (authorising unit)',
    training: 'Security training',
    drill: 'Emergency drill',
    due: 'Due',
    duty: 'Duty',
    open: 'See',
    trainings: 'Trainings and drills',
    record: 'Record a training or drill',
    recordText: 'Record one that was held; attendance lists and the like are added as documents.',
    none: 'No training or drill recorded yet.',
    people: (n: string) => `${n} people`,
    inspections: 'Inspections',
    inspect: 'Record an inspection',
    inspectText:
      'Record what you found. Where it was not accepted, or rules and standards were not followed, untick that and say so.',
    noInspections: 'No inspection recorded yet.',
    accepted: 'accepted',
    notAccepted: 'not accepted',
    followed: 'rules followed',
    notFollowed: 'rules not followed',
  },
);

/** What comes back each year, and what was held and found: by the operating unit and by whoever supervises it. */
export function Duties({
  agreement: g,
  tell,
}: {
  readonly agreement: AgreementDetail;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const me = useMe();
  const { data } = useRead<AgreementDuties>(`/agreements/${g.id}/duties`);
  const side = me?.party.id === g.operator.id || me?.party.id === g.authoriser.id;
  const living = g.endedAt === null;
  if (!data) return null;
  return (
    <>
      {data.duties.length > 0 ? (
        <section className="operation-section" aria-label={t.duties}>
          <h2>{t.duties}</h2>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.duty}</th>
                <th scope="col">{t.due}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {data.duties.map((d) => (
                <tr key={d.kind}>
                  <td>{t[d.kind]}</td>
                  <td>
                    <Due at={d.dueAt} />
                  </td>
                  <td>
                    <Link to={`/work/cases/${d.caseId}`} aria-label={`${t.open} ${t[d.kind]}`}>
                      {t.open}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
      <section className="operation-section" aria-label={t.trainings}>
        <div className="head-row">
          <h2>{t.trainings}</h2>
          {side && living ? (
            <ActDrawer
              act="training.record"
              label={t.record}
              submit={t.record}
              explain={t.recordText}
              fixed={{ agreementId: g.id }}
              options={{
                kind: [
                  { value: 'training', title: t.training },
                  { value: 'drill', title: t.drill },
                ],
              }}
              tell={tell}
            />
          ) : null}
        </div>
        {data.trainings.length === 0 ? <p className="faint">{t.none}</p> : null}
        <ul className="line-list">
          {data.trainings.map((r) => (
            <li key={r.id}>
              <span className="tag">{t[r.kind]}</span> {r.topic}
              <small className="faint block">
                {r.heldOn} · {t.people(number(r.participants))} · {r.recordedBy.name}
              </small>
            </li>
          ))}
        </ul>
      </section>
      <section className="operation-section" aria-label={t.inspections}>
        <div className="head-row">
          <h2>{t.inspections}</h2>
          {me?.party.id === g.authoriser.id && living ? (
            <ActDrawer
              act="inspection.record"
              label={t.inspect}
              submit={t.inspect}
              explain={t.inspectText}
              fixed={{ agreementId: g.id }}
              initial={{ accepted: true, standardsFollowed: true }}
              tell={tell}
            />
          ) : null}
        </div>
        {data.inspections.length === 0 ? <p className="faint">{t.noInspections}</p> : null}
        <ul className="line-list">
          {data.inspections.map((i) => (
            <li key={i.id}>
              <span className="tags">
                <span className={`tag ${i.accepted ? 'good' : 'bad'}`}>{i.accepted ? t.accepted : t.notAccepted}</span>
                <span className={`tag ${i.standardsFollowed ? 'good' : 'bad'}`}>
                  {i.standardsFollowed ? t.followed : t.notFollowed}
                </span>
                <small className="faint">
                  {dateTime(i.at)} · {i.inspectedBy.name}
                </small>
              </span>
              <p className="announcement-text">{i.findings}</p>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
