import { Link, useParams } from 'react-router';
import type { Page, PartyDetail, ReceiptStatus } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime, day } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { Timeline } from '../../shared/Timeline.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';

const WORDS = words(
  {
    crumb: '柜台',
    asked: '查看单位',
    applied: '申请',
    checked: '核验主体',
    admitted: '入驻',
    refused: '不予入驻',
    suspended: '已暂停',
    decide: '审核入驻申请',
    decideText: '核验营业执照、统一社会信用代码和法定代表人后，按申请的角色准予入驻；与申请不符的角色会被规则拒绝。',
    admit: '准予入驻',
    refuse: '不予入驻',
    suspend: '暂停单位',
    suspendText: '暂停后其角色停用，不能办理新业务；已有义务不变。',
    resume: '恢复单位',
    waiting: '等待交易所审核。',
    over: '目前没有需要办理的事。',
    suspendedText: '该单位已暂停，可以恢复。',
    dossier: '申请材料',
    uscc: '统一社会信用代码',
    legal: '法定代表人',
    contact: '联系方式',
    statement: '业务说明',
    wanted: '申请的角色',
    roles: '入驻的角色',
    business: '业务类型',
    provider: '提供单位类别',
    maintains: '承担平台运维',
    yes: '是',
    no: '否',
    checkedBox: '已核验该单位的登记信息和证照',
    checkedHow: '核验了什么',
    checkedHint: '例如：已在国家企业信用信息公示系统核对名称、代码和法定代表人，营业执照原件相符。',
    identity: '主体核验',
    notChecked: '尚未核验',
    reason: '最近决定的理由',
    timeline: '经过',
  },
  {
    crumb: 'Counter',
    asked: 'see the party',
    applied: 'Applied',
    checked: 'Identity checked',
    admitted: 'Admitted',
    refused: 'Refused',
    suspended: 'Suspended',
    decide: 'Decide the application',
    decideText:
      'Check licence, credit code and legal representative, then admit in the roles asked for; others are refused by rule.',
    admit: 'Admit',
    refuse: 'Refuse',
    suspend: 'Suspend',
    suspendText: 'Its roles rest and it starts nothing new; what it owes stays owed.',
    resume: 'Resume',
    waiting: 'Waiting for the exchange to decide.',
    over: 'Nothing is to be done now.',
    suspendedText: 'The party is suspended; it can be resumed.',
    dossier: 'Application',
    uscc: 'Unified social credit code',
    legal: 'Legal representative',
    contact: 'Contact',
    statement: 'Statement of business',
    wanted: 'Roles asked for',
    roles: 'Roles admitted to',
    business: 'Lines of business',
    provider: 'Class of provider',
    maintains: 'Maintains the platform',
    yes: 'yes',
    no: 'no',
    checkedBox: 'Its registration and papers have been checked',
    checkedHow: 'What was checked',
    checkedHint: 'Such as: name, code and representative agree with the national register; the licence was seen.',
    identity: 'Identity',
    notChecked: 'not checked yet',
    reason: 'Reason of the last decision',
    timeline: 'History',
  },
);

interface PartyCase extends PartyDetail {
  readonly dossier: {
    readonly requestedRoles: readonly string[];
    readonly legalRepresentative: string | null;
    readonly contact: string | null;
    readonly statement: string | null;
    readonly stateReason: string | null;
    readonly stateAt: string;
    readonly appliedAt: string;
    readonly maintainsPlatform: boolean;
    readonly identityCheckedAt: string | null;
    readonly version: number;
  } | null;
}

