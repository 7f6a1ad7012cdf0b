import type { Profile } from '../../api.ts';

const DATED = ['date', 'timestamp', 'instant'];
const DAY = /^\d{4}-\d{2}-\d{2}/;

export interface Period {
  readonly column: string;
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
}

/** The days a table covers, by its first column of dates; null when it has none. */
export function periodOf(profile: Profile | null): Period | null {
  for (const c of profile?.columns ?? []) {
    if (!DATED.includes(c.type)) continue;
    const [from] = DAY.exec(String(c.min)) ?? [];
    const [to] = DAY.exec(String(c.max)) ?? [];
    if (from && to) return { column: c.name, from, to };
  }
  return null;
}
