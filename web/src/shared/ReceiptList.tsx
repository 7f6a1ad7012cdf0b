import type { SubjectReceipt } from '../api.ts';
import { useLanguage } from '../app/words.ts';
import { dateTime } from './format.ts';
import { ReceiptChip } from './ReceiptChip.tsx';
import { useActs } from './use-api.ts';
import './panels.css';

/** The acts on a subject by their receipts, newest first. */
export function ReceiptList({ receipts }: { readonly receipts: readonly SubjectReceipt[] }) {
  const acts = useActs();
  const language = useLanguage();
  const sorted = receipts.toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <ol className="timeline" reversed>
      {sorted.map((r) => (
        <li key={r.id}>
          {acts?.get(r.act)?.title[language] ?? r.act}
          <small>{dateTime(r.at)}</small>
          <ReceiptChip id={r.id} />
        </li>
      ))}
    </ol>
  );
}