export default function PartyCasePage() {
  const t = useWords(WORDS);
  const { partyId = '' } = useParams();
  const query = useRead<PartyCase>(`/parties/${encodeURIComponent(partyId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/work/counter">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={8}>
        {(party) => <Content party={party} />}
      </Loaded>
    </>
  );
}

function Content({ party }: { readonly party: PartyCase }) {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  const { dossier } = party;
  const receipts = useRead<Page<ReceiptStatus>>('/receipts', { subject: party.id, limit: 30 });
  const has = (...roles: string[]) => me?.roles.some((r) => roles.includes(r)) ?? false;
  const act = { fixed: { partyId: party.id }, ...(dossier ? { version: dossier.version } : {}), tell };
  return (
    <>
      <title>{party.name}</title>
      <h1>{party.name}</h1>
      <StepsBar steps={stepsFor(party, t)} />
      {note}
      {party.state === 'applied' && has('exchange') ? (
        <div className="my-act">
          <h2>{t.decide}</h2>
          <p>{t.decideText}</p>
          <div className="buttons">
            <Admit party={party} act={act} />
            <ActDrawer act="party.refuse" label={t.refuse} danger {...act} />
          </div>
        </div>
      ) : party.state === 'applied' ? (
        <p className="turn">{t.waiting}</p>
      ) : (
        <p className="turn over">{party.state === 'suspended' ? t.suspendedText : t.over}</p>
      )}
      <div className="columns">
        <Dossier party={party} />
        <aside>
          {receipts.data && receipts.data.items.length > 0 ? (
            <>
              <h2>{t.timeline}</h2>
              <Timeline events={receipts.data.items.map((r) => ({ title: r.title, at: r.at, receiptId: r.id }))} />
            </>
          ) : null}
          {has('exchange', 'regulator') && party.id !== me?.party?.id ? (
            <div className="buttons work-gap">
              {party.state === 'admitted' ? (
                <ActDrawer act="party.suspend" label={t.suspend} explain={t.suspendText} danger {...act} />
              ) : null}
              {party.state === 'suspended' ? <ActDrawer act="party.resume" label={t.resume} {...act} /> : null}
            </div>
          ) : null}
        </aside>
      </div>
    </>
  );
}

function Admit(props: {
  readonly party: PartyCase;
  readonly act: {
    readonly fixed: Readonly<Record<string, unknown>>;
    readonly version?: number;
    readonly tell: ReturnType<typeof useDone>['tell'];
  };
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const wanted = props.party.dossier?.requestedRoles ?? [];
  return (
    <ActDrawer
      act="party.admit"
      label={t.admit}
      explain={t.decideText}
      primary
      initial={{ roles: [...wanted] }}
      options={{ roles: wanted.map((r) => ({ value: r, title: term(r) })) }}
      needed={['roles', 'identityChecked', 'reason']}
      titles={{ identityChecked: t.checkedBox, reason: t.checkedHow }}
      hints={{ reason: t.checkedHint }}
      {...props.act}
    />
  );
}

function stepsFor(party: PartyCase, t: (typeof WORDS)['zh']): readonly Step[] {
  const { dossier, state } = party;
  const applied: Step = { title: t.applied, ...(dossier ? { note: day(dossier.appliedAt) } : {}), state: 'done' };
  if (state === 'refused')
    return [applied, { title: t.refused, ...(dossier ? { note: day(dossier.stateAt) } : {}), state: 'stopped' }];
  const checked = dossier?.identityCheckedAt;
  return [
    applied,
    {
      title: t.checked,
      ...(checked ? { note: day(checked) } : {}),
      state: checked || state !== 'applied' ? 'done' : 'now',
    },
    state === 'suspended'
      ? { title: t.suspended, ...(dossier ? { note: day(dossier.stateAt) } : {}), state: 'stopped' }
      : { title: t.admitted, state: state === 'admitted' ? 'done' : 'next' },
  ];
}

function Dossier({ party }: { readonly party: PartyCase }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const { dossier } = party;
  const list = (roles: readonly string[]) => (
    <span className="tags">
      {roles.map((r) => (
        <span key={r} className="tag">
          {term(r)}
        </span>
      ))}
    </span>
  );
  return (
    <div>
      <h2>{t.dossier}</h2>
      <dl className="facts">
        <dt>{t.uscc}</dt>
        <dd>
          <code>{party.uscc}</code>
        </dd>
        {dossier ? (
          <>
            <dt>{t.legal}</dt>
            <dd>{dossier.legalRepresentative ?? '—'}</dd>
            <dt>{t.contact}</dt>
            <dd>{dossier.contact ?? '—'}</dd>
            <dt>{t.wanted}</dt>
            <dd>{list(dossier.requestedRoles)}</dd>
          </>
        ) : null}
        {party.roles.length > 0 ? (
          <>
            <dt>{t.roles}</dt>
            <dd>{list(party.roles)}</dd>
          </>
        ) : null}
        {party.businessTypes.length > 0 ? (
          <>
            <dt>{t.business}</dt>
            <dd>{list(party.businessTypes)}</dd>
          </>
        ) : null}
        {party.providerClass ? (
          <>
            <dt>{t.provider}</dt>
            <dd>{term(party.providerClass)}</dd>
          </>
        ) : null}
        {dossier ? (
          <>
            <dt>{t.maintains}</dt>
            <dd>{dossier.maintainsPlatform ? t.yes : t.no}</dd>
            <dt>{t.identity}</dt>
            <dd>{dossier.identityCheckedAt ? dateTime(dossier.identityCheckedAt) : t.notChecked}</dd>
            <dt>{t.statement}</dt>
            <dd>{dossier.statement || '—'}</dd>
            {dossier.stateReason ? (
              <>
                <dt>{t.reason}</dt>
                <dd>{dossier.stateReason}</dd>
              </>
            ) : null}
          </>
        ) : null}
      </dl>
    </div>
  );
}
