import { Link, Navigate, useParams } from 'react-router';
import type { AgreementDetail, CaseDetail } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { useRead } from '../../shared/use-api.ts';
import { pageOfSubject } from '../home/task-address.ts';
import { CaseFrame } from './CaseFrame.tsx';

const WORDS = words(
  {
    procedure: '程序',
    about: '标的',
    agreement: '授权运营协议',
    opened: '受理时间',
    state: '状态',
    closed: '办结时间',
  },
  {
    procedure: 'Procedure',
    about: 'Subject',
    agreement: 'Agreement of operation',
    opened: 'Opened',
    state: 'State',
    closed: 'Closed',
  },
);

/** A case of any procedure; one whose subject has a page of its own is shown there, in the same frame. */
export default function CasePage() {
  const { caseId = '' } = useParams();
  const { data } = useRead<CaseDetail>(`/cases/${encodeURIComponent(caseId)}`);
  const own = data ? pageOfSubject(data.subject) : null;
  if (own) return <Navigate replace to={own} />;
  return <CaseFrame caseId={caseId} facts={<Facts caseId={caseId} />} />;
}

function Facts({ caseId }: { readonly caseId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { data } = useRead<CaseDetail>(`/cases/${encodeURIComponent(caseId)}`);
  // The duties of an agreement have no page of their own; the agreement stands on that of its application.
  const ofAgreement = data?.subject.startsWith('agr_') ? data.subject : null;
  const agreement = useRead<AgreementDetail>(ofAgreement ? `/agreements/${ofAgreement}` : null);
  if (!data) return null;
  return (
    <dl className="facts">
      <dt>{t.procedure}</dt>
      <dd>{say(data.procedureTitle)}</dd>
      <dt>{t.about}</dt>
      <dd>{say(data.title)}</dd>
      {agreement.data ? (
        <>
          <dt>{t.agreement}</dt>
          <dd>
            <Link to={`/work/authorisation/applications/${agreement.data.applicationId}`}>{t.agreement}</Link>
          </dd>
        </>
      ) : null}
      <dt>{t.state}</dt>
      <dd>{say(data.stateTitle)}</dd>
      <dt>{t.opened}</dt>
      <dd>{dateTime(data.openedAt)}</dd>
      {data.closedAt ? (
        <>
          <dt>{t.closed}</dt>
          <dd>{dateTime(data.closedAt)}</dd>
        </>
      ) : null}
    </dl>
  );
}
