import { Link, useParams } from 'react-router';
import type { RuleDetail } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { ArticleView } from '../../shared/ArticleView.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words({ rules: '规则' }, { rules: 'Rules' });

export default function ArticlePage() {
  const t = useWords(WORDS);
  const say = useSay();
  const { document = '', ruleId = '' } = useParams();
  const { data } = useRead<RuleDetail>(`/rules/${encodeURIComponent(ruleId)}`, {}, { staleMs: 60_000 });
  const title = data ? say(data.article.citation) : ruleId;
  return (
    <div className="reading">
      <title>{title}</title>
      <p className="crumbs">
        <Link to="/rules">{t.rules}</Link> ›{' '}
        <Link to={`/rules/${document}#${ruleId}`}>{data ? say(data.document.short) : document}</Link> ›{' '}
        <code>{ruleId}</code>
      </p>
      <h1>{title}</h1>
      <ArticleView ruleId={encodeURIComponent(ruleId)} />
    </div>
  );
}
