import type { Cell, Product } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';

const WORDS = words({ label: '样例数据' }, { label: 'Sample' });

const shown = (cell: Cell): string => (cell === null ? '—' : String(cell));

/** A few masked rows, as the server made them. */
export function SampleTable({ sample }: { readonly sample: NonNullable<Product['sample']> }) {
  const t = useWords(WORDS);
  const numeric = sample.columns.map(
    (_, i) =>
      sample.rows.some((r) => typeof r[i] === 'number') &&
      sample.rows.every((r) => r[i] === null || typeof r[i] === 'number'),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard too
    <section className="scroll sample" aria-label={t.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {sample.columns.map((name, i) => (
              <th key={name} scope="col" className={numeric[i] ? 'number' : undefined}>
                <code>{name}</code>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample.rows.map((row, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a sample have no identity and do not move
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={sample.columns[i]} className={numeric[i] ? 'number' : undefined}>
                  {shown(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
