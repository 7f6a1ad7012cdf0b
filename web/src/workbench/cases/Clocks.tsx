import type { CaseClock } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { day, deadline, moment } from '../../shared/format.ts';
import { leftWords, span } from './time-words.ts';

const WORDS = words(
  {
    title: '期限',
    running: '计时中',
    paused: '已暂停',
    overdue: '已逾期',
    stopped: '已停止',
    from: (at: string) => `自 ${at} 起`,
    ended: (at: string) => `，${at} 停止`,
    due: (at: string) => `，至 ${at}`,
    pausedSince: (at: string) => `自 ${at} 暂停`,
    reminded: (at: string) => `${at} 已提醒`,
    remind: (at: string) => `${at} 提醒`,
    unscheduled: '该年放假安排尚未公布，期限待定；公布后自动补算。',
    pauses: (n: number) => `曾暂停 ${n} 次`,
  },
  {
    title: 'Clocks',
    running: 'running',
    paused: 'paused',
    overdue: 'overdue',
    stopped: 'stopped',
    from: (at: string) => `from ${at}`,
    ended: (at: string) => `, stopped ${at}`,
    due: (at: string) => ` to ${at}`,
    pausedSince: (at: string) => `paused since ${at}`,
    reminded: (at: string) => `reminded ${at}`,
    remind: (at: string) => `reminder ${at}`,
    unscheduled: 'The holiday notice of that year is not published; the date is set once it is.',
    pauses: (n: number) => `paused ${n} ${n === 1 ? 'time' : 'times'}`,
  },
);

const LOOK = { running: 'good', paused: 'wait', overdue: 'bad', stopped: '' } as const;

/** Clocks of the case, the living ones first. */
export function Clocks({ clocks }: { readonly clocks: readonly CaseClock[] }) {
  const t = useWords(WORDS);
  if (clocks.length === 0) return null;
  const sorted = clocks.toSorted((a, b) => Number(a.state === 'stopped') - Number(b.state === 'stopped'));
  return (
    <>
      <h2>{t.title}</h2>
      <ul className="clocks">
        {sorted.map((clock) => (
          <ClockItem key={`${clock.name}${clock.startedAt}`} clock={clock} />
        ))}
      </ul>
    </>
  );
}

function ClockItem({ clock }: { readonly clock: CaseClock }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { state, unit, count, left, dueAt, remindAt, remindedAt, pauses } = clock;
  const open = pauses.find((p) => p.to === null);
  const leftUnit = unit === 'month' || unit === 'year' ? 'day' : unit;
  return (
    <li className={state === 'stopped' ? 'stopped' : ''}>
      <div className="clock-head">
        <span>
          {say(clock.title)} <span className="faint">{span(count, unit, language)}</span>
        </span>
        <span className={`tag ${LOOK[state]}`}>{t[state]}</span>
      </div>
      <small className="faint block">
        {t.from(day(clock.startedAt))}
        {dueAt ? t.due(deadline(dueAt, language)) : ''}
        {clock.endedAt ? t.ended(day(clock.endedAt)) : ''}
        {left === null ? '' : ` · ${leftWords(left, leftUnit, language)}`}
        {open ? ` · ${t.pausedSince(day(open.from))}` : pauses.length > 0 ? ` · ${t.pauses(pauses.length)}` : ''}
        {remindedAt
          ? ` · ${t.reminded(moment(remindedAt, language))}`
          : remindAt && state === 'running'
            ? ` · ${t.remind(deadline(remindAt, language))}`
            : ''}
      </small>
      {clock.unscheduled ? <small className="block clock-unscheduled">{t.unscheduled}</small> : null}
      {state === 'stopped' ? null : (
        <CitationChip rule={clock.rule} article={clock.citation.zh} citation={clock.citation} />
      )}
    </li>
  );
}
