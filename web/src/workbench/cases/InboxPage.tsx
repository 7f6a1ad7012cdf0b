import { Link, useSearchParams } from 'react-router';
import type { CaseItem, Page } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { Pager } from '../../portal/products/CataloguePage.tsx';
import { dateTime, day, deadline } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { addressOfCase } from '../home/task-address.ts';
import { Pills } from '../shared/Tabs.tsx';
import { useWaitsFor } from './CaseTurn.tsx';
import { leftWords } from './time-words.ts';
import './cases.css';

const WORDS = words(
  {
    title: '办理事项',
    sub: '贵方参与的每一件事，轮到贵方的在前，按期限先后排列。',
    asked: '查看办理事项',
    show: '显示',
    waiting: '轮到我办',
    open: '办理中',
    closed: '已办结',
    noneWaiting: '现在没有等您办理的事',
    noneOpen: '没有办理中的事项',
    noneClosed: '还没有办结的事项',
    noneText: '申请、审核、异议、整改等事项开始后会出现在这里。',
    mine: '轮到贵方',
    waits: (who: string) => `等待${who}`,
    by: (at: string) => `最迟 ${at}`,
    late: '已逾期',
    noDue: '没有确定的期限',
    unscheduled: '期限待放假安排公布后确定',
    ended: (at: string) => `${at} 办结`,
  },
  {
    title: 'Cases',
    sub: 'Everything your party takes part in: yours to act on first, by due time.',
    asked: 'see the cases',
    show: 'Show',
    waiting: 'My turn',
    open: 'Under way',
    closed: 'Finished',
    noneWaiting: 'Nothing waits for you now',
    noneOpen: 'Nothing is under way',
    noneClosed: 'Nothing is finished yet',
    noneText: 'Applications, reviews, objections and corrections show up here once they begin.',
    mine: 'your turn',
    waits: (who: string) => `waiting for ${who}`,
    by: (at: string) => `by ${at}`,
    late: 'overdue',
    noDue: 'no date set',
    unscheduled: 'date waits for the holiday notice',
    ended: (at: string) => `finished ${at}`,
  },
);

const SOON = 2;
const PAGE = 30;

export default function InboxPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const show = search.get('show') ?? 'waiting';
  const query = useRead<Page<CaseItem>>(
    '/cases',
    {
      limit: PAGE,
      cursor: search.get('cursor'),
      ...(show === 'waiting' ? { waiting: 'me' } : { state: show === 'closed' ? 'closed' : 'open' }),
    },
    { keep: true },
  );
  const none = show === 'closed' ? t.noneClosed : show === 'open' ? t.noneOpen : t.noneWaiting;
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <div className="work-gap">
        <Pills
          name="show"
          label={t.show}
          values={[
            ['waiting', t.waiting],
            ['open', t.open],
            ['closed', t.closed],
          ]}
        />
      </div>
      <Loaded of={query} asked={t.asked} lines={8}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={none}>{t.noneText}</Empty>
          ) : (
            <>
              <ul className="task-list case-list">
                {page.items.map((item) => (
                  <CaseRow key={item.id} item={item} />
                ))}
              </ul>
              <Pager page={page} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function CaseRow({ item }: { readonly item: CaseItem }) {
  const t = useWords(WORDS);
  const say = useSay();
  const waitsFor = useWaitsFor();
  const { waitingFor } = item;
  return (
    <li>
      <Link to={addressOfCase(item)}>{say(item.title)}</Link>
      <p>
        <span className="tags">
          <span className="tag">{say(item.procedureTitle)}</span>
          <span className={`tag ${item.overdue ? 'bad' : waitingFor?.mine ? 'good' : ''}`}>{say(item.stateTitle)}</span>
          {waitingFor ? (
            <span className="small">
              {waitingFor.idle
                ? say(waitingFor.what)
                : waitingFor.mine
                  ? `${t.mine} · ${say(waitingFor.what)}`
                  : t.waits(waitsFor(waitingFor))}
            </span>
          ) : null}
        </span>
      </p>
      <Due item={item} />
    </li>
  );
}

function Due({ item }: { readonly item: CaseItem }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const { dueAt, left, overdue, closedAt, unscheduled } = item;
  if (closedAt)
    return (
      <span className="due">
        <small>{t.ended(day(closedAt))}</small>
      </span>
    );
  if (dueAt === null)
    return (
      <span className="due">
        <small>{unscheduled ? t.unscheduled : t.noDue}</small>
      </span>
    );
  const soon = left !== null && left.count <= SOON && left.unit !== 'hour';
  return (
    <span className={`due ${overdue ? 'late' : soon ? 'soon' : ''}`} title={dateTime(dueAt)}>
      {overdue ? t.late : left ? leftWords(left.count, left.unit, language) : null}
      <small>{t.by(deadline(dueAt, language))}</small>
    </span>
  );
}
