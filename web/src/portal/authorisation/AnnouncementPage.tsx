import { Link, useNavigate, useParams } from 'react-router';
import { type AnnouncementDetail, type ApplicationItem, mayAct, type Page } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { dateTime, fromNow } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer } from '../../workbench/shared/acts.tsx';
import { Criteria } from './Criteria.tsx';
import { LegalNote } from './LegalNote.tsx';
import { stateLook } from './operation-state.ts';
import '../products/products.css';

const WORDS = words(
  {
    crumb: '公共数据授权运营',
    asked: '查看授权公告',
    open: '接受申请',
    over: '申请已截止',
    scope: '授权范围',
    conditions: '申请条件',
    requirements: '相关要求',
    criteria: '评审标准',
    resources: '数据资源',
    facts: '公告要点',
    mode: '授权方式',
    authoriser: '授权单位',
    authority: '大数据主管部门',
    published: '发布时间',
    until: '申请截止',
    apply: '申请授权运营',
    applyText: '说明本单位的资质、技术与安全能力、拟开发的产品。提交后在事项页面上传资格证明、安全能力证明和运营方案。',
    statement: '申请说明',
    mine: '本单位的申请',
    signIn: '登录后申请',
    join: '还没有入驻？先申请入驻为运营单位',
    applications: (n: number) => `收到的申请（${n}）`,
    none: '还没有收到申请。',
  },
  {
    crumb: 'Authorised operation',
    asked: 'see the announcement',
    open: 'open',
    over: 'no longer open',
    scope: 'Scope',
    conditions: 'Conditions',
    requirements: 'Requirements',
    criteria: 'Criteria',
    resources: 'Resources',
    facts: 'In short',
    mode: 'Mode',
    authoriser: 'Authorising unit',
    authority: 'Data authority',
    published: 'Published',
    until: 'Apply until',
    apply: 'Apply to operate',
    applyText:
      'Say what qualifies you: technical and security capability, and the products you mean to make. Then add the proofs and the plan of operation on the page of the case.',
    statement: 'Statement',
    mine: 'Your application',
    signIn: 'Sign in to apply',
    join: 'Not a party yet? Join as an operating unit first',
    applications: (n: number) => `Applications received (${n})`,
    none: 'No application yet.',
  },
);

export default function AnnouncementPage() {
  const t = useWords(WORDS);
  const { announcementId = '' } = useParams();
  const query = useRead<AnnouncementDetail>(`/announcements/${encodeURIComponent(announcementId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/authorisation">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={9}>
        {(announcement) => <Content announcement={announcement} />}
      </Loaded>
    </>
  );
}

function Content({ announcement: a }: { readonly announcement: AnnouncementDetail }) {
  const t = useWords(WORDS);
  return (
    <>
      <title>{a.title}</title>
      <div className="head-row">
        <h1>{a.title}</h1>
        <span className={`tag ${a.open ? 'good' : ''}`}>{a.open ? t.open : t.over}</span>
      </div>
      <LegalNote />
      <div className="columns">
        <div>
          <h2>{t.scope}</h2>
          <p className="announcement-text">{a.scope}</p>
          <h2>{t.conditions}</h2>
          <p className="announcement-text">{a.conditions}</p>
          <h2>{t.criteria}</h2>
          <Criteria criteria={a.criteria} passScore={a.passScore} />
          <h2>{t.requirements}</h2>
          <p className="announcement-text">{a.requirements}</p>
          <h2>{t.resources}</h2>
          <ul className="plain-list">
            {a.resourceList.map((r) => (
              <li key={r.id}>
                <Link to={`/resources/${r.id}`}>{r.title}</Link>
              </li>
            ))}
          </ul>
        </div>
        <aside>
          <h2>{t.facts}</h2>
          <Facts announcement={a} />
          <Apply announcement={a} />
        </aside>
      </div>
    </>
  );
}

function Facts({ announcement: a }: { readonly announcement: AnnouncementDetail }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  return (
    <dl className="facts">
      <dt>{t.mode}</dt>
      <dd>{say(a.modeTitle)}</dd>
      <dt>{t.authoriser}</dt>
      <dd>
        <Link to={`/parties/${a.authoriser.id}`}>{a.authoriser.name}</Link>
      </dd>
      <dt>{t.authority}</dt>
      <dd>
        <Link to={`/parties/${a.authority.id}`}>{a.authority.name}</Link>
      </dd>
      <dt>{t.published}</dt>
      <dd>{dateTime(a.publishedAt)}</dd>
      <dt>{t.until}</dt>
      <dd>
        {dateTime(a.applyUntil)}
        {a.open ? <small className="faint block">{fromNow(a.applyUntil, language)}</small> : null}
      </dd>
    </dl>
  );
}

const APPLICATIONS_MAX = 50;

/** The way in for operating units; what came in, for those whose it is. */
function Apply({ announcement: a }: { readonly announcement: AnnouncementDetail }) {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const acts = useActs();
  const navigate = useNavigate();
  const applications = useRead<Page<ApplicationItem>>(me ? '/applications' : null, {
    announcement: a.id,
    limit: APPLICATIONS_MAX,
  });
  if (me === null)
    return a.open ? (
      <div className="buttons">
        <Link className="button primary" to={`/sign-in?next=/authorisation/announcements/${a.id}`}>
          {t.signIn}
        </Link>
        <Link className="button quiet" to="/join">
          {t.join}
        </Link>
      </div>
    ) : null;
  const info = acts?.get('application.submit');
  const seen = applications.data?.items ?? [];
  const own = seen.filter((i) => i.applicant.id === me?.party.id);
  const under = own.some((i) => i.state !== 'refused' && i.state !== 'withdrawn');
  const receives = me?.party.id === a.authoriser.id || me?.party.id === a.authority.id;
  const shown = receives ? seen : own;
  return (
    <>
      {a.open && applications.data && info && me && mayAct(info, me.roles) && !under ? (
        <ActDrawer<{ applicationId: string }>
          act="application.submit"
          label={t.apply}
          explain={t.applyText}
          fixed={{ announcementId: a.id }}
          titles={{ statement: t.statement }}
          primary
          onDone={({ result }) => navigate(`/work/authorisation/applications/${result.applicationId}`)}
        />
      ) : null}
      {shown.length > 0 || (receives && applications.data) ? (
        <>
          <h2>{receives ? t.applications(shown.length) : t.mine}</h2>
          {shown.length === 0 ? <p className="faint">{t.none}</p> : null}
          <ul className="plain-list">
            {shown.map((i) => (
              <li key={i.id} className="head-row">
                <Link to={`/work/authorisation/applications/${i.id}`}>{i.applicant.name}</Link>
                <span className={`tag ${stateLook(i.state)}`}>{say(i.stateTitle)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}
