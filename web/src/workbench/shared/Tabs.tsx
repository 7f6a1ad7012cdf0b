import { Link, useSearchParams } from 'react-router';
import '../../portal/products/products.css';

/** Parts of a page, named in the address as `?part=…`; the first has no name. */
export function Tabs({ parts }: { readonly parts: readonly (readonly [string, string])[] }) {
  const [search] = useSearchParams();
  const now = search.get('part') ?? '';
  return (
    <nav className="tabs">
      {parts.map(([part, title]) => (
        <Link
          key={part}
          to={part ? `?part=${part}` : '?'}
          className={part === now ? 'active' : ''}
          {...(part === now ? { 'aria-current': 'page' as const } : {})}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
