import { Link } from 'react-router';
import type { Notification } from '../api.ts';
import { useLanguage, useSay, useWords, words } from '../app/words.ts';
import { dateTime, fromNow } from './format.ts';
import { useAct } from './use-api.ts';
import './notifications.css';

const WORDS = words({ fresh: '未读' }, { fresh: 'unread' });

/** Things a person was told, newest first; one about a case leads to it and counts as read once it was opened. */
export function NotificationItems({ items }: { readonly items: readonly Notification[] }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { mark } = useMarkRead();
  return (
    <ul className="notifications">
      {items.map((n) => (
        <li key={n.id} className={n.readAt === null ? 'fresh' : ''}>
          {n.readAt === null ? <span className="hidden-visually">{t.fresh}</span> : null}
          {n.caseId ? (
            <Link
              to={`/work/cases/${n.caseId}`}
              onClick={() => {
                if (n.readAt === null) mark([n]);
              }}
            >
              {n.caseTitle ? say(n.caseTitle) : n.caseId}
            </Link>
          ) : null}
          <p>{say(n.words)}</p>
          <small className="faint" title={dateTime(n.at)}>
            {fromNow(n.at, language)}
          </small>
        </li>
      ))}
    </ul>
  );
}

/** Marks as read for the person who is signed in. */
export function useMarkRead(): { readonly mark: (items: readonly Notification[]) => void; readonly pending: boolean } {
  const act = useAct('notification.mark-read');
  return {
    mark: (items) => act.mutate({ input: { notificationIds: items.map((n) => n.id) } }),
    pending: act.isPending,
  };
}
