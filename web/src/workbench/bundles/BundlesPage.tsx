import { useSearchParams } from 'react-router';
import type { Page } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { BundleRow } from './BundleRow.tsx';
import type { Bundle } from './types.ts';
import './bundles.css';

const WORDS = words(
  {
    title: '司法包',
    sub: '把回执、证明、开示和凭证打成一个压缩包，交给法院、审计或仲裁。对方用浏览器、Go 或 openssl 即可核验，无需联网，无需信任本平台。',
    make: '制作司法包',
    makeText: '包含所选范围内贵方参与的全部业务；贵方封存的内容会随包开示，请只交给应当看到的人。',
    makeOthers: '可为任一单位制作：只含该单位能够出示的内容。公证机构制作的不含开示。',
    forSubject: '这个事项的司法包',
    none: '还没有司法包',
    noneText: '制作后在这里下载；保存七天，之后自动删除，可随时重新制作。',
    asked: '查看司法包',
  },
  {
    title: 'Court bundles',
    sub: 'Packs receipts, proofs, openings and certificates into one archive for a court, an auditor or an arbitrator, who verifies it with a browser, Go or openssl: no network, no trust in this platform.',
    make: 'Make a court bundle',
    makeText:
      'It holds every act of your party within the scope. What your party sealed is shown in it: give it only to those who should see that.',
    makeOthers:
      'You can make one for any party: it holds what that party could show itself. Those of a notary show no sealed values.',
    forSubject: 'Bundle of this subject',
    none: 'No court bundle yet',
    noneText:
      'Once made it is downloaded here; it is kept for seven days, then removed, and can be made again at any time.',
    asked: 'see the court bundles',
  },
);

const REFETCH_MS = 1_000;
const SHOWN = 50;
const SUPERVISORS: readonly string[] = ['regulator', 'audit-admin', 'notary'];

/** Bundles my party asked for: made, downloaded, removed. */
export default function BundlesPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  const subject = search.get('subject');
  const { note, tell } = useDone();
  const query = useRead<Page<Bundle>>('/evidence/bundles', { limit: SHOWN });
  const making = query.data?.items.some((b) => b.state === 'making') ?? false;
  useRead<Page<Bundle>>(making ? '/evidence/bundles' : null, { limit: SHOWN }, { refetchMs: REFETCH_MS });
  const supervises = me?.roles.some((r) => SUPERVISORS.includes(r)) ?? false;
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        <ActDrawer
          act="evidence.export-bundle"
          label={subject ? t.forSubject : t.make}
          title={t.make}
          explain={supervises ? `${t.makeText} ${t.makeOthers}` : t.makeText}
          fixed={subject ? { subjectId: subject } : {}}
          hide={supervises ? [] : ['partyId']}
          primary
          tell={tell}
        />
      </div>
      <p className="sub">{t.sub}</p>
      {note}
      <Loaded of={query} asked={t.asked} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t.none}>{t.noneText}</Empty>
          ) : (
            <ul className="bundles">
              {items.map((bundle) => (
                <BundleRow key={bundle.id} bundle={bundle} tell={tell} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
