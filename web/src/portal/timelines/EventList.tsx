import { useLanguage } from '../../app/words.ts';
import { day, timeOfDay } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { useActs } from '../../shared/use-api.ts';
import { SubjectLink } from './SubjectLink.tsx';
import type { LifeEvent } from './types.ts';

/** Acts by day, newest first, each with its receipt. */
export function EventList({ events }: { readonly events: readonly LifeEvent[] }) {
  const language = useLanguage();
  const acts = useActs();
  return (
    <ol className="life" reversed>
      {byDay(events).map(([date, ofDay]) => (
        <li key={date}>
          <h2>{date}</h2>
          <ol>
            {ofDay.map((event) => {
              const title = acts?.get(event.act)?.title ?? { zh: event.act, en: event.act };
              const known = { ...event, id: event.receiptId, title, party: null, subject: event.subject.id };
              return (
                <li key={event.receiptId} className={event.mine ? 'mine' : ''}>
                  <time dateTime={event.at}>{timeOfDay(event.at)}</time>
                  <div>
                    <b>{title[language]}</b>
                    <small>
                      <SubjectLink subject={event.subject} />
                      {event.party ? ` · ${event.party.name}` : null}
                    </small>
                    <ReceiptChip id={event.receiptId} known={event.mine ? known : null} />
                  </div>
                </li>
              );
            })}
          </ol>
        </li>
      ))}
    </ol>
  );
}

function byDay(events: readonly LifeEvent[]): [string, LifeEvent[]][] {
  const days = new Map<string, LifeEvent[]>();
  for (const event of events) {
    const date = day(event.at);
    days.set(date, [...(days.get(date) ?? []), event]);
  }
  return [...days];
}
