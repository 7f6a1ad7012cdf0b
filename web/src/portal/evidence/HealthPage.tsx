import { Link } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { HealthView } from './HealthView.tsx';

const WORDS = words(
  {
    title: '存证健康',
    sub: '数据交易链此刻的状况，对所有人公开。它不需要您相信本站：检查点、公钥和全部条目都可以下载，用别人写的程序核对。',
    verify: '核验凭证与回执',
  },
  {
    title: 'Health of the evidence log',
    sub: 'How the log stands right now, open to everybody. You need not believe this site: checkpoint, keys and all entries can be downloaded and checked with software we did not write.',
    verify: 'Verify certificates and receipts',
  },
);

/** The public page of the evidence log. */
export default function HealthPage() {
  const t = useWords(WORDS);
  return (
    <div className="reading">
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">
        {t.sub} <Link to="/verify">{t.verify}</Link>
      </p>
      <HealthView />
    </div>
  );
}
