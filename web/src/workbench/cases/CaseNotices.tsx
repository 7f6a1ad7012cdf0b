import { Link } from 'react-router';
import type { CaseDetail, NoticeDetail, Objection } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { NoticeTime } from '../../portal/notices/NoticeTime.tsx';
import { dateTime } from '../../shared/format.ts';
import { useRead } from '../../shared/use-api.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';

const WORDS = words(
  {
    title: '公示与异议',
    none: '公示期内没有收到异议。',
    noneYet: '目前没有异议。',
    contact: '联系方式',
    decide: '处理异议',
    dismissAll: (n: number) => `一并认定不成立（${n} 件）`,
    dismissAllText: '以同一结论和理由认定以下待处理异议均不成立；理由须对每一件都适用。',
    decideText: '异议成立的，事项按程序退回；最后一条异议不成立的，公示继续计算剩余期限。',
    filed: '待处理',
    upheld: '成立',
    dismissed: '不成立',
  },
  {
    title: 'Public notice and objections',
    none: 'Nobody objected while it was open.',
    noneYet: 'No objection so far.',
    contact: 'Contact',
    decide: 'Decide the objection',
    dismissAll: (n: number) => `Dismiss all ${n} together`,
    dismissAllText: 'Dismisses every undecided objection below with one finding; it must fit each of them.',
    decideText:
      'An objection that holds sends the case back; once the last one is dismissed, the rest of the publicity runs on.',
    filed: 'to be decided',
    upheld: 'upheld',
    dismissed: 'dismissed',
  },
);

/** What one act dismisses. */
const TOGETHER_MAX = 100;

interface Part {
  readonly found: CaseDetail;
  readonly tell: (done: Done) => void;
}

/** What of the case stood before the public, what came in against it, and the form to decide it. */
export function CaseNotices({ found, tell }: Part) {
  const t = useWords(WORDS);
  if (found.notices.length === 0) return null;
  return (
    <>
      <h2>{t.title}</h2>
      {found.notices.map((id) => (
        <NoticeOfCase key={id} id={id} found={found} tell={tell} />
      ))}
    </>
  );
}

function NoticeOfCase({ id, found, tell }: Part & { readonly id: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { data } = useRead<NoticeDetail>(`/notices/${id}`);
  if (!data) return null;
  const objections = data.objectionsInFull ?? [];
  const decides = found.myActs.includes('notice.decide-objection');
  const undecided = objections.filter((o) => o.state === 'filed').map((o) => o.id);
  return (
    <div className="case-notice">
      <p className="work-inline">
        <Link to={`/notices/${id}`}>{say(data.title)}</Link>
        <small className="faint block">
          <NoticeTime notice={data} />
        </small>
      </p>
      {objections.length === 0 ? <p className="faint">{data.closedAt ? t.none : t.noneYet}</p> : null}
      {decides && undecided.length > 1 ? (
        <ActDrawer
          act="notice.dismiss-objections"
          label={t.dismissAll(undecided.length)}
          explain={t.dismissAllText}
          fixed={{ objectionIds: undecided.slice(0, TOGETHER_MAX) }}
          tell={tell}
        />
      ) : null}
      <ul className="line-list">
        {objections.map((objection) => (
          <ObjectionItem key={objection.id} objection={objection} decides={decides} tell={tell} />
        ))}
      </ul>
    </div>
  );
}

const LOOK = { filed: 'wait', upheld: 'bad', dismissed: 'good' } as const;

function ObjectionItem(props: {
  readonly objection: Objection;
  readonly decides: boolean;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const { objection } = props;
  return (
    <li>
      <div className="head-row">
        <small className="faint">{dateTime(objection.filedAt)}</small>
        <span className={`tag ${LOOK[objection.state]}`}>{t[objection.state]}</span>
      </div>
      <p className="kept-lines">{objection.grounds}</p>
      {objection.contact ? (
        <p className="small faint">
          {t.contact} {objection.contact}
        </p>
      ) : null}
      {objection.reason ? <p className="small">{objection.reason}</p> : null}
      {props.decides && objection.state === 'filed' ? (
        <ActDrawer
          act="notice.decide-objection"
          label={t.decide}
          explain={t.decideText}
          fixed={{ objectionId: objection.id }}
          tell={props.tell}
        />
      ) : null}
    </li>
  );
}
