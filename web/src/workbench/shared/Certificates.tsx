import { Link } from 'react-router';
import { address, type Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { useMe, useRead } from '../../shared/use-api.ts';
import type { Certificate } from '../types.ts';
import { ActButton, ActDrawer, type useDone } from './acts.tsx';

const WORDS = words(
  {
    title: '凭证',
    registration: '出具登记凭证',
    trade: '出具交易凭证',
    delivery: '出具交付凭证',
    clearing: '出具清算凭证',
    asset: '出具数据资产凭证',
    assetText:
      '依据数据交易链上的登记、评估、交易和交付记录，列明笔数、首末时间和金额，供会计处理和资产评估使用。不填期间的，自登记之日起至今日。',
    none: '还没有出具。凭证只依据存证记录出具，附有签名和证明，任何人都可核验。',
    open: '查看',
    pdf: '打开 PDF',
    json: 'JSON',
    verify: '核验',
  },
  {
    title: 'Certificates',
    registration: 'Issue the certificate of registration',
    trade: 'Issue the certificate of trade',
    delivery: 'Issue the certificate of delivery',
    clearing: 'Issue the certificate of clearing',
    asset: 'Issue a data asset certificate',
    assetText:
      'Counts, first and last times and amounts from the records of registration, assessment, trade and delivery, for accounting and valuation. Without a period: from the registration until today.',
    none: 'None issued yet. A certificate rests on the evidence alone and carries signature and proofs; anyone can verify it.',
    open: 'Open',
    pdf: 'Open the PDF',
    json: 'JSON',
    verify: 'Verify',
  },
);

interface Wanted {
  readonly kind: Certificate['kind'];
  readonly subjectId: string;
}

/** Certificates of a subject: those issued, and a button for each kind my party has none of. */
export function Certificates(
  props: Wanted & { readonly also?: readonly Wanted[]; readonly tell: ReturnType<typeof useDone>['tell'] },
) {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const wanted: readonly Wanted[] = [{ kind: props.kind, subjectId: props.subjectId }, ...(props.also ?? [])];
  const subjects = [...new Set(wanted.map((w) => w.subjectId))];
  const first = useRead<Page<Certificate>>('/certificates', { subjectId: subjects[0], limit: 20 });
  const second = useRead<Page<Certificate>>(subjects[1] ? '/certificates' : null, {
    subjectId: subjects[1],
    limit: 20,
  });
  const issued = [...(first.data?.items ?? []), ...(second.data?.items ?? [])];
  const mine = (kind: string) => issued.some((c) => c.kind === kind && c.state === 'valid' && c.mine);
  return (
    <>
      <h2>{t.title}</h2>
      {issued.length === 0 ? <p className="faint">{t.none}</p> : null}
      <ul className="line-list">
        {issued.map((c) => (
          <li key={c.id}>
            <div className="head-row">
              <Link to={`/certificates/${c.id}`}>
                <b>{say(c.kindTitle)}</b>
              </Link>
              <span className={`tag ${c.state === 'valid' ? 'good' : 'bad'}`}>{say(c.stateTitle)}</span>
            </div>
            <small className="faint">
              {c.number} · {day(c.issuedAt)} · {c.holder}
              {c.period ? ` · ${c.period.replace('/', ' — ')}` : ''}
            </small>
            <CertificateLinks id={c.id} />
          </li>
        ))}
      </ul>
      <div className="buttons">
        {wanted
          .filter((w) => me?.party && (w.kind === 'asset' || !mine(w.kind)))
          .map((w) =>
            w.kind === 'asset' ? (
              <ActDrawer
                key={w.kind}
                act="certificate.issue"
                label={t.asset}
                explain={t.assetText}
                fixed={{ kind: w.kind, subjectId: w.subjectId }}
                tell={props.tell}
              />
            ) : (
              <ActButton key={w.kind} act="certificate.issue" input={w} label={t[w.kind]} tell={props.tell} />
            ),
          )}
      </div>
    </>
  );
}

/** A certificate's files, and the page that verifies them. */
export function CertificateLinks({ id }: { readonly id: string }) {
  const t = useWords(WORDS);
  return (
    <div className="buttons">
      <a className="button quiet" href={address(`/certificates/${id}.pdf`)} target="_blank" rel="noreferrer">
        {t.pdf}
      </a>
      <a className="button quiet" href={address(`/certificates/${id}.json`)} target="_blank" rel="noreferrer">
        {t.json}
      </a>
      <Link className="button quiet" to={`/verify?certificate=${id}`}>
        {t.verify}
      </Link>
    </div>
  );
}
