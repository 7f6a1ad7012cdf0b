import '../../../app/theme.css';
import '../../../app/base.css';
import '../verify.css';
import './static.css';
import { h, icon } from '../verifier/dom.ts';
import { mountVerifier, type Verifier } from '../verifier/mount.ts';
import type { GivenTrust } from '../verifier/trust.ts';
import { type Language, WORDS as VERIFIER_WORDS } from '../verifier/words.ts';

/** The static verifier: one file that anybody can host or open from disk. It loads nothing and sends nothing. */
const WORDS = {
  zh: {
    title: '数衡凭证核验器',
    sub: '这是一个完整的网页文件：核验全部在您的设备上完成，不联网，不上传。可以保存、转交或放在任何网站。',
    language: 'English',
    theme: { system: '外观：跟随系统', light: '外观：浅色', dark: '外观：深色' },
    footer: (version: string) => `数衡核验器 ${version}，Apache-2.0。本页的内容安全策略禁止一切网络访问。`,
  },
  en: {
    title: 'Shuheng verifier',
    sub: 'This is a whole web page in one file: everything is checked on your device; it neither loads nor sends anything. Keep it, pass it on, host it anywhere.',
    language: '中文',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
    footer: (version: string) =>
      `Shuheng verifier ${version}, Apache-2.0. This page’s content security policy forbids all network access.`,
  },
} as const;

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const;

let language: Language =
  new URLSearchParams(location.search).get('lang') === 'en' ||
  (!navigator.language.startsWith('zh') && navigator.language !== '')
    ? 'en'
    : 'zh';
if (new URLSearchParams(location.search).get('lang') === 'zh') language = 'zh';
let theme: Theme = 'system';

interface Carried {
  readonly text?: unknown;
  readonly at?: unknown;
  readonly announcements?: unknown;
}

/** What the maker wrote into the file, in a block of data that no program runs. */
const carried = ((): Carried => {
  try {
    return (JSON.parse(document.getElementById('trust')?.textContent ?? 'null') as Carried | null) ?? {};
  } catch {
    return {};
  }
})();

function given({ text, at }: Carried): GivenTrust | null {
  return typeof text === 'string' && typeof at === 'string' ? { text, from: 'maker', at } : null;
}

const version = document.documentElement.dataset.version ?? '';
const root = h('div');
const head = h('header', { class: 'static-head' });
const foot = h('footer', { class: 'static-foot small faint' });
document.body.append(head, h('main', {}, root), foot);
const verifier: Verifier = mountVerifier(root, {
  language,
  given: Promise.resolve(given(carried)),
  announcements: async () => (Array.isArray(carried.announcements) ? carried.announcements : []),
});

function draw(): void {
  const t = WORDS[language];
  document.title = t.title;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  head.replaceChildren(
    h('div', {}, h('h1', {}, t.title), h('p', { class: 'sub' }, t.sub)),
    h(
      'div',
      { class: 'static-switches' },
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': t.theme[theme],
          title: t.theme[theme],
          onclick: () => {
            theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
            draw();
          },
        },
        icon(THEME_ICONS[theme], 18),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button language',
          lang: language === 'zh' ? 'en' : 'zh-CN',
          onclick: () => {
            language = language === 'zh' ? 'en' : 'zh';
            verifier.setLanguage(language);
            draw();
          },
        },
        t.language,
      ),
    ),
  );
  foot.replaceChildren(t.footer(version));
}
draw();

function takeHash(): void {
  if (location.hash.startsWith('#c=')) verifier.takeText(VERIFIER_WORDS[language].qr, location.hash);
}
takeHash();
addEventListener('hashchange', takeHash);
