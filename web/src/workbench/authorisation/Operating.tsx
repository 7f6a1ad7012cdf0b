import { Link } from 'react-router';
import type { AgreementDetail } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { useMe } from '../../shared/use-api.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';
import { Duties } from './Duties.tsx';
import { Demands, Scenarios } from './lists.tsx';
import { Rights } from './Rights.tsx';
import './authorisation.css';

const WORDS = words(
  {
    scenarios: '数据申请',
    ask: '提出数据申请',
    rights: '使用权',
    demands: '数据治理需求',
    raise: '提出治理需求',
    raiseText: '写明哪些日期、字段、行有什么问题。数据提供单位须在期限内治理并答复，由贵方确认是否解决。',
    reports: '运营安全报告',
    noReports: '还没有提交过安全报告。',
    incidents: '安全事件',
    trainings: '安全培训',
    drills: '应急演练',
    papers: '培训和演练的记录作为材料提交，列在下面“材料”中。',
    evaluations: '评估与整改',
    noEvaluations: '还没有评估。',
    passed: '合格',
    failed: '不合格',
    correction: '整改情况',
    resource: '数据资源',
  },
  {
    scenarios: 'Applications for data',
    ask: 'Apply for data',
    rights: 'Rights to use',
    demands: 'Demands for data governance',
    raise: 'Raise a demand',
    raiseText:
      'Say which days, columns or rows are wrong, and how. The provider governs its data and answers in time; you confirm whether it is solved.',
    reports: 'Security reports',
    noReports: 'No security report yet.',
    incidents: 'incidents',
    trainings: 'trainings',
    drills: 'drills',
    papers: 'Records of trainings and drills are added as documents, below.',
    evaluations: 'Evaluation and correction',
    noEvaluations: 'No evaluation yet.',
    passed: 'passed',
    failed: 'failed',
    correction: 'Corrected',
    resource: 'Resource',
  },
);

const MAY_ASK: readonly string[] = ['filing', 'operating'];

/** What happens under a living agreement: scenarios, rights, quality, security, evaluation. */
export function Operating({
  agreement: g,
  tell,
}: {
  readonly agreement: AgreementDetail;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const me = useMe();
  const operates = me?.party.id === g.operator.id;
  const living = MAY_ASK.includes(g.state);
  return (
    <>
      <section className="operation-section" aria-label={t.scenarios}>
        <div className="head-row">
          <h2>{t.scenarios}</h2>
          {operates && living ? (
            <Link className="button" to={`/work/authorisation/scenarios/new?agreement=${g.id}`}>
              {t.ask}
            </Link>
          ) : null}
        </div>
        <Scenarios agreementId={g.id} />
      </section>
      <section className="operation-section" aria-label={t.rights}>
        <h2>{t.rights}</h2>
        <Rights agreementId={g.id} />
      </section>
      <section className="operation-section" aria-label={t.demands}>
        <div className="head-row">
          <h2>{t.demands}</h2>
          {operates && g.endedAt === null ? (
            <ActDrawer
              act="governance.raise"
              label={t.raise}
              submit={t.raise}
              explain={t.raiseText}
              fixed={{ agreementId: g.id }}
              titles={{ resourceId: t.resource }}
              options={{ resourceId: g.resources.map((r) => ({ value: r.id, title: r.title })) }}
              tell={tell}
            />
          ) : null}
        </div>
        <Demands agreementId={g.id} />
      </section>
      <Reports agreement={g} operates={operates} />
      <Evaluations agreement={g} />
      <Duties agreement={g} tell={tell} />
    </>
  );
}

function Reports({ agreement: g, operates }: { readonly agreement: AgreementDetail; readonly operates: boolean }) {
  const t = useWords(WORDS);
  return (
    <section className="operation-section" aria-label={t.reports}>
      <h2>{t.reports}</h2>
      {g.reports.length === 0 ? <p className="faint">{t.noReports}</p> : null}
      <ul className="line-list">
        {g.reports.map((r) => (
          <li key={r.id}>
            <small className="faint">{dateTime(r.at)}</small>{' '}
            <span className="tags">
              <span className={`tag ${r.incidents > 0 ? 'bad' : ''}`}>
                {t.incidents} {r.incidents}
              </span>
              <span className="tag">
                {t.trainings} {r.trainings}
              </span>
              <span className="tag">
                {t.drills} {r.drills}
              </span>
            </span>
            <p className="announcement-text">{r.summary}</p>
          </li>
        ))}
      </ul>
      {operates ? <p className="small faint">{t.papers}</p> : null}
    </section>
  );
}

function Evaluations({ agreement: g }: { readonly agreement: AgreementDetail }) {
  const t = useWords(WORDS);
  return (
    <section className="operation-section" aria-label={t.evaluations}>
      <h2>{t.evaluations}</h2>
      {g.evaluations.length === 0 ? <p className="faint">{t.noEvaluations}</p> : null}
      <ul className="line-list">
        {g.evaluations.map((e) => (
          <li key={e.id}>
            <span className={`tag ${e.passed ? 'good' : 'bad'}`}>{e.passed ? t.passed : t.failed}</span>{' '}
            <small className="faint">{dateTime(e.at)}</small>
            <p className="announcement-text">{e.findings}</p>
            {e.correction ? (
              <p className="announcement-text">
                <b>{t.correction}</b> {e.correction}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
