import { Link } from 'react-router';
import type { AgreementItem, AnnouncementItem, ApplicationItem, GovernanceDemand, Scenario } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { type Column, DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe } from '../../shared/use-api.ts';
import { Due, StateTag } from './parts.tsx';

const WORDS = words(
  {
    announcement: '公告',
    mode: '授权方式',
    authoriser: '授权单位',
    until: '申请截止',
    open: '接受申请',
    over: '已截止',
    state: '状态',
    due: '期限',
    noAnnouncements: '还没有发布公告',
    noAnnouncementsText: '选好数据资源，写明范围、条件、评审标准和要求，即可发布授权运营公告。',
    applicant: '申请人',
    applied: '申请时间',
    average: '平均分',
    noApplications: '没有与贵方有关的申请',
    noApplicationsText: '收到申请，或贵方提出申请、受邀评审后，会出现在这里。',
    operator: '运营单位',
    term: '授权期限',
    filing: '备案号',
    notFiled: '待备案',
    noAgreements: '还没有授权运营协议',
    noAgreementsText: '公示期满且没有成立的异议后，系统按公告与申请起草协议，双方在事项页面签署。',
    scenario: '应用场景',
    resource: '数据资源',
    from: (name: string) => `数据提供单位：${name}`,
    asked: '申请时间',
    noScenarios: '还没有数据申请',
    noScenariosText: '协议生效后，运营单位按“一场景一申请”申请字段和行。',
    demand: '治理需求',
    raised: '提出时间',
    noDemands: '还没有数据治理需求',
    noDemandsText: '运营单位发现数据质量问题时，在协议页面向数据提供单位提出。',
  },
  {
    announcement: 'Announcement',
    mode: 'Mode',
    authoriser: 'Authorising unit',
    until: 'Apply until',
    open: 'open',
    over: 'over',
    state: 'State',
    due: 'Due',
    noAnnouncements: 'Nothing announced yet',
    noAnnouncementsText: 'Choose resources, state scope, conditions, criteria and requirements, and publish.',
    applicant: 'Applicant',
    applied: 'Applied',
    average: 'Average',
    noApplications: 'No application concerns you',
    noApplicationsText: 'Applications you receive, make or review show up here.',
    operator: 'Operating unit',
    term: 'Term',
    filing: 'Filing number',
    notFiled: 'to be filed',
    noAgreements: 'No operation agreement yet',
    noAgreementsText:
      'When the publicity is over without an objection that holds, the agreement is drafted for both to sign.',
    scenario: 'Scenario',
    resource: 'Resource',
    from: (name: string) => `Provider: ${name}`,
    asked: 'Asked',
    noScenarios: 'No application for data yet',
    noScenariosText: 'Under an agreement the operating unit asks for columns and rows, one application a scenario.',
    demand: 'Demand',
    raised: 'Raised',
    noDemands: 'No demand for data governance yet',
    noDemandsText:
      'An operating unit that finds a quality problem raises it with the provider on the page of the agreement.',
  },
);

/** State and deadline end every list here. */
function useEndColumns<
  T extends { state: string; stateTitle: { zh: string; en: string }; dueAt: string | null },
>(): Column<T>[] {
  const t = useWords(WORDS);
  const say = useSay();
  return [
    {
      key: 'state',
      title: t.state,
      render: (r) => <StateTag state={r.state} title={r.stateTitle} />,
      csv: (r) => say(r.stateTitle),
    },
    { key: 'due', title: t.due, render: (r) => <Due at={r.dueAt} />, csv: (r) => r.dueAt ?? '' },
  ];
}

/** Those one's own party published; supervisors see all. */
export function Announcements() {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const own = me?.roles.some((r) => r === 'data-authority' || r === 'data-provider');
  return (
    <DataTable<AnnouncementItem>
      path="/announcements"
      query={own ? { authoriser: me?.party.id } : {}}
      caption={t.announcement}
      csvName="announcements"
      rowKey={(a) => a.id}
      empty={<Empty title={t.noAnnouncements}>{t.noAnnouncementsText}</Empty>}
      columns={[
        {
          key: 'title',
          title: t.announcement,
          render: (a) => <Link to={`/authorisation/announcements/${a.id}`}>{a.title}</Link>,
          csv: (a) => a.title,
        },
        { key: 'mode', title: t.mode, render: (a) => say(a.modeTitle), csv: (a) => say(a.modeTitle) },
        { key: 'until', title: t.until, render: (a) => dateTime(a.applyUntil), csv: (a) => a.applyUntil },
        {
          key: 'state',
          title: t.state,
          render: (a) => <span className={`tag ${a.open ? 'good' : ''}`}>{a.open ? t.open : t.over}</span>,
          csv: (a) => (a.open ? t.open : t.over),
        },
      ]}
    />
  );
}

