import { dated, valueAt } from '../../../kernel/rulebook/index.ts';

const FROM = '2026-11-26';
const number = (value: number, unit: string, reference: string) => dated({ from: FROM, value, unit, reference });

/** Numbers of disclosure control: the operator's own, each with the house rule that sets it. */
export const DISCLOSURE = {
  domainCells: number(10_000, 'cell', 'HS-22.23'),
  hiddenExact: number(400, 'cell', 'HS-22.25'),
  hiddenBounds: number(24, 'cell', 'HS-22.25'),
  pairs: number(20_000, 'pair', 'HS-22.31'),
  crossed: number(50_000, 'class', 'HS-22.31'),
  classes: number(2_000, 'class', 'HS-22.32'),
  shapes: number(200, 'query', 'HS-22.32'),
  known: number(150, 'permille', 'HS-22.43'),
  sums: number(500, 'sum', 'HS-22.43'),
  contributions: number(200_000, 'contribution', 'HS-22.43'),
  rowsPerEntity: number(1, 'row', 'HS-22.41'),
  deltaPerMillion: number(1, 'millionth', 'HS-22.42'),
} as const;
export type DisclosureNumbers = { readonly [K in keyof typeof DISCLOSURE]: number };

/** All of them as they hold at a moment. */
export function numbersAt(at: Date): DisclosureNumbers {
  return Object.fromEntries(
    Object.entries(DISCLOSURE).map(([name, param]) => [name, valueAt(param, at).value]),
  ) as DisclosureNumbers;
}
