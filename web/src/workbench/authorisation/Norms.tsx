import type { Entrustment, Page, PartySummary, SecurityNorms } from '../../api.ts';
import { mayAct } from '../../api.ts';
import { useJoin, useSay, useWords, words } from '../../app/words.ts';
import { dateTime, day } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, type Done, useDone } from '../shared/acts.tsx';
import { useAll } from './use-all.ts';

const WORDS = words(
  {
    norms: '安全规范',
    normsText:
      '数据产品全生命周期的安全审查、风险评估、监测预警、应急处置四类规范，由大数据主管部门发布，对所有人公开。',
    publish: '发布安全规范',
    publishText: '同类规范以最新发布的为准。',
    missing: (kinds: string) => `尚未发布：${kinds}`,
    review: '安全审查规范',
    risk: '风险评估规范',
    monitoring: '监测预警规范',
    emergency: '应急处置规范',
    noNorms: '还没有发布安全规范',
    published: (by: string, at: string) => `${by}，${at} 发布`,
    asked: '查看安全规范',
    maintenance: '平台运维委托',
    maintenanceText: '受托承担平台日常运维的单位不得申请授权运营。委托公开记录。',
    entrust: '委托平台运维',
    party: '受托单位',
    end: '结束委托',
    sure: '结束后，该单位不再承担平台运维。',
    ended: (at: string) => `${at} 结束`,
    none: '没有委托记录。',
  },
  {
    norms: 'Security norms',
    normsText:
      'Norms for review, risk assessment, monitoring and emergencies over the whole life of data products, published by the data authority, open to everybody.',
    publish: 'Publish a norm',
    publishText: 'Of each kind the newest counts.',
    missing: (kinds: string) => `Not published yet: ${kinds}`,
    review: 'Security review',
    risk: 'Risk assessment',
    monitoring: 'Monitoring and warning',
    emergency: 'Emergency handling',
    noNorms: 'No security norm published yet',
    published: (by: string, at: string) => `${by}, ${at}`,
    asked: 'see the security norms',
    maintenance: 'Entrusted maintenance',
    maintenanceText: 'Whoever maintains the platform may not apply to operate. Entrustments are on public record.',
    entrust: 'Entrust the maintenance',
    party: 'Party entrusted',
    end: 'End the entrustment',
    sure: 'The party then no longer maintains the platform.',
    ended: (at: string) => `ended ${at}`,
    none: 'Nothing entrusted.',
  },
);

const KINDS = ['review', 'risk', 'monitoring', 'emergency'] as const;

/** What the data authority sets for everybody: the four norms, and who maintains the platform for it. */
export function Norms() {
  const { note, tell } = useDone();
  return (
    <>
      {note}
      <PublishedNorms tell={tell} />
      <Maintenance tell={tell} />
    </>
  );
}

interface Telling {
  readonly tell: (done: Done) => void;
}

const useMay = (act: string): boolean => {
  const me = useMe();
  const info = useActs()?.get(act);
  return info !== undefined && me !== undefined && me !== null && mayAct(info, me.roles);
};

function PublishedNorms({ tell }: Telling) {
  const t = useWords(WORDS);
  const say = useSay();
  const join = useJoin();
  const may = useMay('security-norm.publish');
  const query = useRead<SecurityNorms>('/security-norms');
  return (
    <section className="operation-section" aria-label={t.norms}>
      <div className="head-row">
        <h2>{t.norms}</h2>
        {may ? (
          <ActDrawer
            act="security-norm.publish"
            label={t.publish}
            explain={t.publishText}
            options={{ kind: KINDS.map((value) => ({ value, title: t[value] })) }}
            tell={tell}
          />
        ) : null}
      </div>
      <p className="faint">{t.normsText}</p>
      <Loaded of={query} asked={t.asked}>
        {({ items, missing }) => (
          <>
            {missing.length > 0 && items.length > 0 ? (
              <p className="turn">{t.missing(join(missing.map((k) => t[k])))}</p>
            ) : null}
            {items.length === 0 ? <Empty title={t.noNorms}>{t.missing(join(missing.map((k) => t[k])))}</Empty> : null}
            <ul className="line-list">
              {items.map((n) => (
                <li key={n.id}>
                  <details className="fold">
                    <summary>
                      {n.title} · {say(n.kindTitle)}
                    </summary>
                    <p className="announcement-text">{n.body}</p>
                  </details>
                  <small className="faint">{t.published(n.publishedBy.name, day(n.publishedAt))}</small>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

const SHOWN = 50;

function Maintenance({ tell }: Telling) {
  const t = useWords(WORDS);
  const me = useMe();
  const may = useMay('maintenance.entrust');
  const query = useRead<Page<Entrustment>>('/maintenance-entrustments', { limit: SHOWN });
  const parties = useAll<PartySummary>(may ? '/parties' : null);
  return (
    <section className="operation-section" aria-label={t.maintenance}>
      <div className="head-row">
        <h2>{t.maintenance}</h2>
        {may ? (
          <ActDrawer
            act="maintenance.entrust"
            label={t.entrust}
            explain={t.maintenanceText}
            titles={{ partyId: t.party }}
            options={{
              partyId: (parties ?? [])
                .filter((p) => p.id !== me?.party.id)
                .map((p) => ({ value: p.id, title: p.name })),
            }}
            tell={tell}
          />
        ) : null}
      </div>
      <p className="faint">{t.maintenanceText}</p>
      {query.data?.items.length === 0 ? <p className="faint">{t.none}</p> : null}
      <ul className="line-list">
        {(query.data?.items ?? []).map((e) => (
          <li key={e.id} className="head-row">
            <span>
              <b>{e.party.name}</b>
              <small className="faint block">
                {e.scope} · {day(e.from)} — {day(e.until)}
                {e.endedAt ? ` · ${t.ended(dateTime(e.endedAt))}` : ''}
              </small>
            </span>
            {may && e.endedAt === null && e.entrustedBy.id === me?.party.id ? (
              <ActButton
                act="maintenance.end"
                input={{ entrustmentId: e.id }}
                label={t.end}
                confirm={t.sure}
                tell={tell}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
