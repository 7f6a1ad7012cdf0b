import { useParams } from 'react-router';
import type { AgreementDetail, ApplicationDetail, CaseDetail, Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { LegalNote } from '../../portal/authorisation/LegalNote.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import type { CaseForms } from '../cases/CaseActs.tsx';
import { CaseFrame } from '../cases/CaseFrame.tsx';
import type { Done } from '../shared/acts.tsx';
import { AgreementText } from './AgreementText.tsx';
import { ApplicationFacts } from './ApplicationFacts.tsx';
import { Operating } from './Operating.tsx';
import { ScoreSheet } from './ScoreSheet.tsx';
import { useAll } from './use-all.ts';
import { Verdict } from './Verdict.tsx';
import './authorisation.css';

const WORDS = words(
  {
    crumb: '公共数据授权运营',
    asked: '查看授权运营事项',
    title: (applicant: string, announcement: string) => `${applicant} · ${announcement}`,
    application: '申请与评审',
    agreement: '协议与运营',
    accept: '材料齐全、专家与申请人、授权单位和数据提供单位均无关联时受理。专家至少三名，来自授权单位之外。',
    tied: (name: string, whom: string) => `${name}（与${whom}有关联，须回避）`,
    conclude: '按全部专家的平均分得出结论：达到通过分数的公示，未达到的不予通过。',
    withdraw: '撤回后本次申请结束；申请期内可以重新申请。',
    file: '汇总运营单位名单报同级政府，填写备案号。',
    report: '填写本期安全事件、培训和演练次数。培训记录、演练记录和报告文本可在“材料”中提交。',
    correction: '先在“材料”中提交整改书面报告，再在这里说明整改情况。',
    suspend: '立即生效：下载、查询、加工等一切使用在这一刻停止。',
    resume: '立即恢复各项使用权。',
    exit: '立即终止各项使用权，不能恢复；运营单位随后处置资产并清除数据。',
    settle: '先在“材料”中提交资产处置与数据清除证明，再在这里说明。',
    evaluate: '评估运营情况',
    evaluateText: '评估不合格的，各项使用权在同一时刻暂停，运营单位须在期限内整改并书面报告。',
    'conduct:cooperative': '配合评估，材料真实',
    'conduct:refused': '拒绝评估',
    'conduct:obstructed': '阻碍评估',
    'conduct:evaded': '规避评估',
    'conduct:false-report': '虚报',
    'conduct:hidden-report': '瞒报',
    revise: '写入双方议定的内容，六项条款都要保留。修订后原有签署失效，双方重新核对签署。',
    pass: '评估合格',
    passText: '写明评估意见；运营照常继续。',
    fail: '评估不合格',
    failText: '写明不合格之处。提交后立即暂停各项使用权，开始计算整改期限。',
    recheck: '复查整改',
    recheckText: '整改到位的恢复使用权；没有整改到位的，启动退出。',
    corrected: '整改到位',
    correctedText: '写明复查意见；各项使用权立即恢复。',
    uncorrected: '没有整改到位',
    uncorrectedText: '写明复查意见；各项使用权终止，启动退出，不能恢复。',
  },
  {
    crumb: 'Authorised operation',
    asked: 'see the case',
    title: (applicant: string, announcement: string) => `${applicant} · ${announcement}`,
    application: 'Application and review',
    agreement: 'Agreement and operation',
    accept:
      'Accept when the documents are there and no expert is tied to the applicant, to who authorises or to who provides the data. At least three experts, from outside.',
    tied: (name: string, whom: string) => `${name} (tied to ${whom}: must stand aside)`,
    conclude:
      'The average of all experts decides: from the points to pass on it goes before the public, below it is refused.',
    withdraw: 'The application ends; you may apply again while the announced time runs.',
    file: 'Report the list of operating units to the government and note the filing number.',
    report:
      'State incidents, trainings and drills of the period. Records and the text of the report can be added under “Documents”.',
    correction: 'Add the written report under “Documents” first, then say here what was corrected.',
    suspend: 'At once: downloads, queries, processing and every other use stop at this moment.',
    resume: 'All rights to use go on at once.',
    exit: 'All rights to use end at once and for good; the operating unit then disposes of assets and erases the data.',
    settle: 'Add the proof of disposal and erasure under “Documents” first, then describe it here.',
    evaluate: 'Evaluate the operation',
    evaluateText:
      'Who fails loses the use of data in the same moment, and must correct and report in writing within the time set.',
    'conduct:cooperative': 'Cooperates, with true material',
    'conduct:refused': 'Refuses',
    'conduct:obstructed': 'Obstructs',
    'conduct:evaded': 'Evades',
    'conduct:false-report': 'Reports falsely',
    'conduct:hidden-report': 'Hides facts',
    revise:
      'Write in what both sides settled; all six clauses stay. A signature under the old words falls away, and both read and sign again.',
    pass: 'Passed',
    passText: 'Write down your findings; the operation goes on.',
    fail: 'Failed',
    failText: 'Write down what failed. All rights are suspended at once, and the time to correct begins.',
    recheck: 'Recheck the correction',
    recheckText: 'What is corrected gets its rights back; what is not ends in the exit.',
    corrected: 'Corrected',
    correctedText: 'Write down your findings; all rights go on at once.',
    uncorrected: 'Not corrected',
    uncorrectedText: 'Write down your findings; all rights end and the exit begins, for good.',
  },
);

const CONDUCTS = ['cooperative', 'refused', 'obstructed', 'evaded', 'false-report', 'hidden-report'] as const;

/** One application and all that follows from it: review, agreement, operation, end. Each reader sees the own part. */
export default function OperationPage() {
  const t = useWords(WORDS);
  const { applicationId = '' } = useParams();
  const query = useRead<ApplicationDetail>(`/applications/${encodeURIComponent(applicationId)}`);
  if (query.data) return <Operation application={query.data} />;
  return (
    <>
      <h1>{query.error ? t.asked : '　'}</h1>
      <Loaded of={query} asked={t.asked} lines={10}>
        {() => null}
      </Loaded>
    </>
  );
}

function Operation({ application }: { readonly application: ApplicationDetail }) {
  const t = useWords(WORDS);
  // An expert judged the application; the agreement is not shown to it, so that the answer may be “not found”.
  const { data: agreement } = useRead<AgreementDetail>(
    application.agreementId ? `/agreements/${application.agreementId}` : null,
  );
  const forms = useForms(application, agreement);
  return (
    <CaseFrame
      caseId={application.caseId}
      title={t.title(application.applicant.name, application.announcement.title)}
      crumbs={[{ title: t.crumb, to: '/work/authorisation' }]}
      forms={forms}
      factsTitle={agreement ? t.agreement : t.application}
      own={(found, tell) => <Own application={application} found={found} tell={tell} />}
      facts={(found, tell) => {
        const facts = (
          <ApplicationFacts
            application={application}
            expert={found.mine.some((p) => p === 'scored' || p === 'expert')}
          />
        );
        if (!agreement) return facts;
        return (
          <>
            <AgreementText agreement={agreement} version={found.version} tell={tell} />
            <details className="fold operation-section">
              <summary>{t.application}</summary>
              {facts}
            </details>
          </>
        );
      }}
      below={(_, tell) => (
        <>
          {agreement?.signedByAuthoriserAt && agreement.signedByOperatorAt ? (
            <Operating agreement={agreement} tell={tell} />
          ) : null}
          <LegalNote />
        </>
      )}
    />
  );
}

function Own(props: {
  readonly application: ApplicationDetail;
  readonly found: CaseDetail;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const { application, found, tell } = props;
  const fixed = { agreementId: application.agreementId ?? '' };
  const common = { fixed, found, tell, field: 'passed' } as const;
  return (
    <>
      {found.state === 'reviewing' && found.mine.includes('expert') ? (
        <ScoreSheet application={application} tell={tell} />
      ) : null}
      <Verdict
        {...common}
        act="authorisation.evaluate"
        options={{ conduct: CONDUCTS.map((value) => ({ value, title: t[`conduct:${value}`] })) }}
        words={{
          title: t.evaluate,
          text: t.evaluateText,
          yes: t.pass,
          yesText: t.passText,
          no: t.fail,
          noText: t.failText,
        }}
      />
      <Verdict
        {...common}
        act="authorisation.recheck"
        words={{
          title: t.recheck,
          text: t.recheckText,
          yes: t.corrected,
          yesText: t.correctedText,
          no: t.uncorrected,
          noText: t.uncorrectedText,
        }}
      />
    </>
  );
}

interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly tiedTo: Text | null;
}

/** Words and choices for the generated forms; what is made by hand is left out. */
function useForms({ id, state, agreementId }: ApplicationDetail, agreement: AgreementDetail | undefined): CaseForms {
  const t = useWords(WORDS);
  const say = useSay();
  const naming = state === 'applied';
  const experts = useAll<Candidate>(naming ? `/applications/${id}/experts` : null);
  const fixed = agreementId ? { agreementId } : {};
  const about = (explain: string, danger = false) => ({ explain, fixed, danger });
  return {
    'application.accept': {
      explain: t.accept,
      options: {
        expertIds: (experts ?? []).map((e) => ({
          value: e.id,
          title: e.tiedTo ? t.tied(e.name, say(e.tiedTo)) : e.name,
        })),
      },
    },
    'application.conclude-review': { explain: t.conclude },
    'application.withdraw': { explain: t.withdraw, danger: true },
    'application.refuse': { danger: true },
    'application.score': null,
    'agreement.sign': null,
    'agreement.draft': null,
    'agreement.revise': {
      explain: t.revise,
      fixed,
      initial: { clauses: Object.fromEntries((agreement?.clauses ?? []).map((c) => [c.name, c.words])) },
    },
    'authorisation.evaluate': null,
    'authorisation.recheck': null,
    'authorisation.file': about(t.file),
    'authorisation.report-security': about(t.report),
    'authorisation.report-correction': about(t.correction),
    'authorisation.suspend': about(t.suspend, true),
    'authorisation.resume': about(t.resume),
    'authorisation.exit': about(t.exit, true),
    'authorisation.settle-exit': about(t.settle),
  };
}
