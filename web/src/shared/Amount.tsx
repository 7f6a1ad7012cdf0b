import type { Money } from '../api.ts';
import { money } from './format.ts';

/** Money as the design asks: ¥, thousands, tabular figures, never broken over lines. */
export function Amount({ value }: { readonly value: Money }) {
  return <span className="money">{money(value)}</span>;
}
