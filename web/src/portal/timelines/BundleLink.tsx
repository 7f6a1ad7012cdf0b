import { Link } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';

const WORDS = words(
  {
    title: '交给法院或审计',
    text: '把这里您有权查看的全部回执、证明和开示打成一个司法包，对方无需联网、无需信任本平台即可核验。',
    make: '制作司法包',
  },
  {
    title: 'For a court or an auditor',
    text: 'Packs every receipt, proof and opening you may see here into a court bundle, which anyone can verify without a network and without trusting this platform.',
    make: 'Make a court bundle',
  },
);

/** From a life to the bundle that proves it elsewhere. */
export function BundleLink({ subject }: { readonly subject: string }) {
  const t = useWords(WORDS);
  return (
    <section className="panel life-bundle">
      <b>{t.title}</b>
      <p className="faint">{t.text}</p>
      <Link className="button" to={`/work/bundles?subject=${subject}`}>
        <Icon name="shield" />
        {t.make}
      </Link>
    </section>
  );
}
