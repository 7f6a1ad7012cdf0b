import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { address, get, getBytes, getText, Problem, type Text } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { byIdForm } from './verifier/by-id.ts';
import { h, icon } from './verifier/dom.ts';
import { mountVerifier, type Verifier } from './verifier/mount.ts';
import type { GivenTrust } from './verifier/trust.ts';
import { type Language, WORDS as VERIFIER_WORDS } from './verifier/words.ts';
import './verify.css';

const WORDS = words(
  {
    title: '核验凭证与回执',
    sub: '核验在您的浏览器里完成：不上传文件，不需要信任本站。页面打开后断开网络也能核验。',
    file: '单文件核验器',
    fileText: '同样的核验程序，一个网页文件：可以保存、转交、放在任何网站，或不联网打开。',
    download: '下载 verify.html',
  },
  {
    title: 'Verify certificates and receipts',
    sub: 'The check runs in your browser: nothing is uploaded, and you need not trust this site. Once open, the page works offline.',
    file: 'The verifier as one file',
    fileText: 'The same program in one web page: keep it, pass it on, host it anywhere, or open it offline.',
    download: 'Download verify.html',
  },
);

/** The site's policy, with its witnesses; a log that has none still has a key. */
async function siteTrust(): Promise<GivenTrust | null> {
  for (const url of ['/log/policy', '/log/vkey']) {
    const text = await getText(url).catch(() => null);
    if (text !== null) return { text: text.trim(), from: 'site' };
  }
  return null;
}

/** Keys that sign certificates, announced in the log; the same for everybody, so asking tells nothing. */
const siteAnnouncements = (): Promise<readonly unknown[]> =>
  get<{ items: readonly unknown[] }>('/certificate-keys').then(
    ({ items }) => items,
    () => [],
  );

interface CertificateStatus {
  readonly state: string;
  readonly stateTitle: Text;
  readonly holder: string;
  readonly subjectTitle: string;
  readonly revokedAt: string | null;
  readonly ground: Text | null;
  readonly supersededBy: string | null;
}

/** Whether a certificate is still valid, as this site says now. */
async function askStatus(statusPath: string): Promise<{ good: boolean; says: Text }> {
  try {
    const found = JSON.parse(await getText(statusPath)) as CertificateStatus;
    const { state, stateTitle, holder, subjectTitle, revokedAt, ground, supersededBy } = found;
    const more = (language: Language, by: string, on: string) =>
      [
        stateTitle[language],
        `${holder} · ${subjectTitle}`,
        revokedAt ? `${on}${dateTime(revokedAt)}` : '',
        ground?.[language] ?? '',
        supersededBy ? `${by}${supersededBy}` : '',
      ]
        .filter((part) => part !== '')
        .join(language === 'zh' ? '；' : '; ');
    return {
      good: state === 'valid',
      says: { zh: more('zh', '由其替换：', '注销时间 '), en: more('en', 'replaced by ', 'revoked ') },
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return {
      good: false,
      says:
        error.status === 404
          ? {
              zh: '本站没有这份凭证；它可能由别的平台出具。',
              en: 'This site has no such certificate; another may have issued it.',
            }
          : { zh: '没有问到：连接不上本站。', en: 'No answer: the site cannot be reached.' },
    };
  }
}

/** Gets a certificate's file from this site and hands it to the verifier, as if it had been dropped. */
async function fetchCertificate(verifier: Verifier, certificateId: string): Promise<void> {
  const path = `/certificates/${encodeURIComponent(certificateId)}.json`;
  try {
    verifier.takeFiles([new File([await getBytes(address(path))], `${certificateId}.json`)]);
  } catch (error) {
    sayProblem(verifier, error);
  }
}

/** @throws whatever is no answer of the server */
function sayProblem(verifier: Verifier, error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  const { titleText, violations, title } = error.body;
  const say = (language: Language) =>
    [titleText?.[language] ?? title, ...violations.flatMap((v) => [v.fact[language], v.remedy[language]])].join(
      language === 'zh' ? '：' : ': ',
    );
  verifier.say({ zh: say('zh'), en: say('en') });
}

/** Gets proof and entry of a receipt from this site and hands them to the verifier like files. */
async function fetchReceipt(verifier: Verifier, receiptId: string): Promise<void> {
  const path = `/receipts/${encodeURIComponent(receiptId)}`;
  try {
    const [proof, entry, openings] = await Promise.all([
      getText(address(`${path}.tlog-proof`)),
      getBytes(address(`${path}/entry`)),
      getBytes(address(`${path}/openings`)),
    ]);
    verifier.takeFiles([
      new File([proof], `${receiptId}.tlog-proof`),
      new File([entry], `${receiptId}.json`),
      new File([openings], `${receiptId}.openings.json`),
    ]);
  } catch (error) {
    sayProblem(verifier, error);
  }
}

export default function VerifyPage() {
  const t = useWords(WORDS);
  const language = useLanguage();
  const [search] = useSearchParams();
  const asked = search.get('receipt') ?? '';
  const certificate = search.get('certificate') ?? '';
  const root = useRef<HTMLDivElement>(null);

  // The verifier is begun anew for another language: what was dropped must be kept, so it lives in the handle.
  const verifier = useRef<Verifier | null>(null);
  const aside = useRef(document.createElement('div'));
  const shown = useRef(language);
  useEffect(() => {
    if (!root.current) return;
    const made = mountVerifier(root.current, {
      language: shown.current,
      given: siteTrust(),
      announcements: siteAnnouncements,
      status: askStatus,
      aside: aside.current,
    });
    verifier.current = made;
    const takeHash = () => {
      if (location.hash.startsWith('#c=')) made.takeText(VERIFIER_WORDS[shown.current].qr, location.hash);
    };
    takeHash();
    addEventListener('hashchange', takeHash);
    return () => {
      removeEventListener('hashchange', takeHash);
      made.end();
    };
  }, []);
  useEffect(() => {
    shown.current = language;
    verifier.current?.setLanguage(language);
    const get = (id: string) => (verifier.current ? fetchReceipt(verifier.current, id) : Promise.resolve());
    aside.current.replaceChildren(
      byIdForm(VERIFIER_WORDS[language], asked, get),
      h(
        'section',
        { class: 'verify-file' },
        h('h2', {}, t.file),
        h('p', { class: 'faint' }, t.fileText),
        h('a', { class: 'button', href: '/verify.html', download: 'verify.html' }, icon('download'), t.download),
      ),
    );
  }, [language, asked, t]);
  useEffect(() => {
    if (asked && verifier.current) void fetchReceipt(verifier.current, asked);
  }, [asked]);
  useEffect(() => {
    if (certificate && verifier.current) void fetchCertificate(verifier.current, certificate);
  }, [certificate]);

  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <div ref={root} />
    </>
  );
}
