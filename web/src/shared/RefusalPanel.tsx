import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { Problem } from '../api.ts';
import { useSay, useWords, words } from '../app/words.ts';
import { CitationChip } from './CitationChip.tsx';
import './panels.css';

const WORDS = words(
  {
    notDone: (asked: string) => `没有办成：${asked}`,
    basis: '依据',
    fact: '事实',
    remedy: '怎么办',
    retry: '再试一次',
    signIn: '去登录',
    unreachable: '请检查网络，或确认服务器正在运行；填写的内容还在。',
    fault: '这是系统的问题，不是您的。没有改变任何数据，稍后可再试。',
  },
  {
    notDone: (asked: string) => `Not done: ${asked}`,
    basis: 'Rule',
    fact: 'Fact',
    remedy: 'What to do',
    retry: 'Try again',
    signIn: 'Sign in',
    unreachable: 'Check the network, or whether the server is running; what you typed is still here.',
    fault: 'This is a fault of the system, not yours. Nothing was changed; you may try again later.',
  },
);

/** What was asked, which rule said no, which fact, what to do: never a bare “failed”. The form stays as it was. */
export function RefusalPanel(props: {
  readonly problem: Problem;
  readonly asked: string;
  readonly retry?: () => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const location = useLocation();
  const { body } = props.problem;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A block body: newer browsers return a promise here, which React would take for a clean-up.
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const general = body.status === 0 ? t.unreachable : body.status >= 500 ? t.fault : null;
  return (
    <div ref={panel} className="refusal" role="alert">
      <p className="refusal-title">
        <b>{t.notDone(props.asked)}</b>
        {/* That a rule said no is what the lines below say better. */}
        {body.titleText && !body.type.endsWith(':rule') ? <span> {say(body.titleText)}</span> : null}
      </p>
      {body.violations.map((v) => (
        <dl key={`${v.rule}${v.fact.en}`}>
          <dt>{t.basis}</dt>
          <dd>
            <CitationChip rule={v.rule} article={v.article} {...(v.citation ? { citation: v.citation } : {})} />
          </dd>
          <dt>{t.fact}</dt>
          <dd>{say(v.fact)}</dd>
          <dt>{t.remedy}</dt>
          <dd>{say(v.remedy)}</dd>
        </dl>
      ))}
      {general ? <p>{general}</p> : null}
      {body.violations.length === 0 && body.detail ? <p className="small">{body.detail}</p> : null}
      <div className="buttons">
        {body.status === 401 && location.pathname !== '/sign-in' ? (
          <Link className="button" to={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>
            {t.signIn}
          </Link>
        ) : null}
        {props.retry ? (
          <button type="button" className="button" onClick={props.retry}>
            {t.retry}
          </button>
        ) : null}
      </div>
    </div>
  );
}
