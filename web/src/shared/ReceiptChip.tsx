import { Link } from 'react-router';
import { address, type ReceiptStatus } from '../api.ts';
import { useSay, useWords, words } from '../app/words.ts';
import { dateTime, shortId } from './format.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { useMe, useRead } from './use-api.ts';
import './panels.css';

const WORDS = words(
  {
    receipt: '回执',
    submitted: '已提交',
    logged: '已上链',
    submittedLong: '业务已生效，存证条目正在排队写入数据交易链，通常一秒之内完成。',
    loggedLong: (index: string) => `存证条目已写入数据交易链，位置 ${index}。任何人都能离线核验。`,
    private: '这张回执只有当事方可以查看；当事方登录后可下载证明。',
    proof: '下载证明',
    entry: '下载条目原文',
    verify: '在浏览器中核验',
  },
  {
    receipt: 'Receipt',
    submitted: 'submitted',
    logged: 'in the log',
    submittedLong:
      'The act has taken effect; its evidence entry waits to be written to the log, usually within a second.',
    loggedLong: (index: string) =>
      `The evidence entry stands in the log at position ${index}. Anyone can verify it offline.`,
    private: 'Only those concerned may see this receipt; they can sign in and download the proof.',
    proof: 'Download proof',
    entry: 'Download entry',
    verify: 'Verify in the browser',
  },
);

const PENDING_REFETCH_MS = 2000;
const INDEX_DIGITS = 5;

export const logPosition = (index: number): string => `#${String(index).padStart(INDEX_DIGITS, '0')}`;

/** Only people who are signed in may ask; the chip of a stranger just names the receipt. */
function useReceipt(id: string, known: ReceiptStatus | null | undefined) {
  const me = useMe();
  const path = me && known === undefined ? `/receipts/${id}` : null;
  const query = useRead<ReceiptStatus>(path, {}, { staleMs: 60_000 });
  const data = known ?? query.data;
  const pending = data !== undefined && data.index === null;
  const later = useRead<ReceiptStatus>(pending ? `/receipts/${id}` : null, {}, { refetchMs: PENDING_REFETCH_MS });
  return { data: later.data ?? data, hidden: me === null || known === null || query.error !== null };
}

/**
 * A receipt in a few letters: its place in the log; press for proof, download and verification.
 * @param known its status where the page has it already, or null when the reader may not see it; the chip asks by itself without
 */
export function ReceiptChip({
  id,
  label,
  known,
}: {
  readonly id: string;
  readonly label?: string;
  readonly known?: ReceiptStatus | null | undefined;
}) {
  const t = useWords(WORDS);
  const { data, hidden } = useReceipt(id, known);
  const logged = data?.index !== undefined && data.index !== null;
  return (
    <Popover
      className="chip"
      label={`${label ?? t.receipt} ${id}`}
      trigger={
        <>
          <span className={`dot ${logged ? 'done' : data ? 'wait' : ''}`} aria-hidden="true" />
          <span>{label ?? t.receipt}</span>
          <i>{logged ? logPosition(data.index) : shortId(id)}</i>
          {data ? <span>{logged ? t.logged : t.submitted}</span> : null}
        </>
      }
    >
      <ReceiptCard id={id} data={data} hidden={hidden} />
    </Popover>
  );
}

function ReceiptCard({
  id,
  data,
  hidden,
}: {
  readonly id: string;
  readonly data: ReceiptStatus | undefined;
  readonly hidden: boolean;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const logged = data?.index !== undefined && data.index !== null;
  return (
    <>
      <p>
        <b>{data?.title ? say(data.title) : t.receipt}</b>
        <br />
        <code>{id}</code>
        {data?.at ? <small className="faint"> {dateTime(data.at)}</small> : null}
      </p>
      <p>{hidden ? t.private : logged ? t.loggedLong(logPosition(data.index)) : t.submittedLong}</p>
      {logged ? (
        <div className="buttons">
          <Link className="button primary" to={`/verify?receipt=${id}`}>
            <Icon name="shield" />
            {t.verify}
          </Link>
          <a className="button" href={address(`/receipts/${id}.tlog-proof`)} download={`${id}.tlog-proof`}>
            {t.proof}
          </a>
          <a className="button" href={address(`/receipts/${id}/entry`)} download={`${id}.json`}>
            {t.entry}
          </a>
        </div>
      ) : null}
    </>
  );
}
