import { keepPreviousData, type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import {
  type ActAnswer,
  type ActInfo,
  act,
  get,
  type Me,
  newIdempotencyKey,
  type Problem,
  type Query,
} from '../api.ts';

/** Key under which a read is kept; acts make reads stale by the first part of their path. */
export const readKey = (path: string, query: Query = {}): QueryKey => [path.split('/')[1] ?? '', path, query];

/** Reads `GET /v1<path>`; pass null to wait (for an id that is not known yet). */
export function useRead<T>(
  path: string | null,
  query: Query = {},
  options: { refetchMs?: number; staleMs?: number; keep?: boolean } = {},
) {
  return useQuery<T, Problem>({
    queryKey: readKey(path ?? '', query),
    queryFn: ({ signal }) => get<T>(path ?? '', query, signal),
    enabled: path !== null,
    ...(options.refetchMs ? { refetchInterval: options.refetchMs } : {}),
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Who is signed in: null for nobody, undefined while not known. */
export function useMe(): Me | null | undefined {
  const { data } = useQuery<Me | null, Problem>({
    queryKey: ['me'],
    queryFn: async ({ signal }) => (await get<{ me: Me | null }>('/sessions/current', undefined, signal)).me,
    staleTime: 60_000,
  });
  return data;
}

/** The catalogue of acts, which also holds the schemas of the forms. */
export function useActs(): ReadonlyMap<string, ActInfo> | undefined {
  const { data } = useQuery<ReadonlyMap<string, ActInfo>, Problem>({
    queryKey: ['acts'],
    queryFn: async ({ signal }) => {
      const { items } = await get<{ items: readonly ActInfo[] }>('/acts', undefined, signal);
      return new Map(items.map((a) => [a.name, a]));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/**
 * Performs an act. The idempotency key stays the same while the input does, so that a second press or a retry after a
 * lost answer takes effect once; all reads are fetched again after it.
 */
export function useAct<R = unknown>(name: string) {
  const queries = useQueryClient();
  const key = useRef<{ input: string; value: string } | null>(null);
  return useMutation<ActAnswer<R>, Problem, { input: unknown; version?: number }>({
    mutationKey: ['act', name],
    mutationFn: ({ input, version }) => {
      const text = JSON.stringify(input);
      if (key.current?.input !== text) key.current = { input: text, value: newIdempotencyKey() };
      return act<R>(name, input, { idempotencyKey: key.current.value, ...(version === undefined ? {} : { version }) });
    },
    onSuccess: async () => {
      key.current = null;
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'acts' });
    },
  });
}
