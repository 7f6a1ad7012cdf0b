import { useQuery } from '@tanstack/react-query';
import { get } from '../api.ts';
import { useMe } from './use-api.ts';

/** As many as one request may ask for. */
const IDS_MAX = 200;
/** Rows of a table ask within one turn of the page; they share one request. */
const GATHER_MS = 10;
const STALE_MS = 60_000;

type Waiting = (title: string | null) => void;
let waiting = new Map<string, Waiting[]>();

async function ask(gathered: ReadonlyMap<string, readonly Waiting[]>): Promise<void> {
  const titles = new Map<string, string>();
  const ids = [...gathered.keys()];
  for (let i = 0; i < ids.length; i += IDS_MAX) {
    const query = { ids: ids.slice(i, i + IDS_MAX).join(',') };
    // Without titles the list still shows what it can: the ids.
    const answer = await get<{ items: readonly { id: string; title: string }[] }>('/subject-titles', query).catch(
      () => ({ items: [] }),
    );
    for (const { id, title } of answer.items) titles.set(id, title);
  }
  for (const [id, tellers] of gathered) for (const tell of tellers) tell(titles.get(id) ?? null);
}

function titleOf(id: string): Promise<string | null> {
  return new Promise((tell) => {
    if (waiting.size === 0) {
      setTimeout(() => {
        const gathered = waiting;
        waiting = new Map();
        void ask(gathered);
      }, GATHER_MS);
    }
    waiting.set(id, [...(waiting.get(id) ?? []), tell]);
  });
}

/** What a subject is called; null when nobody may tell the reader, undefined while not known. */
export function useSubjectTitle(id: string): string | null | undefined {
  const me = useMe();
  const { data } = useQuery({
    queryKey: ['subject-titles', id],
    queryFn: () => titleOf(id),
    enabled: me !== null && me !== undefined,
    staleTime: STALE_MS,
  });
  return data;
}
