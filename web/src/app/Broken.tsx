import { useEffect } from 'react';
import { useRouteError } from 'react-router';
import { useWords, words } from './words.ts';

const WORDS = words(
  {
    title: '这个页面没有打开',
    explain: '没有改变任何数据。多半是网络中断，或平台刚刚升级；重新加载通常就好。',
    reload: '重新加载',
    home: '回到市场',
  },
  {
    title: 'This page did not open',
    explain:
      'Nothing was changed. The network was interrupted or the platform has just been upgraded; loading again usually helps.',
    reload: 'Load again',
    home: 'To the market',
  },
);

/** A page that could not load or broke while drawing. */
export function Broken() {
  const t = useWords(WORDS);
  const error = useRouteError();
  useEffect(() => console.error(error), [error]);
  return (
    <div className="page">
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.explain}</p>
      <p className="small faint">
        <code>{error instanceof Error ? error.message : String(error)}</code>
      </p>
      <div className="buttons">
        <button type="button" className="button primary" onClick={() => location.reload()}>
          {t.reload}
        </button>
        <a className="button" href="/">
          {t.home}
        </a>
      </div>
    </div>
  );
}
