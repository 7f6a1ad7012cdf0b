import { Link } from 'react-router';
import { useSay, useWords, words } from '../../app/words.ts';
import { bytes, dateTime, day, number } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { useMe } from '../../shared/use-api.ts';
import { ActButton, type useDone } from '../shared/acts.tsx';
import type { Bundle } from './types.ts';

const WORDS = words(
  {
    all: '全部业务',
    subject: '事项',
    period: (from: string, until: string) => `期间 ${from} … ${until}`,
    receipts: (n: string) => `${n} 张回执`,
    progress: (done: string, total: string) => `已装入 ${done} / ${total}`,
    waiting: '正在等待日志与见证方，然后封存…',
    noOpenings: '不含开示',
    download: '下载',
    remove: '删除',
    cancel: '取消制作',
    removeText: '删除后不能再下载；可以随时重新制作。',
    verify: '核验',
    until: (at: string) => `保存至 ${at}`,
    hash: 'SHA-256',
  },
  {
    all: 'All acts',
    subject: 'Subject',
    period: (from: string, until: string) => `From ${from} … ${until}`,
    receipts: (n: string) => `${n} receipts`,
    progress: (done: string, total: string) => `${done} of ${total} packed`,
    waiting: 'Waiting for the log and its witnesses, then sealing…',
    noOpenings: 'no sealed values',
    download: 'Download',
    remove: 'Remove',
    cancel: 'Stop making it',
    removeText: 'It can no longer be downloaded then; it can be made again at any time.',
    verify: 'Verify',
    until: (at: string) => `kept until ${at}`,
    hash: 'SHA-256',
  },
);

const DAY_MS = 86_400_000;
const TAGS = { making: 'wait', ready: 'good', failed: 'bad', removed: '' } as const;

/** One bundle: what is in it, how far it has come, and its file. */
export function BundleRow({
  bundle,
  tell,
}: {
  readonly bundle: Bundle;
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const { state, from, until } = bundle;
  // The end is exclusive; people say the last day.
  const lastDay = until === null ? '' : day(new Date(Date.parse(until) - DAY_MS).toISOString());
  return (
    <li id={bundle.id}>
      <div className="head-row">
        <div>
          <b>
            {bundle.subject ? <Link to={`/timelines/${bundle.subject}`}>{bundle.subject}</Link> : t.all}
            {bundle.party.id === me?.party?.id ? null : ` · ${bundle.party.name}`}
          </b>
          <small className="faint block">
            {[
              dateTime(bundle.requestedAt),
              t.receipts(number(bundle.receipts)),
              from || until ? t.period(from ? day(from) : '', lastDay) : '',
              bundle.openings ? '' : t.noOpenings,
              bundle.bytes === null ? '' : bytes(bundle.bytes),
              state === 'ready' ? t.until(dateTime(bundle.expiresAt)) : '',
            ]
              .filter((part) => part !== '')
              .join(' · ')}
          </small>
        </div>
        <span className={`tag ${TAGS[state]}`}>{say(bundle.stateTitle)}</span>
      </div>
      {state === 'making' ? (
        <div className="bundle-progress">
          <progress max={Math.max(bundle.receipts, 1)} value={bundle.done} aria-label={say(bundle.stateTitle)} />
          <small className="faint">
            {bundle.done > 0 ? t.progress(number(bundle.done), number(bundle.receipts)) : t.waiting}
          </small>
        </div>
      ) : null}
      {bundle.failure ? <p className="field-error">{say(bundle.failure)}</p> : null}
      {state === 'ready' && bundle.sha256 ? (
        <p className="small faint bundle-hash">
          {t.hash} <code>{bundle.sha256}</code>
        </p>
      ) : null}
      <div className="buttons">
        {state === 'ready' ? (
          <>
            <ActButton<{ url: string }>
              act="evidence.link-bundle"
              input={{ bundleId: bundle.id }}
              label={t.download}
              primary
              onDone={({ result }) => location.assign(result.url)}
            />
            <Link className="button" to="/verify">
              {t.verify}
            </Link>
          </>
        ) : null}
        {state === 'removed' ? null : (
          <ActButton
            act="evidence.remove-bundle"
            input={{ bundleId: bundle.id }}
            version={bundle.version}
            label={state === 'making' ? t.cancel : t.remove}
            confirm={t.removeText}
            tell={tell}
          />
        )}
        <ReceiptChip id={bundle.requestReceiptId} />
      </div>
    </li>
  );
}
