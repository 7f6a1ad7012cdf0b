import { Link, useParams } from 'react-router';
import type { PartyDetail } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { RecognisedCertificates } from '../certificates/RecognisedCertificates.tsx';

const WORDS = words(
  {
    parties: '单位名录',
    asked: '查看单位',
    uscc: '统一社会信用代码',
    roles: '获准的角色',
    business: '业务类型',
    state: '状态',
    report: '举报该单位',
  },
  {
    parties: 'Parties',
    asked: 'open the party',
    uscc: 'Unified social credit code',
    roles: 'Admitted to',
    business: 'Lines of business',
    state: 'State',
    report: 'Report this party',
  },
);

export default function PartyPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const business = useTerm('business');
  const { partyId = '' } = useParams();
  const query = useRead<PartyDetail>(`/parties/${encodeURIComponent(partyId)}`);
  return (
    <div className="reading">
      <p className="crumbs">
        <Link to="/parties">{t.parties}</Link> ›
      </p>
      <h1>{query.data?.name ?? (query.error ? t.asked : '　')}</h1>
      <Loaded of={query} asked={t.asked} lines={5}>
        {(party) => (
          <>
            <title>{party.name}</title>
            <dl className="facts">
              <dt>{t.uscc}</dt>
              <dd className="mono">{party.uscc}</dd>
              <dt>{t.state}</dt>
              <dd>
                <span className={`tag ${party.state === 'admitted' ? 'good' : 'wait'}`}>{term(party.state)}</span>
              </dd>
              <dt>{t.roles}</dt>
              <dd className="tags">
                {party.roles.map((r) => (
                  <span key={r} className="tag">
                    {term(r)}
                  </span>
                ))}
              </dd>
              {party.businessTypes.length > 0 ? (
                <>
                  <dt>{t.business}</dt>
                  <dd className="tags">
                    {party.businessTypes.map((b) => (
                      <span key={b} className="tag">
                        {business(b)}
                      </span>
                    ))}
                  </dd>
                </>
              ) : null}
            </dl>
            <RecognisedCertificates partyId={party.id} />
            <p style={{ marginTop: 24 }}>
              <Link to={`/report?subject=${encodeURIComponent(party.name)}`}>{t.report}</Link>
            </p>
          </>
        )}
      </Loaded>
    </div>
  );
}
