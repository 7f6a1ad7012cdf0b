import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { JointDetail } from '../../../api.ts';
import { useJoin, useLanguage, useWords, words } from '../../../app/words.ts';
import { dateTime, deadline, fromNow } from '../../../shared/format.ts';
import { ReceiptList } from '../../../shared/ReceiptList.tsx';
import { Loaded } from '../../../shared/States.tsx';
import { StepsBar } from '../../../shared/StepsBar.tsx';
import { useRead } from '../../../shared/use-api.ts';
import { ActDrawer, type Done, useDone } from '../../shared/acts.tsx';
import { JointParties } from './JointParties.tsx';
import { JointResult } from './JointResult.tsx';
import { choiceOf, type JointStanding, standingOf, stepsOf } from './joint-model.ts';
import { jointLook, useJointWords } from './joint-words.ts';
import { OwnMachine } from './OwnMachine.tsx';
import { Protects } from './Protects.tsx';
import '../sandbox.css';
import './joint.css';

const WORDS = words(
  {
    crumb: '沙箱',
    list: '联合计算',
    asked: '查看联合计算',
    by: (name: string, at: string) => `${name} · ${at} 提出`,
    join: '轮到贵方：同意所列约定就在本机运行命令加入，不同意就谢绝',
    waits: (names: string) => `等待${names}加入`,
    running: (step: string, names: string) => `${step}：等待${names}的程序`,
    due: (at: string, left: string) => `，最迟 ${at}（${left}）。`,
    keep: '贵方的程序须一直运行；若已中断，请终止后重新提出。',
    ended: (at: string, why: string) => `${at} 终止：${why}。传送过的内容已清除，没有得出结果。`,
    agreed: '约定',
    kind: '算什么',
    purpose: '使用目的',
    identifier: '标识',
    fields: '指标',
    told: '告知',
    until: '期限',
    receipts: '回执',
    decline: '谢绝',
    declineText: '谢绝后这次联合计算即告终止，各方都会看到理由。',
    end: '终止',
    endText: '立即终止并清除已传送的内容；各方都会看到理由。',
  },
  {
    crumb: 'Sandbox',
    list: 'Joint computations',
    asked: 'see the joint computation',
    by: (name: string, at: string) => `${name} · proposed ${at}`,
    join: 'Your turn: if you agree to what is listed, join by running the command on your machine; if not, decline',
    waits: (names: string) => `Waits for ${names} to join`,
    running: (step: string, names: string) => `${step}: waits for the program of ${names}`,
    due: (at: string, left: string) => `, by ${at} (${left}).`,
    keep: 'Your program must run on; if it broke off, end this and propose it again.',
    ended: (at: string, why: string) => `Ended ${at}: ${why}. What had been passed on is cleared; there is no result.`,
    agreed: 'What is agreed',
    kind: 'Computed',
    purpose: 'Purpose',
    identifier: 'Identifiers',
    fields: 'Figures',
    told: 'Told',
    until: 'Until',
    receipts: 'Receipts',
    decline: 'Decline',
    declineText: 'The computation ends with that, and every party reads why.',
    end: 'End it',
    endText: 'It ends at once and what was passed on is cleared; every party reads why.',
  },
);

const REFETCH_MS = 2_000;

/** One joint computation, for its parties: what is agreed, how to take part, where it stands, what came out. */
export default function JointPage() {
  const t = useWords(WORDS);
  const { sessionId = '' } = useParams();
  const [live, setLive] = useState(true);
  const session = useRead<JointDetail>(`/joint-sessions/${sessionId}`, {}, live ? { refetchMs: REFETCH_MS } : {});
  const goesOn = session.data ? alive(session.data) : true;
  if (live !== goesOn) setLive(goesOn);
  return (
    <>
      <p className="crumbs">
        <Link to="/work/sandbox">{t.crumb}</Link>
        {' / '}
        <Link to="/work/sandbox?part=joint">{t.list}</Link>
      </p>
      {session.data ? null : <h1>{session.error ? t.asked : '　'}</h1>}
      <Loaded of={session} asked={t.asked} lines={10}>
        {(s) => <Session session={s} />}
      </Loaded>
    </>
  );
}

const alive = ({ state }: JointDetail): boolean => state === 'proposed' || state === 'running';

