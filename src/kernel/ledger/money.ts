import { z } from 'zod';

/** Most fen one amount may have: 10 billion yuan. Sums of many such amounts still fit PostgreSQL's bigint. */
export const AMOUNT_FEN_MAX = 1_000_000_000_000n;

/** Money as the API speaks it: a decimal string of fen, so that no client rounds it. */
export const Money = z
  .object({
    amountFen: z
      .string()
      .regex(/^(0|[1-9]\d{0,12})$/, '金额须为以分为单位的整数 / must be a whole number of fen')
      .refine((text) => !/^\d{1,13}$/.test(text) || BigInt(text) <= AMOUNT_FEN_MAX, '金额过大 / amount too large')
      .meta({ title: '金额（分）', 'x-title-en': 'Amount in fen' }),
    currency: z.literal('CNY'),
  })
  .meta({ title: '金额', 'x-title-en': 'Amount', 'x-money': true });
export type Money = z.infer<typeof Money>;

/** Money of which something must move: more than nothing. */
export const PositiveMoney = Money.refine((m) => m.amountFen !== '0', '金额须大于零 / must be more than zero');

/** Signed money in answers, such as the change a statement line made. */
export const SignedMoney = z.object({ amountFen: z.string().regex(/^-?\d{1,19}$/), currency: z.literal('CNY') });

export const money = (fen: bigint): Money => ({ amountFen: fen.toString(), currency: 'CNY' });
export const fenOf = (amount: Money): bigint => BigInt(amount.amountFen);

/** `¥1,234.56`, exact: fen are never turned into a floating-point number. */
export function yuan(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0n ? '-' : ''}¥${whole}.${digits.slice(-2)}`;
}
