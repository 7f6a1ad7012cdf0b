import { Link, useParams } from 'react-router';
import { useSay, useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, useDone } from '../../workbench/shared/acts.tsx';
import { CertificateLinks } from '../../workbench/shared/Certificates.tsx';
import { CertificatePaper } from './CertificatePaper.tsx';
import type { ShownCertificate } from './types.ts';

const WORDS = words(
  {
    title: '查验凭证',
    asked: '查验凭证',
    valid: '这份凭证由本所出具，目前有效。',
    revoked: (at: string) => `这份凭证已于 ${at} 注销，不再有效。`,
    superseded: '这份凭证已由新凭证替换，不再有效。',
    number: '凭证编号',
    issuer: '出具机构',
    issued: '出具时间（北京时间）',
    ground: '注销事由',
    reason: '说明',
    receipt: '出具行为的回执',
    newer: '新凭证',
    older: '替换的凭证',
    parties: '凭证内容只对当事方开放；当事方登录后可以查看。手上有文件或纸面的，可以核验文件或扫描二维码，并查询效力。',
    verify: '核验文件或二维码',
    old: '这份凭证出具于启用签名之前，没有可核验的文件；权利人可以换发。',
    reissue: '按最新存证换发',
    reissueConfirm: '将依据今天的存证出具一份新凭证，本凭证随即被替换，不再有效。',
    revoke: '注销',
    revokeText: '注销后不能恢复；公开的只有事由，说明仅当事方可见。',
  },
  {
    title: 'Check a certificate',
    asked: 'check the certificate',
    valid: 'This certificate was issued by this exchange and is valid.',
    revoked: (at: string) => `This certificate was revoked on ${at} and is no longer valid.`,
    superseded: 'This certificate was replaced by a newer one and is no longer valid.',
    number: 'Number',
    issuer: 'Issued by',
    issued: 'Issued, Beijing time',
    ground: 'Ground of revocation',
    reason: 'Explanation',
    receipt: 'Receipt of its issue',
    newer: 'Newer certificate',
    older: 'Replaces',
    parties:
      'What it says is open to those concerned; they can sign in. Whoever holds the file or the paper can verify the file or scan its code, and ask whether it is valid.',
    verify: 'Verify a file or a code',
    old: 'It was issued before certificates were signed and has no file that verifies; its holder can have it reissued.',
    reissue: 'Reissue from today’s evidence',
    reissueConfirm:
      'A new certificate is made from today’s evidence and takes the place of this one, which is no longer valid.',
    revoke: 'Revoke',
    revokeText: 'This cannot be undone. Only the ground is public; the explanation is for the parties.',
  },
);

/** A certificate: for everybody whether it stands, for those concerned what it says and its files. */
export default function CertificatePage() {
  const t = useWords(WORDS);
  const say = useSay();
  const { certificateId = '' } = useParams();
  const query = useRead<ShownCertificate>(`/certificates/${encodeURIComponent(certificateId)}`);
  return (
    <div className="reading">
      <title>{query.data ? `${say(query.data.kindTitle)} ${query.data.number}` : t.title}</title>
      <h1>{query.data ? say(query.data.kindTitle) : t.title}</h1>
      <Loaded of={query} asked={t.asked} lines={6}>
        {(shown) => <Content shown={shown} />}
      </Loaded>
    </div>
  );
}

function Content({ shown }: { readonly shown: ShownCertificate }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { note, tell } = useDone();
  const { certificate: full } = shown;
  return (
    <>
      <p>
        <span className={`tag ${shown.state === 'valid' ? 'good' : 'bad'}`}>{say(shown.stateTitle)}</span>{' '}
        {shown.state === 'revoked' && shown.revokedAt
          ? t.revoked(dateTime(shown.revokedAt))
          : shown.state === 'superseded'
            ? t.superseded
            : t.valid}
      </p>
      {note}
      <dl className="facts">
        <dt>{t.number}</dt>
        <dd className="mono">{shown.number}</dd>
        <dt>{t.issuer}</dt>
        <dd>{shown.issuer}</dd>
        <dt>{t.issued}</dt>
        <dd>{dateTime(shown.issuedAt)}</dd>
        {shown.ground ? (
          <>
            <dt>{t.ground}</dt>
            <dd>{say(shown.ground)}</dd>
          </>
        ) : null}
        {full?.reason ? (
          <>
            <dt>{t.reason}</dt>
            <dd>{full.reason}</dd>
          </>
        ) : null}
        {full?.supersededBy ? (
          <>
            <dt>{t.newer}</dt>
            <dd>
              <Link to={`/certificates/${full.supersededBy.id}`}>{full.supersededBy.number}</Link>
            </dd>
          </>
        ) : null}
        {full?.supersedes ? (
          <>
            <dt>{t.older}</dt>
            <dd>
              <Link to={`/certificates/${full.supersedes.id}`}>{full.supersedes.number}</Link>
            </dd>
          </>
        ) : null}
        <dt>{t.receipt}</dt>
        <dd>
          <ReceiptChip id={shown.receiptId} />
        </dd>
      </dl>
      {full ? (
        <>
          {full.signed ? <CertificateLinks id={shown.id} /> : <p className="faint">{t.old}</p>}
          <Decide shown={shown} full={full} tell={tell} />
          {full.content ? <CertificatePaper shown={shown} content={full.content} /> : null}
        </>
      ) : (
        <>
          <p className="faint">{t.parties}</p>
          <p>
            <Link className="button primary" to="/verify">
              {t.verify}
            </Link>
          </p>
        </>
      )}
    </>
  );
}

function Decide(props: {
  readonly shown: ShownCertificate;
  readonly full: NonNullable<ShownCertificate['certificate']>;
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const me = useMe();
  const { shown, full, tell } = props;
  const mayRevoke = me?.roles.includes('exchange') ?? false;
  if (shown.state !== 'valid' || !(full.mine || mayRevoke)) return null;
  const fixed = { certificateId: shown.id };
  return (
    <div className="buttons certificate-acts">
      {full.mine ? (
        <ActButton
          act="certificate.reissue"
          input={fixed}
          version={full.version}
          label={t.reissue}
          confirm={t.reissueConfirm}
          tell={tell}
        />
      ) : null}
      {mayRevoke ? (
        <ActDrawer
          act="certificate.revoke"
          label={t.revoke}
          explain={t.revokeText}
          fixed={fixed}
          version={full.version}
          danger
          tell={tell}
        />
      ) : null}
    </div>
  );
}
