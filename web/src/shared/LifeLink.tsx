import { Link } from 'react-router';
import { useWords, words } from '../app/words.ts';

const WORDS = words({ life: '查看全程存证' }, { life: 'See the whole life' });

/** From a subject to its whole life, from the resource to the certificate. */
export function LifeLink({ subject }: { readonly subject: string }) {
  const t = useWords(WORDS);
  return (
    <p className="life-link">
      <Link to={`/timelines/${subject}`}>{t.life}</Link>
    </p>
  );
}
