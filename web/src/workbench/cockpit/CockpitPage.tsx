import { Link, useSearchParams } from 'react-router';
import type { Me, PartyRef, ProductSummary, Text, Violation } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { HealthView } from '../../portal/evidence/HealthView.tsx';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Empty } from '../../shared/States.tsx';
import { useActs, useMe } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Reports } from '../counter/Reports.tsx';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { NeedsSecondFactor } from '../shared/NeedsSecondFactor.tsx';
import { PartyTable } from '../shared/PartyTable.tsx';
import { Tabs } from '../shared/Tabs.tsx';
import { TrialBalance } from './Health.tsx';

const WORDS = words(
  {
    title: '监管',
    alerts: '预警',
    refusals: '被拒绝的办理',
    parties: '单位',
    products: '产品',
    reports: '举报',
    evidence: '存证运行',
    ledger: '试算平衡',
    at: '时间',
    rule: '依据',
    fact: '事实',
    party: '单位',
    act: '办理',
    receipt: '回执',
    name: '名称',
    state: '状态',
    seller: '供方',
    suspend: '暂停',
    suspendProduct: '暂停产品',
    suspendText: '立即不能再下单；已成立的订单继续。恢复也须由监管部门或交易所办理。',
    suspendPartyText: '其角色立即停用；已有义务不变。',
    resume: '恢复',
    noAlerts: '没有预警',
    noAlertsText: '监测类规则不符合时会在这里提示，办理本身不受拦截。',
    noRefusals: '没有被拒绝的办理',
    none: '没有记录',
  },
  {
    title: 'Supervision',
    alerts: 'Alerts',
    refusals: 'Refusals',
    parties: 'Parties',
    products: 'Products',
    reports: 'Reports',
    evidence: 'Evidence',
    ledger: 'Trial balance',
    at: 'Time',
    rule: 'Rule',
    fact: 'Fact',
    party: 'Party',
    act: 'Act',
    receipt: 'Receipt',
    name: 'Name',
    state: 'State',
    seller: 'Seller',
    suspend: 'Suspend',
    suspendProduct: 'Suspend the product',
    suspendText:
      'Nobody can order it from that moment; running orders go on. The regulator or the exchange resumes it.',
    suspendPartyText: 'Its roles rest at once; what it owes stays owed.',
    resume: 'Resume',
    noAlerts: 'No alert',
    noAlertsText: 'Monitoring rules that are not met show up here; they do not block the act.',
    noRefusals: 'Nothing was refused',
    none: 'No record',
  },
);

type Part = 'alerts' | 'refusals' | 'parties' | 'products' | 'reports' | 'evidence' | 'ledger';

function partsOf(me: Me): readonly Part[] {
  const has = (...roles: string[]) => me.roles.some((r) => roles.includes(r));
  return [
    ...(has('regulator', 'exchange') ? (['alerts', 'refusals', 'products', 'parties'] as const) : []),
    ...(has('regulator') ? (['reports'] as const) : []),
    'evidence',
    ...(has('regulator', 'audit-admin') ? (['ledger'] as const) : []),
  ];
}

export default function CockpitPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  if (!me) return null;
  const parts = partsOf(me);
  const part = parts.find((p) => p === search.get('part')) ?? parts[0];
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <NeedsSecondFactor next="/work/cockpit" />
      <Tabs parts={parts.map((p) => [p, t[p]] as const)} />
      {part === 'alerts' ? <Alerts /> : null}
      {part === 'refusals' ? <Refusals /> : null}
      {part === 'products' ? <Products /> : null}
      {part === 'parties' ? <Parties /> : null}
      {part === 'reports' ? <Reports /> : null}
      {part === 'evidence' ? <HealthView /> : null}
      {part === 'ledger' ? <TrialBalance /> : null}
    </>
  );
}

interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly act: string;
  readonly receiptId: string;
  readonly party: PartyRef | null;
  readonly subject: string;
  readonly at: string;
  readonly fact: Text;
  readonly remedy: Text;
}

function useActTitle(): (name: string) => string {
  const acts = useActs();
  const language = useLanguage();
  return (name) => acts?.get(name)?.title[language] ?? name;
}

function Alerts() {
  const t = useWords(WORDS);
  const say = useSay();
  const titleOf = useActTitle();
  return (
    <DataTable<Alert>
      path="/alerts"
      caption={t.alerts}
      rowKey={(a) => a.id}
      csvName="alerts"
      empty={<Empty title={t.noAlerts}>{t.noAlertsText}</Empty>}
      columns={[
        { key: 'at', title: t.at, render: (a) => dateTime(a.at), csv: (a) => a.at },
        {
          key: 'rule',
          title: t.rule,
          render: (a) => <CitationChip rule={a.ruleId} article={a.ruleId} />,
          csv: (a) => a.ruleId,
        },
        {
          key: 'fact',
          title: t.fact,
          render: (a) => (
            <>
              {say(a.fact)}
              <small className="faint block">{say(a.remedy)}</small>
            </>
          ),
          csv: (a) => say(a.fact),
        },
        { key: 'act', title: t.act, render: (a) => titleOf(a.act), csv: (a) => a.act },
        { key: 'party', title: t.party, render: (a) => a.party?.name ?? '—', csv: (a) => a.party?.name ?? '' },
        {
          key: 'receipt',
          title: t.receipt,
          render: (a) => <ReceiptChip id={a.receiptId} label="" />,
          csv: (a) => a.receiptId,
        },
      ]}
    />
  );
}

