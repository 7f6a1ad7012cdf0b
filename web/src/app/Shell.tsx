import { useEffect, useRef, useState } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { Icon } from '../shared/Icon.tsx';
import { useMe } from '../shared/use-api.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { Mark } from './Mark.tsx';
import { NotificationBell } from './NotificationBell.tsx';
import { setLanguage, setTheme, type Theme, usePreferences } from './preferences.ts';
import { useWords, words } from './words.ts';
import './shell.css';

const WORDS = words(
  {
    skip: '跳到正文',
    home: '数衡，回到首页',
    nav: '主导航',
    menu: '菜单',
    close: '关闭菜单',
    market: '市场',
    products: '产品目录',
    demands: '需求',
    authorisation: '授权运营',
    notices: '公示',
    rules: '规则',
    parties: '单位名录',
    verify: '核验凭证',
    workbench: '工作台',
    signIn: '登录',
    join: '申请入驻',
    language: 'EN',
    languageLong: 'Switch to English',
    system: '外观：跟随系统',
    light: '外观：浅色',
    dark: '外观：深色',
    report: '举报',
    consent: '撤回同意',
    evidence: '存证健康',
    coverage: '规则覆盖情况',
    api: '接口文档',
    footer: '每一次登记、交易、交付和清算都留有回执，任何人都能离线核验。',
    more: '更多',
  },
  {
    skip: 'Skip to content',
    home: 'Shuheng, to the first page',
    nav: 'Main',
    menu: 'Menu',
    close: 'Close the menu',
    market: 'Market',
    products: 'Catalogue',
    demands: 'Demands',
    authorisation: 'Operation',
    notices: 'Notices',
    rules: 'Rules',
    parties: 'Parties',
    verify: 'Verify',
    workbench: 'Workbench',
    signIn: 'Sign in',
    join: 'Join',
    language: '中文',
    languageLong: '切换为中文',
    system: 'Theme: as the system',
    light: 'Theme: light',
    dark: 'Theme: dark',
    report: 'Report a violation',
    consent: 'Withdraw a consent',
    evidence: 'Evidence log',
    coverage: 'Rule coverage',
    api: 'API',
    footer: 'Every registration, trade, delivery and settlement leaves a receipt that anyone can verify offline.',
    more: 'More',
  },
);

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON = { system: 'system', light: 'sun', dark: 'moon' } as const;

export function Shell() {
  const t = useWords(WORDS);
  const { language, theme } = usePreferences();
  const me = useMe();
  const navigation = useNavigation();
  const { pathname } = useLocation();
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);

  // A new page: the menu closes, and the keyboard and the screen reader start at its content.
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    setMenu(false);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  const places = [
    ['/', t.market],
    ['/products', t.products],
    ['/demands', t.demands],
    ['/authorisation', t.authorisation],
    ['/notices', t.notices],
    ['/rules', t.rules],
    ['/parties', t.parties],
    ['/verify', t.verify],
  ] as const;

  return (
    <>
      <a className="skip" href="#main">
        {t.skip}
      </a>
      <header className="top">
        <div className="bar">
          <button
            type="button"
            className="icon-button menu-button"
            aria-expanded={menu}
            aria-controls="main-nav"
            aria-label={menu ? t.close : t.menu}
            onClick={() => setMenu(!menu)}
          >
            <Icon name={menu ? 'close' : 'menu'} size={20} />
          </button>
          <Link className="mark" to="/" aria-label={t.home}>
            <Mark />
            <span>{language === 'zh' ? '数衡' : 'Shuheng'}</span>
          </Link>
          <nav id="main-nav" aria-label={t.nav} className={menu ? 'open' : ''}>
            {places.map(([to, title]) => (
              <NavLink
                key={to}
                to={to}
                end={to === '/'}
                className={({ isActive }) =>
                  isActive || (to === '/products' && /^\/(resources|departments)/.test(pathname)) ? 'active' : ''
                }
              >
                {title}
              </NavLink>
            ))}
            {me ? (
              <NavLink className="nav-workbench" to="/work">
                {t.workbench}
              </NavLink>
            ) : null}
          </nav>
          <div className="bar-end">
            <button
              type="button"
              className="icon-button"
              title={t[theme]}
              aria-label={t[theme]}
              onClick={() => setTheme(NEXT_THEME[theme])}
            >
              <Icon name={THEME_ICON[theme]} size={18} />
            </button>
            <button
              type="button"
              className="icon-button language"
              lang={language === 'zh' ? 'en' : 'zh-CN'}
              title={t.languageLong}
              aria-label={t.languageLong}
              onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
            >
              {t.language}
            </button>
            {me ? <NotificationBell /> : null}
            {me ? (
              <AccountMenu me={me} />
            ) : me === null ? (
              <Link
                className="button"
                to={
                  pathname === '/' || pathname === '/sign-in'
                    ? '/sign-in'
                    : `/sign-in?next=${encodeURIComponent(pathname)}`
                }
              >
                {t.signIn}
              </Link>
            ) : null}
          </div>
        </div>
        {navigation.state === 'loading' ? <div className="loading-line" /> : null}
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="bottom">
        <div className="bottom-inner">
          <p>{t.footer}</p>
          <nav aria-label={t.more}>
            <Link to="/join">{t.join}</Link>
            <Link to="/report">{t.report}</Link>
            <Link to="/consent">{t.consent}</Link>
            <Link to="/evidence">{t.evidence}</Link>
            <Link to="/coverage">{t.coverage}</Link>
            <a href="/docs">{t.api}</a>
          </nav>
        </div>
      </footer>
      <ScrollRestoration />
    </>
  );
}
