import { useSearchParams } from 'react-router';
import type { NotificationPage } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Pager } from '../../portal/products/CataloguePage.tsx';
import { NotificationItems, useMarkRead } from '../../shared/NotificationItems.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { NotificationSettings } from './NotificationSettings.tsx';

const WORDS = words(
  {
    title: '通知',
    sub: (n: number) => (n === 0 ? '没有未读通知。' : `${n} 条未读。`),
    asked: '查看通知',
    none: '还没有通知',
    noneText: '期限将至、逾期、公示收到异议时，会在这里告诉您。',
    mark: '将本页标为已读',
  },
  {
    title: 'Notifications',
    sub: (n: number) => (n === 0 ? 'Nothing unread.' : `${n} unread.`),
    asked: 'see the notifications',
    none: 'No notification yet',
    noneText: 'A time running out, one that is over, an objection to a notice: you are told here.',
    mark: 'Mark this page as read',
  },
);

const PAGE = 50;

export default function NotificationsPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const query = useRead<NotificationPage>(
    '/notifications',
    { limit: PAGE, cursor: search.get('cursor') },
    { keep: true },
  );
  const { mark, pending } = useMarkRead();
  const fresh = (query.data?.items ?? []).filter((n) => n.readAt === null);
  return (
    <div className="reading">
      <title>{t.title}</title>
      <div className="head-row">
        <div>
          <h1>{t.title}</h1>
          {query.data ? <p className="sub">{t.sub(query.data.unread)}</p> : null}
        </div>
        {fresh.length > 0 ? (
          <button type="button" className="button" disabled={pending} onClick={() => mark(fresh)}>
            {t.mark}
          </button>
        ) : null}
      </div>
      <div className="work-gap">
        <Loaded of={query} asked={t.asked} lines={8}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty title={t.none}>{t.noneText}</Empty>
            ) : (
              <>
                <NotificationItems items={page.items} />
                <Pager page={page} />
              </>
            )
          }
        </Loaded>
      </div>
      <NotificationSettings />
    </div>
  );
}
