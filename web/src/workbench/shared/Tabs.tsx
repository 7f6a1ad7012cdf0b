import { Link, useSearchParams } from 'react-router';
import '../../portal/products/products.css';

type Parts = readonly (readonly [part: string, title: string])[];

/** The part that the address asks for; the first where it names none that is there. */
export const partOf = (parts: Parts, search: URLSearchParams): string =>
  parts.find(([part]) => part === search.get('part'))?.[0] ?? parts[0]?.[0] ?? '';

/** Parts of a page, named in the address as `?part=…`; the first is also what the bare address shows. */
export function Tabs({ parts }: { readonly parts: Parts }) {
  const [search] = useSearchParams();
  const now = partOf(parts, search);
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

/** A choice without “all”: exactly one value of a query parameter holds; the first stands for no parameter. */
export function Pills({
  name,
  label,
  values,
}: {
  readonly name: string;
  readonly label: string;
  readonly values: readonly (readonly [string, string])[];
}) {
  const [search] = useSearchParams();
  const now = search.get(name) ?? values[0]?.[0];
  const to = (value: string): string => {
    const next = new URLSearchParams(search);
    next.delete('cursor');
    next.set(name, value);
    return `?${next}`;
  };
  return (
    <nav className="pills" aria-label={label}>
      {values.map(([value, title]) => (
        <Link key={value} to={to(value)} {...(value === now ? { 'aria-current': 'true' as const } : {})}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
