import { useParams } from 'react-router';
import { useSay, useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { CertificateLinks } from '../../workbench/shared/Certificates.tsx';
import type { Certificate } from '../../workbench/types.ts';

const WORDS = words(
  {
    title: '查验凭证',
    asked: '查验凭证',
    valid: '这份凭证由本所出具，目前有效。请核对编号、权利人和内容哈希是否与纸面一致。',
    revoked: (at: string) => `这份凭证已于 ${at} 注销，不再有效。`,
    number: '凭证编号',
    holder: '权利人',
    issuer: '出具机构',
    issued: '出具时间（北京时间）',
    hash: '内容哈希 SHA-256',
    receipt: '出具行为的回执',
    events: '所依据的存证记录',
    subject: '标的',
    parties: '凭证所载的标的、各方和金额只对当事方开放；当事方登录后可以查看。',
  },
  {
    title: 'Check a certificate',
    asked: 'check the certificate',
    valid:
      'This certificate was issued by this exchange and is valid. Compare number, holder and content hash with the paper.',
    revoked: (at: string) => `This certificate was revoked on ${at} and is no longer valid.`,
    number: 'Number',
    holder: 'Right holder',
    issuer: 'Issued by',
    issued: 'Issued, Beijing time',
    hash: 'SHA-256 of the content',
    receipt: 'Receipt of its issue',
    events: 'Evidence it rests on',
    subject: 'Subject',
    parties: 'Subject, parties and amounts are open to those concerned only; they can sign in to see them.',
  },
);

interface Shown extends Pick<Certificate, 'id' | 'number' | 'kindTitle' | 'state' | 'stateTitle' | 'issuedAt'> {
  readonly issuer: string;
  readonly receiptId: string;
  readonly revokedAt: string | null;
  readonly certificate: {
    readonly holder: string;
    readonly contentSha256: string;
    readonly subject: { readonly id: string; readonly title: string };
    readonly content: {
      readonly events: readonly {
        readonly receiptId: string;
        readonly title: { readonly zh: string; readonly en: string };
        readonly at: string;
      }[];
    } | null;
  } | null;
}

/** Where the QR code of a printed certificate leads: whether it is genuine and still valid, for whoever holds the paper. */
export default function CertificatePage() {
  const t = useWords(WORDS);
  const say = useSay();
  const { certificateId = '' } = useParams();
  const query = useRead<Shown>(`/certificates/${encodeURIComponent(certificateId)}`);
  return (
    <div className="reading">
      <title>{t.title}</title>
      <h1>{query.data ? say(query.data.kindTitle) : t.title}</h1>
      <Loaded of={query} asked={t.asked} lines={6}>
        {(c) => (
          <>
            <p>
              <span className={`tag ${c.state === 'valid' ? 'good' : 'bad'}`}>{say(c.stateTitle)}</span>{' '}
              {c.revokedAt ? t.revoked(dateTime(c.revokedAt)) : t.valid}
            </p>
            <dl className="facts">
              <dt>{t.number}</dt>
              <dd className="mono">{c.number}</dd>
              <dt>{t.issuer}</dt>
              <dd>{c.issuer}</dd>
              <dt>{t.issued}</dt>
              <dd>{dateTime(c.issuedAt)}</dd>
              <dt>{t.receipt}</dt>
              <dd>
                <ReceiptChip id={c.receiptId} />
              </dd>
              {c.certificate ? (
                <>
                  <dt>{t.holder}</dt>
                  <dd>{c.certificate.holder}</dd>
                  <dt>{t.subject}</dt>
                  <dd>{c.certificate.subject.title}</dd>
                  <dt>{t.hash}</dt>
                  <dd className="mono" style={{ overflowWrap: 'anywhere' }}>
                    {c.certificate.contentSha256}
                  </dd>
                </>
              ) : null}
            </dl>
            {c.certificate ? (
              <>
                <h2>{t.events}</h2>
                <ul className="line-list">
                  {(c.certificate.content?.events ?? []).map((e) => (
                    <li key={e.receiptId}>
                      <b>{say(e.title)}</b> <small className="faint">{dateTime(e.at)}</small>{' '}
                      <ReceiptChip id={e.receiptId} />
                    </li>
                  ))}
                </ul>
                <CertificateLinks id={c.id} />
              </>
            ) : (
              <p className="faint">{t.parties}</p>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}