export function Applications() {
  const t = useWords(WORDS);
  const end = useEndColumns<ApplicationItem>();
  return (
    <DataTable<ApplicationItem>
      path="/applications"
      caption={t.applicant}
      csvName="applications"
      rowKey={(a) => a.id}
      empty={<Empty title={t.noApplications}>{t.noApplicationsText}</Empty>}
      columns={[
        {
          key: 'applicant',
          title: t.applicant,
          render: (a) => <Link to={`/work/authorisation/applications/${a.id}`}>{a.applicant.name}</Link>,
          csv: (a) => a.applicant.name,
        },
        {
          key: 'announcement',
          title: t.announcement,
          render: (a) => a.announcement.title,
          csv: (a) => a.announcement.title,
        },
        { key: 'at', title: t.applied, render: (a) => day(a.appliedAt), csv: (a) => a.appliedAt },
        {
          key: 'average',
          title: t.average,
          number: true,
          render: (a) => (a.averageScore === null ? <span className="faint">—</span> : number(a.averageScore)),
          csv: (a) => (a.averageScore === null ? '' : String(a.averageScore)),
        },
        ...end,
      ]}
    />
  );
}

export function Agreements() {
  const t = useWords(WORDS);
  const say = useSay();
  const end = useEndColumns<AgreementItem>();
  return (
    <DataTable<AgreementItem>
      path="/agreements"
      caption={t.operator}
      csvName="agreements"
      rowKey={(g) => g.id}
      empty={<Empty title={t.noAgreements}>{t.noAgreementsText}</Empty>}
      columns={[
        {
          key: 'title',
          title: t.announcement,
          render: (g) => <Link to={`/work/authorisation/applications/${g.applicationId}`}>{g.title}</Link>,
          csv: (g) => g.title,
        },
        { key: 'operator', title: t.operator, render: (g) => g.operator.name, csv: (g) => g.operator.name },
        {
          key: 'authoriser',
          title: t.authoriser,
          render: (g) => (
            <>
              {g.authoriser.name}
              <small className="faint block">{say(g.modeTitle)}</small>
            </>
          ),
          csv: (g) => g.authoriser.name,
        },
        {
          key: 'term',
          title: t.term,
          render: (g) => `${day(g.validFrom)} — ${day(g.validUntil)}`,
          csv: (g) => `${g.validFrom}/${g.validUntil}`,
        },
        {
          key: 'filing',
          title: t.filing,
          render: (g) => g.filingNumber ?? <span className="faint">{t.notFiled}</span>,
          csv: (g) => g.filingNumber ?? '',
        },
        ...end,
      ]}
    />
  );
}

export function Scenarios({ agreementId }: { readonly agreementId?: string }) {
  const t = useWords(WORDS);
  const end = useEndColumns<Scenario>();
  return (
    <DataTable<Scenario>
      path="/scenarios"
      query={{ agreement: agreementId }}
      caption={t.scenario}
      csvName="data-applications"
      rowKey={(s) => s.id}
      empty={<Empty title={t.noScenarios}>{t.noScenariosText}</Empty>}
      columns={[
        {
          key: 'title',
          title: t.scenario,
          render: (s) => <Link to={`/work/authorisation/scenarios/${s.id}`}>{s.title}</Link>,
          csv: (s) => s.title,
        },
        { key: 'resource', title: t.resource, render: (s) => s.resource.title, csv: (s) => s.resource.title },
        {
          key: 'operator',
          title: t.operator,
          render: (s) => (
            <>
              {s.operator.name}
              <small className="faint block">{t.from(s.provider.name)}</small>
            </>
          ),
          csv: (s) => s.operator.name,
        },
        { key: 'asked', title: t.asked, render: (s) => day(s.askedAt), csv: (s) => s.askedAt },
        ...end,
      ]}
    />
  );
}

export function Demands({ agreementId }: { readonly agreementId?: string }) {
  const t = useWords(WORDS);
  const end = useEndColumns<GovernanceDemand>();
  return (
    <DataTable<GovernanceDemand>
      path="/governance-demands"
      query={{ agreement: agreementId }}
      caption={t.demand}
      csvName="governance-demands"
      rowKey={(d) => d.id}
      empty={<Empty title={t.noDemands}>{t.noDemandsText}</Empty>}
      columns={[
        {
          key: 'problem',
          title: t.demand,
          render: (d) => (
            <Link className="one-line" to={`/work/authorisation/demands/${d.id}`}>
              {d.problem}
            </Link>
          ),
          csv: (d) => d.problem,
        },
        { key: 'resource', title: t.resource, render: (d) => d.resource.title, csv: (d) => d.resource.title },
        {
          key: 'operator',
          title: t.operator,
          render: (d) => (
            <>
              {d.operator.name}
              <small className="faint block">{t.from(d.provider.name)}</small>
            </>
          ),
          csv: (d) => d.operator.name,
        },
        { key: 'raised', title: t.raised, render: (d) => day(d.raisedAt), csv: (d) => d.raisedAt },
        ...end,
      ]}
    />
  );
}
