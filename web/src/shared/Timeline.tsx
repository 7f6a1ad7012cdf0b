import type { Text } from '../api.ts';
import { useSay } from '../app/words.ts';
import { dateTime } from './format.ts';
import { ReceiptChip } from './ReceiptChip.tsx';
import './panels.css';

export interface TimelineEvent {
  readonly title: Text;
  readonly at: string;
  readonly party?: string | null;
  readonly receiptId?: string | null;
}

/** The acts on a subject, newest first, each with its receipt. */
export function Timeline({ events }: { readonly events: readonly TimelineEvent[] }) {
  const say = useSay();
  const sorted = events.toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <ol className="timeline" reversed>
      {sorted.map((event) => (
        <li key={`${event.at}${event.receiptId ?? event.title.en}`}>
          {say(event.title)}
          <small>
            {dateTime(event.at)}
            {event.party ? ` · ${event.party}` : ''}
          </small>
          {event.receiptId ? <ReceiptChip id={event.receiptId} /> : null}
        </li>
      ))}
    </ol>
  );
}
