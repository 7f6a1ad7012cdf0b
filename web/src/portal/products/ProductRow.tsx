import { Link } from 'react-router';
import type { ProductSummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Price } from './Price.tsx';
import './products.css';

const WORDS = words(
  { quality: (score: string) => `质量 ${score}`, rows: (n: string) => `${n} 行` },
  { quality: (score: string) => `Quality ${score}`, rows: (n: string) => `${n} rows` },
);

export function ProductRow({ product }: { readonly product: ProductSummary }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const score = product.qualityScore;
  return (
    <li className="product-row">
      <div>
        <Link className="product-title" to={`/products/${product.id}`}>
          {product.title}
        </Link>
        <small className="faint">{product.seller.name}</small>
      </div>
      <Price pricing={product.pricing} />
      <div className="product-row-text">
        <p>{product.summary}</p>
        <div className="tags">
          <span className="tag">{term(product.kind)}</span>
          <span className="tag">{term(product.sector)}</span>
          {score !== undefined && score !== null ? (
            <span className="tag good">{t.quality(number(Math.round(score)))}</span>
          ) : null}
          {product.rows ? <span className="tag">{t.rows(number(product.rows))}</span> : null}
        </div>
      </div>
    </li>
  );
}
