import { Link } from 'react-router';
import type { Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { useRead } from '../../shared/use-api.ts';
import type { ImportedCertificate } from './types.ts';

const WORDS = words(
  {
    title: '登记证书（互认）',
    until: (from: string, to: string | null) => (to ? `${from} 至 ${to}` : `${from} 起`),
    expired: '已过期',
    limited: (what: string) => `权利限制：${what}`,
  },
  {
    title: 'Recognised registrations',
    until: (from: string, to: string | null) => (to ? `${from} until ${to}` : `from ${from}`),
    expired: 'expired',
    limited: (what: string) => `Limit: ${what}`,
  },
);

/** Certificates issued elsewhere that this exchange recognises, for a subject or a party; nothing where there are none. */
export function RecognisedCertificates(props: { readonly subjectId: string } | { readonly partyId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const query = useRead<Page<ImportedCertificate>>('/imported-certificates', {
    ...props,
    state: 'recognised',
    limit: 20,
  });
  const items = query.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <>
      <h2>{t.title}</h2>
      <ul className="plain-list">
        {items.map((c) => (
          <li key={c.id}>
            <div className="head-row">
              <b>{say(c.kindTitle)}</b>
              {c.expired ? <span className="tag bad">{t.expired}</span> : null}
              {c.restriction ? <span className="tag bad">{t.limited(say(c.restriction))}</span> : null}
            </div>
            {c.number} · {c.rights.map(say).join('、')}
            {'partyId' in props ? (
              <p>
                <Link to={`/${c.subject.id.startsWith('res_') ? 'resources' : 'products'}/${c.subject.id}`}>
                  {c.subject.title}
                </Link>
              </p>
            ) : null}
            <small className="faint block">
              {c.registry.name} · {t.until(c.issuedOn, c.validUntil)}
            </small>
            <ReceiptChip id={c.receiptId} />
          </li>
        ))}
      </ul>
    </>
  );
}
