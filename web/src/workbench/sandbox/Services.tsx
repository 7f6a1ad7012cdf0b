import { useState } from 'react';
import { Link } from 'react-router';
import type { Page, SandboxProject } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { dateTime, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, type Done } from '../shared/acts.tsx';
import { ProposeService } from './ProposeService.tsx';
import { headOf, type ResultColumn } from './result-model.ts';

const WORDS = words(
  {
    none: '还没有查询服务',
    noneText: '把已授权的数据做成固定的查询模板，经各数据持有单位批准后，可以作为产品挂牌，买方按次调用。',
    propose: '提出查询服务',
    proposed: '待持有单位审批',
    approved: '已批准，正在登记',
    ready: '可制作产品',
    rejected: '未批准',
    templates: '查询模板',
    parameters: '参数',
    columns: '结果列',
    reviews: '持有单位',
    waiting: '待审批',
    approve: '批准',
    reject: '未批准',
    decide: '审批',
    decideText: '批准的是以下固定模板：买方只能改变参数的取值，结果照样逐格保护。收回入箱授权即停止服务。',
    draft: '起草产品',
    revision: (n: number, at: string) => `按第 ${n} 版数据作答（${at} 起）`,
    newer: (titles: string) => `“${titles}”已有更新的数据。`,
    refresh: '更新为最新数据',
    refreshText:
      '以后的调用按最新数据作答，不必重新挂牌。涉及个人、精确作答的表，已经查询过的买方仍按其首次查询时的数据作答，以免两次答案之差透露某个人。',
    calls: (n: string) => `已调用 ${n} 次`,
    at: (who: string, when: string) => `${who} · ${when} 提出`,
  },
  {
    none: 'No query service yet',
    noneText:
      'Make fixed query templates over the granted data: once the holders approve, they can be listed as a product that buyers call.',
    propose: 'Propose a query service',
    proposed: 'waiting for the holders',
    approved: 'approved, being registered',
    ready: 'ready to become a product',
    rejected: 'rejected',
    templates: 'Templates',
    parameters: 'Parameters',
    columns: 'Answer',
    reviews: 'Holders',
    waiting: 'waiting',
    approve: 'approved',
    reject: 'rejected',
    decide: 'Decide',
    decideText:
      'You approve these fixed templates: a buyer changes the values of parameters alone, and every cell is guarded as before. Revoking the grant of the table stops the service.',
    draft: 'Draft a product',
    revision: (n: number, at: string) => `answers from revision ${n} of the data, since ${at}`,
    newer: (titles: string) => `There are newer data of “${titles}”.`,
    refresh: 'Answer from the newest data',
    refreshText:
      'Calls are answered from the newest data from now on, without a new listing. Of tables about people with exact answers, a buyer who has asked before stays with the data it was answered from first, so that no difference of two answers tells of one person.',
    calls: (n: string) => `${n} calls`,
    at: (who: string, when: string) => `${who} · proposed ${when}`,
  },
);

interface Service {
  readonly id: string;
  readonly party: { readonly id: string; readonly name: string };
  readonly title: string;
  readonly summary: string;
  readonly state: 'proposed' | 'approved' | 'ready' | 'rejected';
  readonly proposedAt: string;
  readonly templates: readonly {
    readonly name: string;
    readonly title: string;
    readonly sql: string;
    readonly parameters: readonly { readonly name: string; readonly type: string; readonly title: string }[];
    readonly columns: readonly ResultColumn[];
  }[];
  readonly reviews: readonly {
    readonly party: { readonly id: string; readonly name: string };
    readonly decision: 'approve' | 'reject' | null;
    readonly reason: string | null;
  }[];
  readonly resourceId: string | null;
  readonly revision: { readonly number: number; readonly at: string } | null;
  readonly newer: readonly string[];
  readonly calls: number;
}

const POLL_MS = 5_000;

/** Query services of a project: proposed by who works on it, approved by who holds the data. */
export function Services({ project, tell }: { readonly project: SandboxProject; readonly tell: (d: Done) => void }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const me = useMe();
  const [proposing, setProposing] = useState(false);
  const { data } = useRead<Page<Service>>(
    '/sandbox-services',
    { projectId: project.id, limit: 50 },
    { refetchMs: POLL_MS },
  );
  const services = data?.items ?? [];
  const mayPropose = project.part === 'operator' && project.state === 'open';
  return (
    <div className="work-gap">
      {mayPropose && !proposing ? (
        <button type="button" className="button" onClick={() => setProposing(true)}>
          {t.propose}
        </button>
      ) : null}
      {proposing ? <ProposeService projectId={project.id} onDone={() => setProposing(false)} /> : null}
      {data && services.length === 0 && !proposing ? <Empty title={t.none}>{t.noneText}</Empty> : null}
      {services.map((s) => (
        <section key={s.id}>
          <div className="head-row">
            <h2>{s.title}</h2>
            <span className={`tag ${s.state === 'ready' ? 'good' : s.state === 'rejected' ? 'bad' : 'wait'}`}>
              {t[s.state]}
            </span>
          </div>
          <p className="faint small">{t.at(s.party.name, dateTime(s.proposedAt))}</p>
          <p>{s.summary}</p>
          <h3>{t.templates}</h3>
          <ul className="plain-list">
            {s.templates.map((x) => (
              <li key={x.name}>
                {x.title} <small className="faint">{x.name}</small>
                <code className="sql-line block">{x.sql}</code>
                {x.parameters.length > 0 ? (
                  <small className="faint">
                    {t.parameters}: {x.parameters.map((p) => `:${p.name} ${p.title}`).join(' · ')}
                  </small>
                ) : null}
                <small className="faint block">
                  {t.columns}: {x.columns.map((c) => headOf(c, language)).join(' · ')}
                </small>
              </li>
            ))}
          </ul>
          <h3>{t.reviews}</h3>
          <ul className="plain-list">
            {s.reviews.map((r) => (
              <li key={r.party.id}>
                {r.party.name} · {r.decision === null ? t.waiting : t[r.decision]}
                {r.reason ? <small className="faint block">{r.reason}</small> : null}
              </li>
            ))}
          </ul>
          {s.revision ? (
            <p className="faint small">
              {t.revision(s.revision.number, dateTime(s.revision.at))}
              {s.newer.length > 0 ? ` · ${t.newer(s.newer.join('、'))}` : ''}
            </p>
          ) : null}
          <div className="buttons work-gap">
            {s.newer.length > 0 && s.party.id === me?.party.id ? (
              <ActButton
                act="sandbox.refresh-service"
                input={{ serviceId: s.id }}
                label={t.refresh}
                confirm={t.refreshText}
                tell={tell}
              />
            ) : null}
            {s.reviews.some((r) => r.party.id === me?.party.id && r.decision === null) && s.state === 'proposed' ? (
              <ActDrawer
                act="sandbox.review-service"
                label={t.decide}
                explain={t.decideText}
                fixed={{ serviceId: s.id }}
                tell={tell}
              />
            ) : null}
            {s.resourceId && s.party.id === me?.party.id ? (
              <Link className="button" to={`/work/products/new?resource=${s.resourceId}`}>
                {t.draft}
              </Link>
            ) : null}
            {s.state === 'ready' ? <span className="faint">{t.calls(number(s.calls))}</span> : null}
          </div>
        </section>
      ))}
    </div>
  );
}
