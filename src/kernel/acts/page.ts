import { z } from 'zod';

const PAGE_DEFAULT = 20;
const PAGE_MAX = 100;

/** Query of every collection: `?limit=20&cursor=…`; extend it with the collection's filters. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  cursor: z.string().max(200).optional(),
});

/** Answer of every collection: `{items, nextCursor}`. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The sort key a cursor stands for, or undefined for the first page and for a cursor that is none of ours. */
export function afterOf(cursor: string | undefined): string | undefined {
  if (!cursor) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  return /^[\w.:-]{1,120}$/.test(key) ? key : undefined;
}

/** Makes a page of rows fetched with `limit + 1`; rows are sorted by the unique key that `keyOf` returns. */
export function page<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => string,
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last !== undefined ? Buffer.from(keyOf(last)).toString('base64url') : null,
  };
}
