import { Link, useSearchParams } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { LegalNote } from '../../portal/authorisation/LegalNote.tsx';
import { useMe } from '../../shared/use-api.ts';
import { Consents } from '../consent/Consents.tsx';
import { Disclosing } from '../disclosure/Disclosing.tsx';
import { Prices } from '../pricing/Prices.tsx';
import { holdsAny } from '../roles.ts';
import { Tabs } from '../shared/Tabs.tsx';
import { Affiliations } from './Affiliations.tsx';
import { Agreements, Announcements, Applications, Demands, Scenarios } from './lists.tsx';
import { Norms } from './Norms.tsx';
import { Rights } from './Rights.tsx';

const WORDS = words(
  {
    title: '公共数据授权运营',
    sub: '从公告、申请、评审、公示、签约到运营和退出。每一件都写明轮到谁办、何时到期。',
    announce: '发布公告',
    open: '看接受申请的公告',
    ask: '提出数据申请',
    announcements: '公告',
    applications: '申请与评审',
    agreements: '协议与运营',
    scenarios: '数据申请',
    demands: '治理需求',
    rights: '使用权',
    affiliations: '关联关系',
    norms: '规范与运维',
    prices: '价格',
    consents: '同意',
    disclosure: '信息披露',
  },
  {
    title: 'Authorised operation of public data',
    sub: 'From announcement through review, publicity and agreement to operation and exit. Each says whose turn it is and by when.',
    announce: 'Announce',
    open: 'See open announcements',
    ask: 'Apply for data',
    announcements: 'Announcements',
    applications: 'Applications',
    agreements: 'Agreements',
    scenarios: 'Data applications',
    demands: 'Governance',
    rights: 'Use rights',
    affiliations: 'Ties',
    norms: 'Norms and maintenance',
    prices: 'Prices',
    consents: 'Consents',
    disclosure: 'Disclosure',
  },
);

const PLACES = {
  announcements: { roles: ['data-authority', 'data-provider', 'regulator', 'audit-admin'], show: Announcements },
  applications: {
    roles: ['data-authority', 'data-provider', 'operating-unit', 'expert', 'regulator', 'audit-admin'],
    show: Applications,
  },
  agreements: {
    roles: ['data-authority', 'data-provider', 'operating-unit', 'regulator', 'audit-admin'],
    show: Agreements,
  },
  scenarios: {
    roles: ['data-authority', 'data-provider', 'operating-unit', 'regulator', 'audit-admin'],
    show: Scenarios,
  },
  demands: {
    roles: ['data-authority', 'data-provider', 'operating-unit', 'regulator', 'audit-admin'],
    show: Demands,
  },
  rights: {
    roles: ['data-authority', 'data-provider', 'operating-unit', 'regulator', 'audit-admin'],
    show: Rights,
  },
  prices: {
    roles: ['operating-unit', 'data-authority', 'data-provider', 'price-authority', 'regulator', 'audit-admin'],
    show: Prices,
  },
  consents: { roles: ['data-provider', 'operating-unit'], show: Consents },
  disclosure: { roles: ['operating-unit', 'data-authority', 'data-provider'], show: Disclosing },
  affiliations: { roles: ['expert', 'operating-unit'], show: Affiliations },
  norms: { roles: ['data-authority', 'operating-unit', 'regulator', 'audit-admin'], show: Norms },
} as const;
type Place = keyof typeof PLACES;

/** The desk of authorised operation: each role finds the lists that are its own; the server shows each party its part of them. */
export default function AuthorisationPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  const roles = me?.roles ?? [];
  const open = (Object.keys(PLACES) as Place[]).filter((place) => holdsAny(roles, PLACES[place].roles));
  const asked = open.find((place) => place === search.get('part')) ?? open[0];
  const Show = asked ? PLACES[asked].show : null;
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        <div className="buttons">
          {roles.includes('operating-unit') ? (
            <>
              <Link className="button" to="/authorisation?open=true">
                {t.open}
              </Link>
              <Link className="button primary" to="/work/authorisation/scenarios/new">
                {t.ask}
              </Link>
            </>
          ) : null}
          {holdsAny(roles, ['data-authority', 'data-provider']) ? (
            <Link className="button primary" to="/work/authorisation/announce">
              {t.announce}
            </Link>
          ) : null}
        </div>
      </div>
      <p className="sub">{t.sub}</p>
      <LegalNote />
      <Tabs parts={open.map((place, i) => [i === 0 ? '' : place, t[place]] as const)} />
      {Show ? <Show /> : null}
    </>
  );
}
