import { type Text, text } from '../../text.ts';
import type { Procedure } from '../procedure.ts';
import type { CaseRow } from '../tables.ts';

const BEIJING_OFFSET_MS = 8 * 3_600_000;
const moment = (at: Date): string =>
  new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');

/**
 * What may leave the platform about a case: the procedure, what it waits for and until when, in the program's own words.
 * Never a title or anything else that somebody typed; whoever may read that signs in.
 */
export function outsideWords(procedure: Procedure | undefined, row: CaseRow | undefined): Text {
  const waits = row && procedure?.states[row.state]?.waits;
  if (!procedure || !row || !waits) return text('您有一条新通知。', 'You have a new notification.');
  const until = row.due_at
    ? text(`，期限至${moment(row.due_at)}（北京时间）`, `, until ${moment(row.due_at)} Beijing time`)
    : text('', '');
  return text(
    `${procedure.title.zh}：${waits.what.zh}${until.zh}。`,
    `${procedure.title.en}: ${waits.what.en}${until.en}.`,
  );
}
