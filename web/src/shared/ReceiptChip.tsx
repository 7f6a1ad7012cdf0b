import { Link } from 'react-router';
import { address, type ReceiptStatus, type ReceiptWitnessing } from '../api.ts';
import { useSay, useWords, words } from '../app/words.ts';
import { dateTime, shortId } from './format.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { useMe, useRead } from './use-api.ts';
import './panels.css';

type Level = ReceiptStatus['level'];

const WORDS = words(
  {
    receipt: '回执',
    level: (level: Level) => ({ committed: '已提交', sequenced: '已排序', witnessed: '已见证' })[level],
    committed: '业务已生效，存证条目正在排队写入数据交易链，通常一秒之内完成。',
    sequenced: (index: string) => `存证条目已写入数据交易链，位置 ${index}。任何人都能离线核验。`,
    awaited: '正在请见证方联署，通常几秒之内完成。',
    witnessed: '独立的见证方已核对：数据交易链只增不改，这条记录在其中。',
    private: '这张回执只有当事方可以查看；当事方登录后可下载证明。',
    proof: '下载证明',
    entry: '下载条目原文',
    verify: '在浏览器中核验',
    witness: (name: string) => ({ regulator: '监管', notary: '公证' })[name] ?? name,
    anchored: (chain: string, block: number) => `链 ${chain} 区块 ${block}`,
    anchor: '下载锚定',
  },
  {
    receipt: 'Receipt',
    level: (level: Level) => ({ committed: 'submitted', sequenced: 'sequenced', witnessed: 'witnessed' })[level],
    committed: 'The act has taken effect; its evidence entry waits to be written to the log, usually within a second.',
    sequenced: (index: string) =>
      `The evidence entry stands in the log at position ${index}. Anyone can verify it offline.`,
    awaited: 'The witnesses are being asked to cosign, usually a matter of seconds.',
    witnessed: 'Independent witnesses have checked that the log only grows, and that this entry is in it.',
    private: 'Only those concerned may see this receipt; they can sign in and download the proof.',
    proof: 'Download proof',
    entry: 'Download entry',
    verify: 'Verify in the browser',
    witness: (name: string) => ({ regulator: 'Regulator', notary: 'Notary' })[name] ?? name,
    anchored: (chain: string, block: number) => `Chain ${chain}, block ${block}`,
    anchor: 'Download anchor',
  },
);

const PENDING_REFETCH_MS = 2000;
/** A receipt that is not witnessed by then is one whose witnesses are away: no page needs to wait for them. */
const WITNESSING_WATCHED_MS = 60_000;
const INDEX_DIGITS = 5;

export const logPosition = (index: number): string => `#${String(index).padStart(INDEX_DIGITS, '0')}`;

/** True while the next level is a matter of seconds. */
const isPending = ({ level, at }: ReceiptStatus): boolean =>
  level === 'committed' || (level === 'sequenced' && Date.now() - Date.parse(at) < WITNESSING_WATCHED_MS);

/** Only people who are signed in may ask; the chip of a stranger just names the receipt. */
function useReceipt(id: string, known: ReceiptStatus | null | undefined) {
  const me = useMe();
  const path = me && known === undefined ? `/receipts/${id}` : null;
  const query = useRead<ReceiptStatus>(path, {}, { staleMs: 60_000 });
  const data = known ?? query.data;
  const pending = data !== undefined && isPending(data);
  const later = useRead<ReceiptStatus>(pending ? `/receipts/${id}` : null, {}, { refetchMs: PENDING_REFETCH_MS });
  return { data: later.data ?? data, hidden: me === null || known === null || query.error !== null };
}

/**
 * A receipt in a few letters: its place in the log and its level; press for proof, download and verification.
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
  const index = data?.index ?? null;
  return (
    <Popover
      className="chip"
      label={`${label ?? t.receipt} ${id}`}
      trigger={
        <>
          <span className={`dot ${data?.level ?? ''}`} aria-hidden="true" />
          <span>{label ?? t.receipt}</span>
          <i>{index === null ? shortId(id) : logPosition(index)}</i>
          {data ? <span>{t.level(data.level)}</span> : null}
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
  const index = data?.index ?? null;
  return (
    <>
      <p>
        <b>{data?.title ? say(data.title) : t.receipt}</b>
        <br />
        <code>{id}</code>
        {data?.at ? <small className="faint"> {dateTime(data.at)}</small> : null}
      </p>
      <p>{hidden ? t.private : index === null ? t.committed : t.sequenced(logPosition(index))}</p>
      {data && index !== null && !hidden ? <Witnesses id={id} level={data.level} /> : null}
      {index === null ? null : (
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
      )}
    </>
  );
}

/** Who cosigned, and when; asked when the card is opened. The level is part of the question: it is asked again when that moves. */
function Witnesses({ id, level }: { readonly id: string; readonly level: Level }) {
  const t = useWords(WORDS);
  const { data } = useRead<ReceiptWitnessing>(
    `/receipts/${id}`,
    {},
    level === 'witnessed' ? {} : { refetchMs: PENDING_REFETCH_MS },
  );
  if (!data) return null;
  const anchors = data.anchors.length > 0 ? <Anchors id={id} anchors={data.anchors} /> : null;
  if (data.level !== 'witnessed')
    return (
      <>
        {data.awaitsWitnesses ? <p className="faint">{t.awaited}</p> : null}
        {anchors}
      </>
    );
  return (
    <>
      <p>{t.witnessed}</p>
      <div className="witnesses">
        {data.witnesses.map(({ name, at }) => (
          <span key={name}>
            <Icon name="check" />
            {t.witness(name)}
            <time dateTime={at}>{dateTime(at)}</time>
          </span>
        ))}
      </div>
      {anchors}
    </>
  );
}

/** Where the log's checkpoint stands on other chains, with the file that checks it. */
function Anchors({ id, anchors }: { readonly id: string; readonly anchors: ReceiptWitnessing['anchors'] }) {
  const t = useWords(WORDS);
  return (
    <div className="witnesses">
      {anchors.map(({ chainId, blockNumber, blockAt }) => (
        <span key={chainId}>
          <Icon name="check" />
          {t.anchored(chainId, blockNumber)}
          <time dateTime={blockAt}>{dateTime(blockAt)}</time>
          <a href={address(`/receipts/${id}/anchor?chainId=${chainId}`)} download={`${id}.anchor.json`}>
            {t.anchor}
          </a>
        </span>
      ))}
    </div>
  );
}
