import { useEffect, useRef } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation } from 'react-router';
import type { Me } from '../api.ts';
import { useWords, words } from '../app/words.ts';
import { Skeleton } from '../shared/States.tsx';
import { useMe } from '../shared/use-api.ts';
import { mayOpen } from './roles.ts';
import './work.css';

const WORDS = words(
  {
    nav: '工作台',
    turn: '待办',
    cases: '办理事项',
    authorisation: '授权运营',
    sandbox: '沙箱',
    resources: '资源',
    products: '产品',
    assessments: '评估',
    orders: '订单',
    account: '资金',
    vault: '数据金库',
    receipts: '回执与凭证',
    demands: '需求',
    team: '人员与安全',
    counter: '柜台',
    cockpit: '监管',
    setUpTitle: '先启用动态口令',
    setUp: '您的岗位须以动态口令登录。启用之前，平台只允许您办理这一件事；用任意验证器应用扫码即可，约一分钟。',
    setUpButton: '启用动态口令',
    showTitle: '请验证动态口令',
    show: '您的账号已启用动态口令，但这一次登录尚未验证。验证后即可继续。',
    showButton: '去验证',
  },
  {
    nav: 'Workbench',
    turn: 'My turn',
    cases: 'Cases',
    authorisation: 'Operation',
    sandbox: 'Sandbox',
    resources: 'Resources',
    products: 'Products',
    assessments: 'Assessments',
    orders: 'Orders',
    account: 'Money',
    vault: 'Vault',
    receipts: 'Receipts',
    demands: 'Demands',
    team: 'People and security',
    counter: 'Counter',
    cockpit: 'Supervision',
    setUpTitle: 'Set up one-time codes first',
    setUp:
      'Your post signs in with one-time codes. Until they are set up this is the only thing you can do; any authenticator app will do, and it takes a minute.',
    setUpButton: 'Set up one-time codes',
    showTitle: 'Show your one-time code',
    show: 'Your account uses one-time codes, but this session has not shown one yet. Show it to go on.',
    showButton: 'Show it',
  },
);

/** The places of the workbench that are open to the person, above the page. Nobody signed in goes to sign in first. */
export default function WorkLayout() {
  const me = useMe();
  const { pathname, search } = useLocation();
  if (me === undefined) return <Skeleton lines={8} height={18} />;
  if (me === null) return <Navigate replace to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} />;
  return (
    <div className="work">
      <Places me={me} />
      {me.mustSetUpSecondFactor ? <SecondFactorFirst me={me} next={pathname + search} /> : <Outlet />}
    </div>
  );
}

/** Pages that are reached from the resources and have no place of their own. */
const OF_RESOURCES = /^\/work\/(openings|directory)(\/|$)/;

function Places({ me }: { readonly me: Me }) {
  const t = useWords(WORDS);
  const places = [
    ['/work', t.turn, true],
    ['/work/cases', t.cases, true],
    ['/work/counter', t.counter, mayOpen.counter(me.roles)],
    ['/work/cockpit', t.cockpit, mayOpen.cockpit(me.roles)],
    ['/work/authorisation', t.authorisation, mayOpen.authorisation(me.roles)],
    ['/work/resources', t.resources, mayOpen.resources(me.roles)],
    ['/work/sandbox', t.sandbox, mayOpen.sandbox(me.roles)],
    ['/work/products', t.products, mayOpen.products(me.roles)],
    ['/work/assessments', t.assessments, mayOpen.assessments(me.roles)],
    ['/work/orders', t.orders, mayOpen.orders(me.roles)],
    ['/work/demands', t.demands, mayOpen.demands(me.roles)],
    ['/work/account', t.account, mayOpen.account(me.roles)],
    ['/work/vault', t.vault, mayOpen.vault(me.roles)],
    ['/work/receipts', t.receipts, true],
    ['/work/team', t.team, true],
  ] as const;
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a phone the row scrolls: the place one is at must not stand outside it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place changes with the address
  useEffect(() => {
    const row = nav.current;
    const here = row?.querySelector<HTMLElement>('.active');
    if (row && here) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.clientWidth) / 2;
  }, [pathname]);
  return (
    <nav ref={nav} className="work-places" aria-label={t.nav}>
      {places
        .filter(([, , open]) => open)
        .map(([to, title]) => (
          <NavLink
            key={to}
            to={to}
            end={to === '/work'}
            className={({ isActive }) =>
              isActive || (to === '/work/resources' && OF_RESOURCES.test(pathname)) ? 'active' : ''
            }
          >
            {title}
          </NavLink>
        ))}
    </nav>
  );
}

function SecondFactorFirst({ me, next }: { readonly me: Me; readonly next: string }) {
  const t = useWords(WORDS);
  const enrolled = me.person.secondFactorEnrolled;
  return (
    <>
      <title>{enrolled ? t.showTitle : t.setUpTitle}</title>
      <h1>{enrolled ? t.showTitle : t.setUpTitle}</h1>
      <p className="sub">{enrolled ? t.show : t.setUp}</p>
      <p className="work-gap">
        <Link className="button primary" to={`/second-factor?next=${encodeURIComponent(next)}`}>
          {enrolled ? t.showButton : t.setUpButton}
        </Link>
      </p>
    </>
  );
}
