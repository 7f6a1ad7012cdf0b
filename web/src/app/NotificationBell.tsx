import { Link } from 'react-router';
import type { NotificationPage } from '../api.ts';
import { Icon } from '../shared/Icon.tsx';
import { NotificationItems, useMarkRead } from '../shared/NotificationItems.tsx';
import { Popover } from '../shared/Popover.tsx';
import { useRead } from '../shared/use-api.ts';
import { useWords, words } from './words.ts';

const WORDS = words(
  {
    title: '通知',
    unread: (n: number) => `通知，${n} 条未读`,
    markAll: '全部标为已读',
    all: '全部通知',
    none: '还没有通知。期限将至、逾期或收到异议时，会在这里告诉您。',
  },
  {
    title: 'Notifications',
    unread: (n: number) => `Notifications, ${n} unread`,
    markAll: 'Mark as read',
    all: 'All notifications',
    none: 'Nothing yet. A time running out, one that is over, an objection: you are told here.',
  },
);

const SHOWN = 6;
const REFRESH_MS = 60_000;
const COUNT_MAX = 99;

/** What the person was told about cases, with the number of what is not read. */
export function NotificationBell() {
  const t = useWords(WORDS);
  const { data } = useRead<NotificationPage>('/notifications', { limit: SHOWN }, { refetchMs: REFRESH_MS });
  const markRead = useMarkRead();
  const unread = data?.unread ?? 0;
  const items = data?.items ?? [];
  const fresh = items.filter((n) => n.readAt === null);
  return (
    <Popover
      className="icon-button bell"
      label={unread > 0 ? t.unread(unread) : t.title}
      trigger={
        <>
          <Icon name="bell" size={18} />
          <span className="hidden-visually">{unread > 0 ? t.unread(unread) : t.title}</span>
          {unread > 0 ? (
            <span className="bell-count" aria-hidden="true">
              {unread > COUNT_MAX ? `${COUNT_MAX}+` : unread}
            </span>
          ) : null}
        </>
      }
    >
      {items.length === 0 ? <p className="faint">{t.none}</p> : <NotificationItems items={items} />}
      <div className="buttons">
        <Link className="button" to="/work/notifications">
          {t.all}
        </Link>
        {fresh.length > 0 ? (
          <button
            type="button"
            className="button quiet"
            disabled={markRead.pending}
            onClick={() => markRead.mark(fresh)}
          >
            {t.markAll}
          </button>
        ) : null}
      </div>
    </Popover>
  );
}
