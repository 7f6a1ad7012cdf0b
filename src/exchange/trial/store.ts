import type { Queryable } from '../../kernel/database/index.ts';
import { numbersAt } from './parameters.ts';

const DAY_MS = 86_400_000;

/**
 * How many days ago each trial of a product was that was charged, as far back as any rule looks.
 * @param buyerId null for those of all parties together
 */
export async function chargedOf(q: Queryable, productId: string, buyerId: string | null, at: Date): Promise<number[]> {
  const { runsDays, allDays } = numbersAt(at);
  const since = new Date(at.getTime() - (Math.max(runsDays, allDays) + 1) * DAY_MS);
  const rows = await q
    .selectFrom('trial_run')
    .select('at')
    .where('product_id', '=', productId)
    .$if(buyerId !== null, (all) => all.where('buyer_id', '=', buyerId ?? ''))
    .where('same_as', 'is', null)
    .where('at', '>', since)
    .execute();
  return rows.map((r) => (at.getTime() - r.at.getTime()) / DAY_MS);
}
