import { address, type Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { useMe, useRead } from '../../shared/use-api.ts';
import type { Certificate } from '../types.ts';
import { ActButton, type useDone } from './acts.tsx';

const WORDS = words(
  {
    title: '凭证',
    registration: '出具登记凭证',
    trade: '出具交易凭证',
    delivery: '出具交付凭证',
    clearing: '出具清算凭证',
    asset: '出具数据资产凭证',
    none: '还没有出具。凭证只依据存证记录出具，附有哈希值，任何人都可查验。',
    pdf: '打开 PDF',
    json: 'JSON',
  },
  {
    title: 'Certificates',
    registration: 'Issue the certificate of registration',
    trade: 'Issue the certificate of trade',
    delivery: 'Issue the certificate of delivery',
    clearing: 'Issue the certificate of clearing',
    asset: 'Issue the data asset certificate',
    none: 'None issued yet. A certificate rests on the evidence alone and carries its hashes; anyone can check it.',
    pdf: 'Open the PDF',
    json: 'JSON',
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
  const mine = (kind: string) =>
    issued.some((c) => c.kind === kind && c.state === 'valid' && c.holder === me?.party?.name);
  return (
    <>
      <h2>{t.title}</h2>
      {issued.length === 0 ? <p className="faint">{t.none}</p> : null}
      <ul className="line-list">
        {issued.map((c) => (
          <li key={c.id}>
            <div className="head-row">
              <b>{say(c.kindTitle)}</b>
              <span className={`tag ${c.state === 'valid' ? 'good' : 'bad'}`}>{say(c.stateTitle)}</span>
            </div>
            <small className="faint">
              {c.number} · {day(c.issuedAt)} · {c.holder}
            </small>
            <CertificateLinks id={c.id} />
          </li>
        ))}
      </ul>
      <div className="buttons">
        {wanted
          .filter((w) => !mine(w.kind))
          .map((w) => (
            <ActButton key={w.kind} act="certificate.issue" input={w} label={t[w.kind]} tell={props.tell} />
          ))}
      </div>
    </>
  );
}

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
    </div>
  );
}
