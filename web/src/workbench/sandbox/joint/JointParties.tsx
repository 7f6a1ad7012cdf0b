import type { JointDetail, JointParty } from '../../../api.ts';
import { useWords, words } from '../../../app/words.ts';
import { dateTime, number } from '../../../shared/format.ts';
import { type JointStep, progressOf, stepsOf } from './joint-model.ts';
import { useJointWords } from './joint-words.ts';

const WORDS = words(
  {
    title: '参加方',
    own: '贵方',
    joined: '加入',
    notJoined: '未加入',
    size: (n: string) => `${n} 个标识`,
    at: (at: string) => `${at} 加入`,
    given: '已提交',
    notGiven: '未提交',
    of: (sent: string, all: string) => `${sent} / ${all}`,
  },
  {
    title: 'Parties',
    own: 'yours',
    joined: 'Joined',
    notJoined: 'not yet',
    size: (n: string) => `${n} identifiers`,
    at: (at: string) => `joined ${at}`,
    given: 'handed in',
    notGiven: 'not yet',
    of: (sent: string, all: string) => `${sent} / ${all}`,
  },
);

/** Each party with its ground, and how far its program is. */
export function JointParties({ session: s }: { readonly session: JointDetail }) {
  const t = useWords(WORDS);
  const say = useJointWords();
  return (
    <>
      <h2>{t.title}</h2>
      <ul className="line-list">
        {s.parties.map((p) => (
          <li key={p.id} className="joint-party">
            <div>
              <b>{p.name}</b> {p.own ? <span className="tag">{t.own}</span> : null}
              {p.joinedAt ? (
                <small className="faint block">
                  {t.at(dateTime(p.joinedAt))}
                  {p.ground ? ` · ${say.ground(p.ground)}` : ''}
                  {p.size === null ? '' : ` · ${t.size(number(p.size))}`}
                </small>
              ) : (
                <small className="block">{t.notJoined}</small>
              )}
            </div>
            {s.state === 'running' ? <Sending session={s} party={p} /> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Sending({ session: s, party }: { readonly session: JointDetail; readonly party: JointParty }) {
  const t = useWords(WORDS);
  if (s.kind === 'sum')
    return (
      <span className={`tag ${party.contributed ? 'good' : 'wait'}`}>{party.contributed ? t.given : t.notGiven}</span>
    );
  return (
    <div className="budget-bars">
      {stepsOf(s.kind).map((step) => (
        <Bar key={step} step={step} session={s} party={party} />
      ))}
    </div>
  );
}

function Bar(props: { readonly step: JointStep; readonly session: JointDetail; readonly party: JointParty }) {
  const t = useWords(WORDS);
  const say = useJointWords();
  const { step, session, party } = props;
  const done = progressOf(step, party, session.parties);
  if (!done) return null;
  return (
    <div className="budget-bar small">
      <span>{say.step(step)}</span>
      <span>{t.of(number(done.sent), number(done.of))}</span>
      <progress value={done.sent} max={done.of} aria-label={`${party.name} ${say.step(step)}`} />
    </div>
  );
}
