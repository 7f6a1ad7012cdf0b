import type { CaseDetail, CaseItem } from '../../api.ts';
import { useJoin, useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { dateTime, deadline } from '../../shared/format.ts';
import { leftWords } from './time-words.ts';

const WORDS = words(
  {
    mine: (what: string) => `轮到贵方：${what}`,
    other: (who: string, what: string) => `等待${who}：${what}`,
    given: (who: string, person: string) => `${who}（${person}）`,
    by: (at: string, left: string) => `，最迟 ${at}${left ? `（${left}）` : ''}。`,
    late: (at: string) => `，期限 ${at} 已过。`,
    unscheduled: '，期限待放假安排公布后确定。',
    paused: '，期限暂停计算。',
    none: '。',
    lateThen: (what: string) => `${what}。`,
    over: '已经办结，没有谁需要再办。',
  },
  {
    mine: (what: string) => `Your turn: ${what}`,
    other: (who: string, what: string) => `Waiting for ${who}: ${what}`,
    given: (who: string, person: string) => `${who} (${person})`,
    by: (at: string, left: string) => `, by ${at}${left ? ` (${left})` : ''}.`,
    late: (at: string) => `; the time ended at ${at}.`,
    unscheduled: '; the date waits for the holiday notice of that year.',
    paused: '; the clock stands still.',
    none: '.',
    lateThen: (what: string) => ` ${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
    over: 'Finished; nobody needs to act.',
  },
);

/** Who a case waits for, by name; the people a party has given it to beside it. */
export function useWaitsFor(): (waiting: NonNullable<CaseItem['waitingFor']>) => string {
  const t = useWords(WORDS);
  const say = useSay();
  const join = useJoin();
  return ({ parties, title }) =>
    parties.length === 0
      ? say(title)
      : join(parties.map((p) => (p.person === null ? p.name : t.given(p.name, p.person))));
}

/** Who must act next and by when, in working days, and what happens when nobody does: one sentence (law 8 of the house). */
export function CaseTurn({ found }: { readonly found: CaseDetail }) {
  const t = useWords(WORDS);
  const say = useSay();
  const waitsFor = useWaitsFor();
  const { waitingFor, dueAt, overdue } = found;
  const until = useUntil(found);
  if (!waitingFor) return <p className="turn over">{t.over}</p>;
  const clock = found.clocks.find((c) => c.state === 'running');
  const look = overdue ? 'late' : waitingFor.mine ? 'mine' : '';
  return (
    <p className={`turn ${look}`} {...(dueAt ? { title: dateTime(dueAt) } : {})}>
      <b>
        {waitingFor.idle
          ? say(waitingFor.what)
          : waitingFor.mine
            ? t.mine(say(waitingFor.what))
            : t.other(waitsFor(waitingFor), say(waitingFor.what))}
      </b>
      {until}
      {clock && !overdue ? t.lateThen(say(clock.whenOver)) : ''}
    </p>
  );
}

function useUntil({ dueAt, left, overdue, clocks }: CaseDetail): string {
  const t = useWords(WORDS);
  const language = useLanguage();
  if (dueAt === null) {
    if (clocks.some((c) => c.unscheduled)) return t.unscheduled;
    return clocks.some((c) => c.state === 'paused') ? t.paused : t.none;
  }
  const at = deadline(dueAt, language);
  return overdue ? t.late(at) : t.by(at, left ? leftWords(left.count, left.unit, language) : '');
}
