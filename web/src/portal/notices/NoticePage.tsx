import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { NoticeDetail } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { ActForm } from '../../shared/act-form/index.tsx';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { dateTime, deadline } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { NoticeTime } from './NoticeTime.tsx';
import './notices.css';

const WORDS = words(
  {
    notices: '公示',
    asked: '查看公示',
    body: '公示内容',
    procedure: '程序',
    basis: '依据',
    opened: '公示开始',
    closes: '公示截止',
    closed: '公示结束',
    standing: '异议调查期间暂停计算',
    undated: '待放假安排公布后确定',
    object: '提出异议',
    objectText:
      '请写明理由和依据的事实。不需要登录；联系方式可以不留，只有调查处理的单位能看到。提交后会显示回执编号，凭它随时可以取回存证。',
    objectAside: '认为公示内容不实或者不当？任何人都可以提出异议，办理单位须调查并答复，处理完毕前事项不会继续。',
    outcome: '异议与处理',
    none: '没有收到异议。',
    noneYet: '目前没有异议。',
    item: (n: number) => `第 ${n} 件异议`,
    filed: '调查中',
    upheld: '异议成立',
    dismissed: '异议不成立',
    filedAt: (at: string) => `${at} 提出`,
    decidedAt: (at: string) => `${at} 处理`,
    over: '公示已经结束，不能再提出异议。',
    overUpheld: '异议成立，公示终止，事项退回。',
    otherWays: '可以向监管部门举报',
    case: '进入办理事项',
  },
  {
    notices: 'Public notices',
    asked: 'see the notice',
    body: 'What is made public',
    procedure: 'Procedure',
    basis: 'Basis',
    opened: 'Open since',
    closes: 'Open until',
    closed: 'Ended',
    standing: 'stands still while an objection is looked into',
    undated: 'waits for the holiday notice of that year',
    object: 'Object',
    objectText:
      'Say why, and on what facts. No account is needed; a contact is optional and seen only by whoever looks into it. You are shown the number of a receipt, by which you find the evidence at any time.',
    objectAside:
      'Is it untrue or improper? Anyone may object; whoever is in charge must look into it and answer, and nothing goes on before.',
    outcome: 'Objections and outcome',
    none: 'Nobody objected.',
    noneYet: 'No objection so far.',
    item: (n: number) => `Objection ${n}`,
    filed: 'looked into',
    upheld: 'upheld',
    dismissed: 'dismissed',
    filedAt: (at: string) => `filed ${at}`,
    decidedAt: (at: string) => `decided ${at}`,
    over: 'The notice has ended; nobody can object any more.',
    overUpheld: 'An objection was upheld: the notice ended and the case went back.',
    otherWays: 'Report to the regulator',
    case: 'Open the case',
  },
);

export default function NoticePage() {
  const t = useWords(WORDS);
  const say = useSay();
  const { noticeId = '' } = useParams();
  const query = useRead<NoticeDetail>(`/notices/${encodeURIComponent(noticeId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/notices">{t.notices}</Link> ›
      </p>
      <h1>{query.data ? say(query.data.title) : query.error ? t.asked : '　'}</h1>
      <Loaded of={query} asked={t.asked} lines={8}>
        {(notice) => <Content notice={notice} />}
      </Loaded>
    </>
  );
}

function Content({ notice }: { readonly notice: NoticeDetail }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { closesAt, closedAt, undecided } = notice;
  const until = closesAt ? deadline(closesAt, language) : undecided > 0 ? t.standing : t.undated;
  return (
    <>
      <title>{say(notice.title)}</title>
      <p className={`turn notice-turn ${closedAt ? 'over' : ''}`}>
        <b>
          <NoticeTime notice={notice} />
        </b>
      </p>
      <div className="columns">
        <div>
          <h2>{t.body}</h2>
          <p className="notice-body">{say(notice.body)}</p>
          <dl className="facts">
            <dt>{t.procedure}</dt>
            <dd>{say(notice.procedureTitle)}</dd>
            <dt>{t.basis}</dt>
            <dd>
              <CitationChip rule={notice.rule} article={notice.citation.zh} citation={notice.citation} />
            </dd>
            <dt>{t.opened}</dt>
            <dd>{dateTime(notice.openedAt)}</dd>
            <dt>{closedAt ? t.closed : t.closes}</dt>
            <dd>{closedAt ? dateTime(closedAt) : until}</dd>
          </dl>
          <Outcome notice={notice} />
        </div>
        <aside>
          <h2>{t.object}</h2>
          <Aside notice={notice} />
        </aside>
      </div>
    </>
  );
}

const LOOK = { filed: 'wait', upheld: 'bad', dismissed: 'good' } as const;

function Outcome({ notice }: { readonly notice: NoticeDetail }) {
  const t = useWords(WORDS);
  const { decisions, closedAt } = notice;
  return (
    <>
      <h2>{t.outcome}</h2>
      {decisions.length === 0 ? <p className="faint">{closedAt ? t.none : t.noneYet}</p> : null}
      <ul className="outcomes">
        {decisions.map((d, i) => (
          <li key={d.id}>
            <span>{t.item(i + 1)}</span>
            <span className={`tag ${LOOK[d.state]}`}>{t[d.state]}</span>
            <small className="faint">
              {t.filedAt(dateTime(d.filedAt))}
              {d.decidedAt ? ` · ${t.decidedAt(dateTime(d.decidedAt))}` : ''}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Aside({ notice }: { readonly notice: NoticeDetail }) {
  const t = useWords(WORDS);
  const [objecting, setObjecting] = useState(false);
  const upheld = notice.decisions.some((d) => d.state === 'upheld');
  return (
    <div className="panel">
      {notice.closedAt ? (
        <>
          <p>{upheld ? t.overUpheld : t.over}</p>
          <Link className="button" to="/report">
            {t.otherWays}
          </Link>
        </>
      ) : (
        <>
          <p>{t.objectAside}</p>
          <button type="button" className="button primary" onClick={() => setObjecting(true)}>
            {t.object}
          </button>
        </>
      )}
      {notice.caseId ? (
        <p className="notice-case">
          <Link to={`/work/cases/${notice.caseId}`}>{t.case}</Link>
        </p>
      ) : null}
      {objecting ? (
        <Drawer title={t.object} onClose={() => setObjecting(false)}>
          <p className="faint">{t.objectText}</p>
          <ActForm act="notice.object" fixed={{ noticeId: notice.id }} submit={t.object} />
        </Drawer>
      ) : null}
    </div>
  );
}
