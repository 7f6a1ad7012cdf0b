import { Link } from 'react-router';
import { useWords, words } from '../app/words.ts';

const WORDS = words(
  {
    title: '没有这个页面',
    explain: '地址可能写错了，或者内容已经移走；也可能您无权查看。',
    market: '回到市场',
    catalogue: '查产品目录',
  },
  {
    title: 'No such page',
    explain: 'The address may be mistyped, or its content has moved; or it is not yours to see.',
    market: 'To the market',
    catalogue: 'Search the catalogue',
  },
);

export default function NotFoundPage() {
  const t = useWords(WORDS);
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.explain}</p>
      <div className="buttons" style={{ marginTop: 20 }}>
        <Link className="button primary" to="/">
          {t.market}
        </Link>
        <Link className="button" to="/products">
          {t.catalogue}
        </Link>
      </div>
    </>
  );
}
