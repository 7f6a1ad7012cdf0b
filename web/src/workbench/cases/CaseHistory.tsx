import { useState } from 'react';
import type { CaseEvent, Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  { asked: '查看经过', system: '系统', objector: '异议人', more: '更早的经过', none: '还没有办理记录。' },
  {
    asked: 'see the history',
    system: 'the system',
    objector: 'whoever objected',
    more: 'Earlier',
    none: 'Nothing was done yet.',
  },
);

/** Who objected is between them and who decides. */
const OBJECTION = 'notice.object';
const FIRST = 20;
const ALL = 100;

/** The acts on a case and all it is about, newest first, each with its receipt. */
export function CaseHistory({ caseId }: { readonly caseId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const [limit, setLimit] = useState(FIRST);
  const query = useRead<Page<CaseEvent>>(`/cases/${caseId}/history`, { limit }, { keep: true });
  return (
    <Loaded of={query} asked={t.asked} lines={6}>
      {({ items, nextCursor }) => (
        <>
          {items.length === 0 ? <p className="faint">{t.none}</p> : null}
          <ol className="timeline" reversed>
            {items.map((event) => (
              <li key={event.receiptId}>
                {say(event.title)}
                <small>
                  {dateTime(event.at)} · {event.party?.name ?? (event.act === OBJECTION ? t.objector : t.system)}
                </small>
                <ReceiptChip
                  id={event.receiptId}
                  known={event.mine ? { ...event, id: event.receiptId, party: event.party?.id ?? null } : null}
                />
              </li>
            ))}
          </ol>
          {nextCursor !== null && limit < ALL ? (
            <button type="button" className="button" onClick={() => setLimit(ALL)}>
              {t.more}
            </button>
          ) : null}
        </>
      )}
    </Loaded>
  );
}
