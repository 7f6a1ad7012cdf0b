import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { get, type Problem } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty, Skeleton } from '../../shared/States.tsx';
import { readKey, useMe } from '../../shared/use-api.ts';
import { BundleLink } from './BundleLink.tsx';
import { EventList } from './EventList.tsx';
import { Stations } from './Stations.tsx';
import { SubjectList } from './SubjectList.tsx';
import type { Timeline } from './types.ts';
import './timelines.css';

const WORDS = words(
  {
    title: '全程存证',
    sub: '从资源到凭证的每一步，各有一张回执。您能看到公开的事实，以及与贵方有关的业务。',
    subStranger: '这里列出的是公开日志本身写明的事实。当事方登录后还能看到自己的交易。',
    asked: '查看全程存证',
    more: '更早的',
    loading: '正在加载…',
    none: '这一段还没有您可以查看的业务',
    noneText: '换一段看看，或查看全部。',
    truncated: '交易很多，这里只列最近 500 笔；更早的请从订单页查看。',
    about: '经过的事项',
  },
  {
    title: 'The whole life',
    sub: 'Every step from resource to certificate has a receipt. You see public facts, and the acts your party took part in.',
    subStranger: 'These are the facts the public log itself states. Parties who sign in also see their own trades.',
    asked: 'see the whole life',
    more: 'Earlier',
    loading: 'Loading…',
    none: 'Nothing here that you may see yet',
    noneText: 'Look at another station, or at all of them.',
    truncated: 'There are many trades; the latest 500 are listed here, earlier ones on the pages of their orders.',
    about: 'What it runs through',
  },
);

const PAGE = 30;

/** A subject's whole life across resource, product, assessments, trades, deliveries, clearing and certificates. */
export default function TimelinePage() {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const { subjectId = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const stage = search.get('stage') ?? '';
  const path = `/timelines/${encodeURIComponent(subjectId)}`;
  const query = useInfiniteQuery<Timeline, Problem, { pages: Timeline[] }, ReturnType<typeof readKey>, string | null>({
    queryKey: readKey(path, { stage }),
    queryFn: ({ pageParam, signal }) => get<Timeline>(path, { stage, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: (before) => before,
  });
  const choose = (next: string) =>
    setSearch(
      (now) => {
        if (next) now.set('stage', next);
        else now.delete('stage');
        return now;
      },
      { replace: true, preventScrollReset: true },
    );

  if (query.error)
    return (
      <>
        <title>{t.title}</title>
        <h1>{t.title}</h1>
        <RefusalPanel problem={query.error} asked={t.asked} retry={() => void query.refetch()} />
      </>
    );
  const first = query.data?.pages[0];
  if (!first) return <Skeleton lines={8} height={18} />;
  const events = query.data?.pages.flatMap((p) => p.items) ?? [];
  const { subject, stages, truncated } = first;
  return (
    <>
      <title>{`${subject.title} · ${t.title}`}</title>
      <p className="crumbs">{t.title}</p>
      <h1>
        {subject.title} {subject.state ? <span className="tag">{say(subject.state)}</span> : null}
      </h1>
      <p className="sub">{me ? t.sub : t.subStranger}</p>
      <Stations stages={stages} chosen={stage} choose={choose} />
      {truncated ? <p className="turn over">{t.truncated}</p> : null}
      <div className="columns">
        <section aria-busy={query.isPlaceholderData}>
          {events.length === 0 ? <Empty title={t.none}>{t.noneText}</Empty> : <EventList events={events} />}
          {query.hasNextPage ? (
            <button
              type="button"
              className="button"
              disabled={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {query.isFetchingNextPage ? t.loading : t.more}
            </button>
          ) : null}
        </section>
        <aside>
          {me ? <BundleLink subject={subjectId} /> : null}
          <h2>{t.about}</h2>
          <SubjectList stages={stages} />
        </aside>
      </div>
    </>
  );
}
