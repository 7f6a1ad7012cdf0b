import { Link } from 'react-router';
import type { Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import type { ImportedCertificate } from '../../portal/certificates/types.ts';
import { useMe, useRead } from '../../shared/use-api.ts';
import { STATE_TAG } from './state.ts';

const WORDS = words(
  {
    title: '外部登记证书',
    none: '数据知识产权登记证书、数据产权登记凭证可以提交交易所认可，认可后列入本所凭证。',
    bring: '提交外部证书',
  },
  {
    title: 'Certificates issued elsewhere',
    none: 'Registrations of data IP or data rights can be brought here; once recognised, certificates of this exchange name them.',
    bring: 'Bring a certificate',
  },
);

/** On the page of one's own resource or product: what was brought for it, and the way to bring another. */
export function OwnImports({ subjectId }: { readonly subjectId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const query = useRead<Page<ImportedCertificate>>('/imported-certificates', { subjectId, limit: 20 });
  const items = query.data?.items ?? [];
  if (!me?.party) return null;
  return (
    <>
      <h2>{t.title}</h2>
      {items.length === 0 ? <p className="faint">{t.none}</p> : null}
      <ul className="line-list">
        {items.map((c) => (
          <li key={c.id}>
            <div className="head-row">
              <Link to={`/work/recognition/${c.id}`}>
                <b>{c.number}</b>
              </Link>
              <span className={`tag ${STATE_TAG[c.state]}`}>{say(c.stateTitle)}</span>
            </div>
            <small className="faint">
              {say(c.kindTitle)} · {c.registry.name}
              {c.ground ? ` · ${say(c.ground)}` : ''}
            </small>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <Link className="button" to={`/work/recognition/new?subject=${subjectId}`}>
          {t.bring}
        </Link>
      </div>
    </>
  );
}
