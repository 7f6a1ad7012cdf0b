import { Link } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { useMe } from '../../shared/use-api.ts';

const WORDS = words(
  { text: '资金与监管类办理须以动态口令登录。', go: '现在验证' },
  { text: 'Acts on money and supervision need a session with a one-time code.', go: 'Show one now' },
);

/** Says before the first refusal what acts of staff need. @param next where to come back to */
export function NeedsSecondFactor({ next }: { readonly next: string }) {
  const t = useWords(WORDS);
  const me = useMe();
  if (!me || me.secondFactor) return null;
  return (
    <p className="turn work-gap">
      {t.text} <Link to={`/second-factor?next=${encodeURIComponent(next)}`}>{t.go}</Link>
    </p>
  );
}
