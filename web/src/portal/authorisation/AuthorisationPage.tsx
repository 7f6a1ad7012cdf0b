import { Link, useSearchParams } from 'react-router';
import type { AnnouncementItem, OperatingUnit } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day, fromNow } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { Tabs } from '../../workbench/shared/Tabs.tsx';
import { Disclosures } from '../disclosure/Disclosures.tsx';
import { LegalNote } from './LegalNote.tsx';
import { stateLook } from './operation-state.ts';

const WORDS = words(
  {
    title: '公共数据授权运营',
    sub: '公共数据由谁运营、依据什么、能用到何时，都在这里公开：授权公告、运营单位名单及其现状。',
    announcements: '授权公告',
    units: '运营单位名单',
    disclosures: '年度信息披露',
    name: '公告',
    mode: '授权方式',
    authoriser: '授权单位',
    resources: (n: number) => `${n} 项数据资源`,
    until: '申请截止',
    state: '状态',
    open: '接受申请',
    over: '已截止',
    status: '状态',
    noAnnouncements: '还没有授权公告',
    noAnnouncementsText: '大数据主管部门或数据提供单位发布公告后，符合条件的单位可以在申请期内申请运营。',
    operator: '运营单位',
    scope: '授权公告',
    valid: '授权期限',
    filing: '备案号',
    notFiled: '待备案',
    noUnits: '还没有运营单位',
    noUnitsText: '经评审、公示、签约后，运营单位名单在这里公开，并报同级政府备案。',
  },
  {
    title: 'Authorised operation of public data',
    sub: 'Who operates public data, by what right and until when is public: announcements, operating units and how each stands.',
    announcements: 'Announcements',
    units: 'Operating units',
    disclosures: 'Yearly disclosures',
    name: 'Announcement',
    mode: 'Mode',
    authoriser: 'Authorising unit',
    resources: (n: number) => (n === 1 ? 'one resource' : `${n} resources`),
    until: 'Apply until',
    state: 'State',
    open: 'open',
    over: 'over',
    status: 'State',
    noAnnouncements: 'No announcement yet',
    noAnnouncementsText:
      'Once the data authority or a data provider announces one, whoever meets the conditions may apply to operate.',
    operator: 'Operating unit',
    scope: 'Announcement',
    valid: 'Authorised',
    filing: 'Filing number',
    notFiled: 'to be filed',
    noUnits: 'No operating unit yet',
    noUnitsText: 'After review, publicity and agreement operating units are listed here and filed with the government.',
  },
);

export default function AuthorisationPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const part = search.get('part');
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <LegalNote />
      <Tabs
        parts={[
          ['', t.announcements],
          ['units', t.units],
          ['disclosures', t.disclosures],
        ]}
      />
      {part === 'units' ? <OperatingUnits /> : part === 'disclosures' ? <Disclosures /> : <Announcements />}
    </>
  );
}

function Announcements() {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  return (
    <DataTable<AnnouncementItem>
      path="/announcements"
      caption={t.announcements}
      csvName="announcements"
      rowKey={(a) => a.id}
      filters={[
        {
          name: 'open',
          kind: 'choice',
          label: t.status,
          options: [
            { value: 'true', title: t.open },
            { value: 'false', title: t.over },
          ],
        },
      ]}
      empty={<Empty title={t.noAnnouncements}>{t.noAnnouncementsText}</Empty>}
      columns={[
        {
          key: 'title',
          title: t.name,
          render: (a) => (
            <>
              <Link to={`/authorisation/announcements/${a.id}`}>{a.title}</Link>
              <small className="faint block">{t.resources(a.resources)}</small>
            </>
          ),
          csv: (a) => a.title,
        },
        { key: 'mode', title: t.mode, render: (a) => say(a.modeTitle), csv: (a) => say(a.modeTitle) },
        {
          key: 'authoriser',
          title: t.authoriser,
          render: (a) => a.authoriser.name,
          csv: (a) => a.authoriser.name,
        },
        {
          key: 'until',
          title: t.until,
          render: (a) => (
            <>
              {dateTime(a.applyUntil)}
              {a.open ? <small className="faint block">{fromNow(a.applyUntil, language)}</small> : null}
            </>
          ),
          csv: (a) => a.applyUntil,
        },
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

function OperatingUnits() {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<OperatingUnit>
      path="/operating-units"
      caption={t.units}
      csvName="operating-units"
      rowKey={(u) => u.id}
      empty={<Empty title={t.noUnits}>{t.noUnitsText}</Empty>}
      columns={[
        {
          key: 'operator',
          title: t.operator,
          render: (u) => <Link to={`/parties/${u.operator.id}`}>{u.operator.name}</Link>,
          csv: (u) => u.operator.name,
        },
        { key: 'scope', title: t.scope, render: (u) => u.title, csv: (u) => u.title },
        {
          key: 'authoriser',
          title: t.authoriser,
          render: (u) => (
            <>
              {u.authoriser.name}
              <small className="faint block">{say(u.modeTitle)}</small>
            </>
          ),
          csv: (u) => u.authoriser.name,
        },
        {
          key: 'valid',
          title: t.valid,
          render: (u) => `${day(u.validFrom)} — ${day(u.validUntil)}`,
          csv: (u) => `${u.validFrom}/${u.validUntil}`,
        },
        {
          key: 'filing',
          title: t.filing,
          render: (u) => u.filingNumber ?? <span className="faint">{t.notFiled}</span>,
          csv: (u) => u.filingNumber ?? '',
        },
        {
          key: 'state',
          title: t.state,
          render: (u) => <span className={`tag ${stateLook(u.state)}`}>{say(u.stateTitle)}</span>,
          csv: (u) => say(u.stateTitle),
        },
      ]}
    />
  );
}
