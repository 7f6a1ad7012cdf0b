import type { Page, ReceiptStatus, SubjectReceipt } from '../api.ts';
import { useLanguage } from '../app/words.ts';
import { dateTime } from './format.ts';
import { ReceiptChip } from './ReceiptChip.tsx';
import { useActs, useMe, useRead } from './use-api.ts';
import './panels.css';

const STATUSES_MAX = 100;

/** The acts on a subject by their receipts, newest first. Those the reader may see come with their state, in one request. */
export function ReceiptList({
  subject,
  receipts,
}: {
  readonly subject: string;
  readonly receipts: readonly SubjectReceipt[];
}) {
  const acts = useActs();
  const me = useMe();
  const language = useLanguage();
  const mine = useRead<Page<ReceiptStatus>>(me ? '/receipts' : null, { subject, limit: STATUSES_MAX });
  const known = new Map(mine.data?.items.map((r) => [r.id, r]));
  const sorted = receipts.toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <ol className="timeline" reversed>
      {sorted.map((r) => (
        <li key={r.id}>
          {acts ? (acts.get(r.act)?.title[language] ?? r.act) : '…'}
          <small>{dateTime(r.at)}</small>
          <ReceiptChip id={r.id} known={known.get(r.id) ?? null} />
        </li>
      ))}
    </ol>
  );
}