function Session({ session: s }: { readonly session: JointDetail }) {
  const t = useWords(WORDS);
  const say = useJointWords();
  const { note, tell } = useDone();
  const standing = standingOf(s);
  const steps = stepsOf(s.kind);
  const at = steps.indexOf(standing.step);
  const own = s.parties.find((p) => p.own);
  const toJoin = s.state === 'proposed' && own?.joinedAt === null;
  const opener = s.parties.find((p) => p.id === s.openedBy)?.name ?? '';
  return (
    <>
      <title>{s.title}</title>
      {note}
      <div className="head-row">
        <h1>{s.title}</h1>
        <span className={`tag ${jointLook(s.state)}`}>{say.state(s.state)}</span>
      </div>
      <p className="faint">{t.by(opener, dateTime(s.openedAt))}</p>
      <StepsBar
        steps={steps.map((step, i) => ({
          title: say.step(step),
          state: i < at || s.state === 'done' ? 'done' : i > at ? 'next' : s.state === 'ended' ? 'stopped' : 'now',
        }))}
      />
      <Turn session={s} standing={standing} toJoin={toJoin} />
      <div className="columns">
        <div>
          <JointResult session={s} />
          {toJoin ? (
            <>
              <Agreed session={s} />
              <OwnMachine session={s} />
              <End session={s} decline tell={tell} />
            </>
          ) : null}
          <JointParties session={s} />
          {alive(s) && !toJoin ? <End session={s} decline={false} tell={tell} /> : null}
        </div>
        <aside>
          {toJoin ? null : <Agreed session={s} />}
          {s.receipts.length > 0 ? (
            <>
              <h2>{t.receipts}</h2>
              <ReceiptList subject={s.id} receipts={s.receipts} />
            </>
          ) : null}
        </aside>
      </div>
      <Protects choice={choiceOf(s)} />
    </>
  );
}

/** Who must act next and by when, in one sentence. */
function Turn(props: { readonly session: JointDetail; readonly standing: JointStanding; readonly toJoin: boolean }) {
  const t = useWords(WORDS);
  const say = useJointWords();
  const join = useJoin();
  const language = useLanguage();
  const { session: s, standing, toJoin } = props;
  if (s.state === 'ended')
    return <p className="turn over">{t.ended(dateTime(s.endedAt ?? s.until), s.endReason ?? '')}</p>;
  if (s.state === 'done') return null;
  const names = join(standing.waitsFor.map((p) => p.name));
  const what = toJoin ? t.join : s.state === 'proposed' ? t.waits(names) : t.running(say.step(standing.step), names);
  return (
    <p className={`turn ${toJoin ? 'mine' : ''}`}>
      <b>{what}</b>
      {t.due(deadline(s.until, language), fromNow(s.until, language))}
      {toJoin ? null : <span className="block-text">{t.keep}</span>}
    </p>
  );
}

function Agreed({ session: s }: { readonly session: JointDetail }) {
  const t = useWords(WORDS);
  const say = useJointWords();
  const choice = choiceOf(s);
  return (
    <>
      <h2>{t.agreed}</h2>
      <dl className="facts">
        <dt>{t.kind}</dt>
        <dd>
          {say.kind(choice)}
          <small className="faint block">{say.note(choice)}</small>
        </dd>
        <dt>{t.purpose}</dt>
        <dd>{s.purpose}</dd>
        {s.identifier ? (
          <>
            <dt>{t.identifier}</dt>
            <dd>{s.identifier}</dd>
          </>
        ) : null}
        {s.fields ? (
          <>
            <dt>{t.fields}</dt>
            <dd>
              <ul className="sandbox-lines">
                {s.fields.map((f) => (
                  <li key={f}>{f}</li>
                ))}
              </ul>
            </dd>
          </>
        ) : null}
        <dt>{t.until}</dt>
        <dd>{dateTime(s.until)}</dd>
      </dl>
    </>
  );
}

function End(props: { readonly session: JointDetail; readonly decline: boolean; readonly tell: (done: Done) => void }) {
  const t = useWords(WORDS);
  const { session, decline, tell } = props;
  return (
    <p className="work-gap">
      <ActDrawer
        act="joint.end"
        label={decline ? t.decline : t.end}
        explain={decline ? t.declineText : t.endText}
        fixed={{ sessionId: session.id }}
        submit={decline ? t.decline : t.end}
        danger
        tell={tell}
        done={decline ? t.decline : t.end}
      />
    </p>
  );
}
