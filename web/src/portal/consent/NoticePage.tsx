import { Link, useParams } from 'react-router';
import type { ConsentNotice } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  {
    asked: '查看告知书',
    title: (resource: string) => `个人信息处理告知书：${resource}`,
    sub: (version: number, at: string) => `第 ${version} 版，${at} 发布。`,
    purpose: '处理目的',
    number: '告知书编号',
    hash: '告知书 SHA-256',
    withdraw: '撤回同意',
  },
  {
    asked: 'read the notice',
    title: (resource: string) => `Notice of consent: ${resource}`,
    sub: (version: number, at: string) => `Version ${version}, published ${at}.`,
    purpose: 'Purpose',
    number: 'Number of the notice',
    hash: 'SHA-256 of the notice',
    withdraw: 'Withdraw your consent',
  },
);

export default function NoticePage() {
  const t = useWords(WORDS);
  const say = useSay();
  const { noticeId = '' } = useParams();
  const query = useRead<ConsentNotice>(`/consent-notices/${encodeURIComponent(noticeId)}`);
  return (
    <div className="reading">
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={10}>
        {(n) => (
          <>
            <title>{t.title(n.resource)}</title>
            <h1>{t.title(n.resource)}</h1>
            <p className="sub">{t.sub(n.version, dateTime(n.publishedAt))}</p>
            <dl className="facts">
              <dt>{t.purpose}</dt>
              <dd>{n.purpose}</dd>
              {n.parts.flatMap((p) => [
                <dt key={`${p.name}-t`}>{say(p.title)}</dt>,
                <dd key={p.name} style={{ whiteSpace: 'pre-wrap' }}>
                  {p.words}
                </dd>,
              ])}
              <dt>{t.number}</dt>
              <dd>
                <code>{n.id}</code>
              </dd>
              <dt>{t.hash}</dt>
              <dd style={{ overflowWrap: 'anywhere' }}>
                <code>{n.contentHash}</code>
              </dd>
            </dl>
            <p>
              <Link className="button" to="/consent">
                {t.withdraw}
              </Link>
            </p>
          </>
        )}
      </Loaded>
    </div>
  );
}
