import { Link, useSearchParams } from 'react-router';
import type { Notice, Page } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { day } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { Pager } from '../products/CataloguePage.tsx';
import { NoticeTime } from './NoticeTime.tsx';
import '../products/products.css';
import './notices.css';

const WORDS = words(
  {
    title: '公示',
    sub: '授权运营等事项在作出决定前向社会公示。任何人都可以在公示期内提出异议，不需要登录；异议处理完毕前，事项不会继续。',
    asked: '查看公示',
    open: '公示中',
    closed: '已结束',
    show: '显示',
    none: '现在没有公示中的事项',
    noneText: '授权运营单位初选名单等会在这里公示，并列明可以提出异议的剩余工作日。',
    noneClosed: '还没有结束的公示',
    from: (at: string) => `${at} 起公示`,
    objections: (n: number) => `异议 ${n} 件`,
  },
  {
    title: 'Public notices',
    sub: 'What is about to be decided stands here first. Anyone may object while it is open, without signing in; nothing goes on before every objection is decided.',
    asked: 'see the notices',
    open: 'Open',
    closed: 'Ended',
    show: 'Show',
    none: 'No notice is open now',
    noneText: 'Preliminary lists of operating units and the like stand here, with the working days left to object.',
    noneClosed: 'No notice has ended yet',
    from: (at: string) => `since ${at}`,
    objections: (n: number) => (n === 1 ? '1 objection' : `${n} objections`),
  },
);

export default function NoticesPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const closed = search.get('show') === 'closed';
  const query = useRead<Page<Notice>>(
    '/notices',
    { open: closed ? 'false' : 'true', cursor: search.get('cursor') },
    { keep: true },
  );
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <nav className="tabs" aria-label={t.show}>
        <Link to="?" className={closed ? '' : 'active'} {...(closed ? {} : { 'aria-current': 'page' as const })}>
          {t.open}
        </Link>
        <Link
          to="?show=closed"
          className={closed ? 'active' : ''}
          {...(closed ? { 'aria-current': 'page' as const } : {})}
        >
          {t.closed}
        </Link>
      </nav>
      <Loaded of={query} asked={t.asked} lines={8}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={closed ? t.noneClosed : t.none}>{closed ? null : t.noneText}</Empty>
          ) : (
            <>
              <ul className="rows">
                {page.items.map((notice) => (
                  <NoticeRow key={notice.id} notice={notice} />
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

function NoticeRow({ notice }: { readonly notice: Notice }) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <li className="notice-row">
      <Link className="product-title" to={`/notices/${notice.id}`}>
        {say(notice.title)}
      </Link>
      <p className="notice-left">
        <NoticeTime notice={notice} />
      </p>
      <div className="tags">
        <span className="tag">{say(notice.procedureTitle)}</span>
        <CitationChip rule={notice.rule} article={notice.citation.zh} citation={notice.citation} />
        <small className="faint">
          {t.from(day(notice.openedAt))} · {t.objections(notice.objections)}
        </small>
      </div>
    </li>
  );
}
