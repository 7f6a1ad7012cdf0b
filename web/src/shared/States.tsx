import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Problem } from '../api.ts';
import { useWords, words } from '../app/words.ts';
import { RefusalPanel } from './RefusalPanel.tsx';

const WORDS = words({ loading: '正在加载' }, { loading: 'Loading' });

/** Grey lines where text will stand; not a spinner. */
export function Skeleton({ lines = 4, height = 14 }: { readonly lines?: number; readonly height?: number }) {
  const t = useWords(WORDS);
  return (
    <div role="status" aria-label={t.loading} style={{ padding: '10px 0' }}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have no identity
        <span key={i} className="skeleton" style={{ height, width: `${92 - ((i * 37) % 48)}%`, margin: '12px 0' }} />
      ))}
    </div>
  );
}

/** Shows a read: skeleton, then content; a fault says what to do and offers another try. */
export function Loaded<T>(props: {
  readonly of: UseQueryResult<T, Problem>;
  readonly asked: string;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { of: query } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (query.error) return <RefusalPanel problem={query.error} asked={props.asked} retry={() => void query.refetch()} />;
  return <Skeleton lines={props.lines ?? 4} />;
}

/** Nothing here yet, and what to do first. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <b>{title}</b>
      {children}
    </div>
  );
}
