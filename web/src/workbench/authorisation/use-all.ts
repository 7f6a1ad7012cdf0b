import { useQuery } from '@tanstack/react-query';
import { get, type Page, type Problem, type Query } from '../../api.ts';
import { readKey } from '../../shared/use-api.ts';

const PAGE = 100;
/** A list to choose from; beyond this one searches instead. */
const ITEMS_MAX = 1000;
const STALE_MS = 60_000;

/** Every item of a collection, page after page, for choosing from; null waits. */
export function useAll<T>(path: string | null, query: Query = {}): readonly T[] | undefined {
  const { data } = useQuery<readonly T[], Problem>({
    queryKey: [...readKey(path ?? '', query), 'all'],
    queryFn: async ({ signal }) => {
      const items: T[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<T> = await get<Page<T>>(path ?? '', { ...query, limit: PAGE, cursor }, signal);
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && items.length < ITEMS_MAX);
      return items;
    },
    enabled: path !== null,
    staleTime: STALE_MS,
  });
  return data;
}
