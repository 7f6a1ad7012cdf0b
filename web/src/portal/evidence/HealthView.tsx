import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { dateTime, fromNow, number } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { HealthKeys } from './HealthKeys.tsx';
import { HealthWitnesses } from './HealthWitnesses.tsx';
import type { Health } from './types.ts';
import './health.css';

const WORDS = words(
  {
    asked: '查看存证健康',
    good: '运行正常：全部回执都已写入日志，见证方跟得上。',
    goodAlone: '运行正常：全部回执都已写入日志。',
    waiting: '正在写入或等待见证，通常几秒之内完成。',
    alarm: '有情况需要查看：',
    size: '已公开的条目',
    witnessed: '已见证的条目',
    lag: '等待写入',
    lagFor: (seconds: string) => `最久已等 ${seconds} 秒`,
    age: '最新检查点',
    checkpoint: '检查点原文',
    checkpointNote: '由交易所签名。第二行是条目数，第三行是默克尔树根；任何人都可据此核对数据交易链只增不改。',
    anchors: '链上锚定',
    noAnchors: '没有设置链上锚定。',
    anchored: (size: string, chain: string) => `前 ${size} 条已锚定在 ${chain}`,
    notAnchored: (chain: string) => `已连接 ${chain}，还没有锚定。`,
    none: '还没有日志',
    noneText: '第一件业务办成后，这里会显示日志的状况。',
  },
  {
    asked: 'see the health of the log',
    good: 'All well: every receipt stands in the log, and the witnesses keep up.',
    goodAlone: 'All well: every receipt stands in the log.',
    waiting: 'Being written or waiting for witnesses; that takes seconds.',
    alarm: 'Somebody should look:',
    size: 'Entries published',
    witnessed: 'Entries witnessed',
    lag: 'Waiting',
    lagFor: (seconds: string) => `the oldest for ${seconds} s`,
    age: 'Latest checkpoint',
    checkpoint: 'The checkpoint itself',
    checkpointNote:
      'Signed by the exchange. The second line is its size, the third its Merkle root; with it anyone can check that the log only grows.',
    anchors: 'Chain anchors',
    noAnchors: 'No chain anchoring is set up.',
    anchored: (size: string, chain: string) => `The first ${size} entries are anchored on ${chain}`,
    notAnchored: (chain: string) => `Connected to ${chain}; nothing anchored yet.`,
    none: 'There is no log yet',
    noneText: 'After the first act the state of the log shows here.',
  },
);

const REFETCH_MS = 3_000;

/** How the evidence log stands, for anybody: size, lag, witnesses, anchors, keys, alarms. */
export function HealthView() {
  const t = useWords(WORDS);
  const query = useRead<{ health: Health | null }>('/evidence/health', {}, { refetchMs: REFETCH_MS });
  return (
    <Loaded of={query} asked={t.asked} lines={6}>
      {({ health }) => (health ? <Standing health={health} /> : <Empty title={t.none}>{t.noneText}</Empty>)}
    </Loaded>
  );
}

function Standing({ health }: { readonly health: Health }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { state, quorum, checkpoint, anchors, alarms } = health;
  const signed = checkpoint?.signedAt;
  return (
    <>
      <div className={`turn health-state ${state === 'good' ? 'mine' : state === 'alarm' ? 'late' : ''}`} role="status">
        {state === 'good' ? (quorum ? t.good : t.goodAlone) : state === 'waiting' ? t.waiting : t.alarm}
        {alarms.length > 0 ? (
          <ul>
            {alarms.map((a) => (
              <li key={`${a.kind} ${a.says.en} ${a.at}`}>
                {say(a.says)} {a.at ? <small>{dateTime(a.at)}</small> : null}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <dl className="health-figures">
        <Figure title={t.size} value={number(health.publishedSize)} note={health.log} />
        <Figure
          title={t.witnessed}
          value={health.witnessedSize === null ? '—' : number(health.witnessedSize)}
          note={quorum ? say(quorum.says) : ''}
        />
        <Figure
          title={t.lag}
          value={number(health.waiting)}
          note={health.waiting > 0 ? t.lagFor(number(Math.round(health.waitingMs / 1000))) : ''}
        />
        <Figure title={t.age} value={signed ? fromNow(signed, language) : '—'} note={signed ? dateTime(signed) : ''} />
      </dl>
      <HealthWitnesses health={health} />
      <h2>{t.anchors}</h2>
      <p>
        {anchors === null
          ? t.noAnchors
          : anchors.size === null
            ? t.notAnchored(anchors.chain ?? '')
            : t.anchored(number(anchors.size), anchors.chain ?? '')}
        {anchors?.at ? <small className="faint"> · {dateTime(anchors.at)}</small> : null}
      </p>
      {anchors?.transactionHash ? <p className="mono small health-hash">{anchors.transactionHash}</p> : null}
      <HealthKeys health={health} />
      <h2>{t.checkpoint}</h2>
      <p className="faint">{t.checkpointNote}</p>
      {checkpoint ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines must scroll by keyboard too
        <pre className="health-note mono" tabIndex={0}>
          {checkpoint.text.trim()}
        </pre>
      ) : null}
    </>
  );
}

function Figure({ title, value, note }: { readonly title: string; readonly value: string; readonly note: string }) {
  return (
    <div>
      <dd className="health-value">{value}</dd>
      <dt>{title}</dt>
      <dd className="small faint">{note}</dd>
    </div>
  );
}
