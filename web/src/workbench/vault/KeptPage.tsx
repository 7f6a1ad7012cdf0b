import { Link, useParams } from 'react-router';
import { useSay, useWords, words } from '../../app/words.ts';
import { bytes, dateTime, day, number } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { KeptName } from './KeptName.tsx';
import type { KeptDetail } from './types.ts';

const WORDS = words(
  {
    crumb: '数据金库',
    asked: '查看保管物',
    owner: '所有者',
    kind: '种类',
    size: '大小',
    exact: (n: string) => `${n} 字节`,
    digest: '摘要（SHA-256）',
    stored: '存入',
    key: '密钥',
    generation: (n: number) => `所有者密钥第 ${n} 代`,
    direct: '主密钥直接封装，下次轮换时归入所有者密钥',
    checked: '最近校验',
    never: '尚未轮到',
    damaged: (at: string) => `${at} 发现受损，请联系交易所从备份恢复。`,
    destroyed: (at: string) => `密钥已于 ${at} 销毁，内容无法恢复。`,
    until: '保存期限',
    none: '未设定',
    clear: '期满自动清除',
    keep: '期满后由所有者决定',
    retain: '设定保存期限',
    erase: '申请销毁',
    eraseText: '由另一名管理员确认后，密钥即销毁，内容无法恢复。',
    hold: '作出保全',
    release: '解除',
    holds: '数据保全',
    noHolds: '没有保全。',
    basis: '依据',
    released: (at: string, why: string) => `${at} 解除：${why}`,
    uses: '使用记录',
    noUses: '没有使用记录。',
    platform: '平台',
  },
  {
    crumb: 'Vault',
    asked: 'see what is in custody',
    owner: 'Owner',
    kind: 'Kind',
    size: 'Size',
    exact: (n: string) => `${n} bytes`,
    digest: 'Digest (SHA-256)',
    stored: 'Stored',
    key: 'Key',
    generation: (n: number) => `generation ${n} of its owner’s key`,
    direct: 'wrapped by the master key itself; moves under its owner’s key at the next rotation',
    checked: 'Last checked',
    never: 'not yet',
    damaged: (at: string) => `Found damaged on ${at}; ask the exchange to restore it.`,
    destroyed: (at: string) => `Its key was destroyed on ${at}; the content cannot be recovered.`,
    until: 'Kept until',
    none: 'no day is set',
    clear: 'cleared by itself then',
    keep: 'the owner decides then',
    retain: 'Set how long it is kept',
    erase: 'Ask for its erasure',
    eraseText: 'Once another administrator confirms, the key is destroyed and nothing brings the content back.',
    hold: 'Place a hold',
    release: 'Release',
    holds: 'Legal holds',
    noHolds: 'No hold stands.',
    basis: 'Basis',
    released: (at: string, why: string) => `released ${at}: ${why}`,
    uses: 'Who used it',
    noUses: 'Nobody used it yet.',
    platform: 'the platform',
  },
);

/** What ran in the sandbox the holder sees there, in full. */
function UseOf({ subject, what }: { readonly subject: string; readonly what: string }) {
  if (subject.startsWith('sbj_')) return <Link to={`/work/sandbox/jobs/${subject}`}>{what}</Link>;
  if (subject.startsWith('sbq_')) return <Link to="/work/sandbox?part=uses">{what}</Link>;
  return what;
}

const PLACES_HOLDS: readonly string[] = ['regulator', 'data-authority', 'exchange'];

/** One object in custody: what it is, how long it is kept, who holds it, who used it. */
export default function KeptPage() {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const term = useTerm('custody');
  const { objectId } = useParams();
  const { note, tell } = useDone();
  const query = useRead<KeptDetail>(`/custody/${objectId}`);
  const mayHold = me?.roles.some((r) => PLACES_HOLDS.includes(r)) ?? false;
  return (
    <>
      <p className="crumbs">
        <Link to="/work/vault">{t.crumb}</Link> ›
      </p>
      <Loaded of={query} asked={t.asked} lines={8}>
        {(o) => (
          <>
            <title>{o.name}</title>
            <div className="head-row">
              <h1>
                <KeptName name={o.name} />
              </h1>
              {o.destroyedAt ? null : (
                <div className="buttons">
                  {o.owner.id === me?.party?.id ? (
                    <>
                      <ActDrawer
                        act="custody.set-retention"
                        label={t.retain}
                        fixed={{ objectId: o.objectId }}
                        tell={tell}
                      />
                      <ActDrawer
                        act="custody.ask-erasure"
                        label={t.erase}
                        explain={t.eraseText}
                        fixed={{ objectId: o.objectId }}
                        quiet
                        tell={tell}
                      />
                    </>
                  ) : null}
                  {mayHold ? (
                    <ActDrawer act="custody.place-hold" label={t.hold} fixed={{ objectId: o.objectId }} tell={tell} />
                  ) : null}
                </div>
              )}
            </div>
            {note}
            {o.destroyedAt ? <p role="status">{t.destroyed(dateTime(o.destroyedAt))}</p> : null}
            {o.damagedAt ? <p role="alert">{t.damaged(dateTime(o.damagedAt))}</p> : null}
            <dl className="facts">
              <dt>{t.owner}</dt>
              <dd>{o.owner.name}</dd>
              <dt>{t.kind}</dt>
              <dd>{term(o.kind)}</dd>
              <dt>{t.size}</dt>
              <dd title={t.exact(number(o.bytes))}>{bytes(o.bytes)}</dd>
              <dt>{t.digest}</dt>
              <dd>
                <code className="wrap-anywhere">{o.sha256}</code>
              </dd>
              <dt>{t.stored}</dt>
              <dd>{dateTime(o.storedAt)}</dd>
              <dt>{t.key}</dt>
              <dd>{o.keyGeneration === null ? t.direct : t.generation(o.keyGeneration)}</dd>
              <dt>{t.checked}</dt>
              <dd>{o.checkedAt ? dateTime(o.checkedAt) : t.never}</dd>
              <dt>{t.until}</dt>
              <dd>{o.retainUntil ? `${day(o.retainUntil)} · ${o.clearAtExpiry ? t.clear : t.keep}` : t.none}</dd>
            </dl>
            <h2>{t.holds}</h2>
            {o.heldBy.length === 0 ? <p className="faint">{t.noHolds}</p> : null}
            <ul className="line-list">
              {o.heldBy.map((h) => (
                <li key={h.id} className="head-row">
                  <span>
                    {h.by} · {h.reason}
                    <small className="faint block">
                      {t.basis}: {h.citation} · {dateTime(h.at)}
                      {h.releasedAt ? ` · ${t.released(dateTime(h.releasedAt), h.releaseReason ?? '')}` : ''}
                    </small>
                  </span>
                  {h.ours && !h.releasedAt ? (
                    <ActDrawer act="custody.release-hold" label={t.release} fixed={{ holdId: h.id }} tell={tell} />
                  ) : null}
                </li>
              ))}
            </ul>
            <h2>{t.uses}</h2>
            {o.uses.length === 0 ? <p className="faint">{t.noUses}</p> : null}
            <ul className="line-list">
              {o.uses.map((u) => (
                <li key={`${u.at} ${u.subject}`}>
                  {u.by ?? t.platform} · <UseOf subject={u.subject} what={say(u.what)} />
                  <small className="faint block">{dateTime(u.at)}</small>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </>
  );
}