interface RefusalItem {
  readonly id: string;
  readonly act: string;
  readonly at: string;
  readonly party: PartyRef | null;
  readonly subject: string | null;
  readonly title: Text;
  readonly violations: readonly Violation[];
}

function Refusals() {
  const t = useWords(WORDS);
  const say = useSay();
  const titleOf = useActTitle();
  return (
    <DataTable<RefusalItem>
      path="/refusals"
      caption={t.refusals}
      rowKey={(r) => r.id}
      csvName="refusals"
      empty={<Empty title={t.noRefusals} />}
      columns={[
        { key: 'at', title: t.at, render: (r) => dateTime(r.at), csv: (r) => r.at },
        { key: 'act', title: t.act, render: (r) => titleOf(r.act), csv: (r) => r.act },
        { key: 'party', title: t.party, render: (r) => r.party?.name ?? '—', csv: (r) => r.party?.name ?? '' },
        {
          key: 'fact',
          title: t.fact,
          render: (r) => (
            <>
              <b>{say(r.title)}</b>
              {r.violations.map((v) => (
                <small key={v.rule + v.fact.en} className="block">
                  <CitationChip rule={v.rule} article={v.article} /> {say(v.fact)}
                </small>
              ))}
            </>
          ),
          csv: (r) => r.violations.map((v) => `${v.rule} ${say(v.fact)}`).join('; '),
        },
      ]}
    />
  );
}

function Products() {
  const t = useWords(WORDS);
  const term = useTerm();
  const { note, tell } = useDone();
  return (
    <div className="work-gap">
      {note}
      <DataTable<ProductSummary & { readonly version: number }>
        path="/products"
        caption={t.products}
        rowKey={(p) => p.id}
        csvName="products"
        filters={[
          { name: 'q', kind: 'search', label: t.name },
          {
            name: 'state',
            kind: 'choice',
            label: t.state,
            options: ['assessed', 'listed', 'suspended', 'withdrawn'].map((s) => ({ value: s, title: term(s) })),
          },
        ]}
        empty={<Empty title={t.none} />}
        columns={[
          {
            key: 'title',
            title: t.name,
            render: (p) => <Link to={`/work/products/${p.id}`}>{p.title}</Link>,
            csv: (p) => p.title,
          },
          { key: 'seller', title: t.seller, render: (p) => p.seller.name, csv: (p) => p.seller.name },
          {
            key: 'state',
            title: t.state,
            render: (p) => (
              <span className={`tag ${p.state === 'listed' ? 'good' : p.state === 'suspended' ? 'bad' : ''}`}>
                {term(p.state)}
              </span>
            ),
            csv: (p) => term(p.state),
          },
          {
            key: 'acts',
            title: '',
            render: (p) =>
              p.state === 'listed' ? (
                <ActDrawer
                  act="product.suspend"
                  label={t.suspend}
                  title={`${t.suspendProduct} · ${p.title}`}
                  explain={t.suspendText}
                  fixed={{ productId: p.id }}
                  version={p.version}
                  danger
                  tell={tell}
                />
              ) : p.state === 'suspended' ? (
                <ActDrawer
                  act="product.resume"
                  label={t.resume}
                  title={`${t.resume} · ${p.title}`}
                  fixed={{ productId: p.id }}
                  version={p.version}
                  tell={tell}
                />
              ) : null,
          },
        ]}
      />
    </div>
  );
}

function Parties() {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  return (
    <div className="work-gap">
      {note}
      <PartyTable
        states={['admitted', 'suspended', 'applied', 'refused']}
        acts={(p) =>
          p.id === me?.party?.id ? null : p.state === 'admitted' ? (
            <ActDrawer
              act="party.suspend"
              label={t.suspend}
              title={`${t.suspend} · ${p.name}`}
              explain={t.suspendPartyText}
              fixed={{ partyId: p.id }}
              danger
              tell={tell}
            />
          ) : p.state === 'suspended' ? (
            <ActDrawer
              act="party.resume"
              label={t.resume}
              title={`${t.resume} · ${p.name}`}
              fixed={{ partyId: p.id }}
              tell={tell}
            />
          ) : null
        }
      />
    </div>
  );
}
