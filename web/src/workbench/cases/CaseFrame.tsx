import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { CaseDetail } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { brief } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { useRead } from '../../shared/use-api.ts';
import { type Done, useDone } from '../shared/acts.tsx';
import { CaseActs, type CaseForms } from './CaseActs.tsx';
import { CaseHandler } from './CaseHandler.tsx';
import { CaseHistory } from './CaseHistory.tsx';
import { CaseNotices } from './CaseNotices.tsx';
import { CasePapers } from './CasePapers.tsx';
import { CaseTurn } from './CaseTurn.tsx';
import { Clocks } from './Clocks.tsx';
import { Decisions } from './Decisions.tsx';
import { stepsOf } from './steps.ts';
import { progressWords } from './time-words.ts';
import './cases.css';

const WORDS = words(
  {
    asked: '查看办理事项',
    cases: '办理事项',
    history: '经过',
    parties: '参与单位',
    facts: '事项内容',
    bundle: '下载全部凭证',
  },
  {
    asked: 'see the case',
    cases: 'Cases',
    history: 'History',
    parties: 'Who takes part',
    facts: 'What it is about',
    bundle: 'All its evidence in one bundle',
  },
);

export interface Crumb {
  readonly title: string;
  readonly to?: string;
}

type Part = ReactNode | ((found: CaseDetail, tell: (done: Done) => void) => ReactNode);

export interface CaseFrameProps {
  readonly caseId: string;
  /** What the case is about, as its own page tells it. */
  readonly facts: Part;
  /** Forms made by hand for acts whose generated form `forms` hides; they stand first. */
  readonly own?: Part;
  /** What needs the whole width, below everything else. */
  readonly below?: Part;
  /** Heading of the facts; “事项内容” without. */
  readonly factsTitle?: string;
  /** Instead of the case's own title. */
  readonly title?: string | undefined;
  /** Where the page stands, without the page itself; “办理事项” without. */
  readonly crumbs?: readonly Crumb[];
  /** What the page adds to the forms of acts, by the act's name: choices for ids, first values, words; `null` hides one. */
  readonly forms?: CaseForms;
}

/**
 * The frame every case has, whatever its procedure: where it stands, who must act next and by when, what this person may
 * do now, papers, notices, decisions, history and clocks. The page that knows the subject puts its facts in.
 */
export function CaseFrame(props: CaseFrameProps) {
  const t = useWords(WORDS);
  const say = useSay();
  const query = useRead<CaseDetail>(`/cases/${encodeURIComponent(props.caseId)}`);
  const title = props.title ?? (query.data ? say(query.data.title) : query.error ? t.asked : '　');
  return (
    <>
      <title>{title}</title>
      <p className="crumbs">
        {(props.crumbs ?? [{ title: t.cases, to: '/work/cases' }]).map(({ title: crumb, to }) => (
          <Fragment key={crumb}>{to ? <Link to={to}>{crumb}</Link> : crumb} › </Fragment>
        ))}
      </p>
      <h1>{title}</h1>
      <Loaded of={query} asked={t.asked} lines={10}>
        {(found) => <Content found={found} {...props} />}
      </Loaded>
    </>
  );
}

function Content({
  found,
  facts,
  own,
  below,
  factsTitle,
  forms = {},
}: Pick<CaseFrameProps, 'facts' | 'own' | 'below' | 'factsTitle' | 'forms'> & { readonly found: CaseDetail }) {
  const t = useWords(WORDS);
  const { note, tell } = useDone();
  const shown = (part: Part) => (typeof part === 'function' ? part(found, tell) : part);
  return (
    <>
      <Steps found={found} />
      {note}
      <CaseTurn found={found} />
      {shown(own)}
      <CaseActs found={found} forms={forms} tell={tell} />
      <div className="columns case-columns">
        <div>
          <h2>{factsTitle ?? t.facts}</h2>
          {shown(facts)}
          <CaseNotices found={found} tell={tell} />
          <CasePapers found={found} tell={tell} />
          <Decisions caseId={found.id} />
          <h2>{t.parties}</h2>
          <Parties found={found} />
        </div>
        <aside>
          <h2>{t.history}</h2>
          <CaseHistory caseId={found.id} />
          <p>
            <Link to={`/work/bundles?subject=${found.id}`}>{t.bundle}</Link>
          </p>
          <Clocks clocks={found.clocks} />
          <CaseHandler found={found} tell={tell} />
        </aside>
      </div>
      {shown(below)}
    </>
  );
}

function Steps({ found }: { readonly found: CaseDetail }) {
  const say = useSay();
  const language = useLanguage();
  const titles = new Map(found.states.map((s) => [s.name, say(s.title)]));
  const running = found.clocks.find((c) => c.state === 'running');
  const counted = running ? progressWords(running, language) : null;
  const steps = stepsOf(found).map(({ state, at, kind }): Step => {
    const note = kind === 'now' && counted ? counted : at === null ? null : brief(at);
    return { title: titles.get(state) ?? state, ...(note ? { note } : {}), state: kind };
  });
  return <StepsBar steps={steps} />;
}

/** Who plays which part; a part of several is one line. */
function Parties({ found }: { readonly found: CaseDetail }) {
  const say = useSay();
  const parts = new Map(found.parts.map((p) => [p.part, p.title]));
  return (
    <dl className="facts case-parties">
      {[...parts].map(([part, title]) => (
        <Fragment key={part}>
          <dt>{say(title)}</dt>
          <dd>
            {found.parts
              .filter((p) => p.part === part)
              .map((p) => (
                <Link key={p.partyId} to={`/parties/${p.partyId}`}>
                  {p.name}
                </Link>
              ))}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
