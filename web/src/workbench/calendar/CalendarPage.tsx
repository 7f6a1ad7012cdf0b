import { type CalendarYear, mayAct } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { spansOf } from './spans.ts';
import './calendar.css';

const WORDS = words(
  {
    title: '放假安排',
    sub: '工作日按国务院办公厅每年的放假通知计算，含调休上班日。没有通知的年份不猜：期限待定，录入后自动补算。',
    asked: '查看放假安排',
    waiting: (n: number, year: number) => `${n} 个期限延伸到 ${year} 年，日期待定；请在通知公布后录入。`,
    record: (year: number) => `录入 ${year} 年放假安排`,
    year: '年份',
    off: '放假',
    on: '调休上班',
    source: '来源',
    shipped: '随平台提供',
    recorded: (source: string, at: string) => `${source}（${at} 录入）`,
    hint: '逐日填写，如 2027-01-01，每填一日按回车；可以一次粘贴多日，用逗号分隔。',
    count: (n: number) => `${n} 天`,
    earlier: '更早的年份',
  },
  {
    title: 'Calendar of working days',
    sub: 'Working days follow the State Council’s yearly holiday notice, make-up days included. A year without notice is not guessed: its clocks get their dates once it is recorded.',
    asked: 'see the calendar',
    waiting: (n: number, year: number) =>
      `${n} ${n === 1 ? 'clock reaches' : 'clocks reach'} into ${year} and ${n === 1 ? 'has' : 'have'} no date yet; record the notice once it is published.`,
    record: (year: number) => `Record ${year}`,
    year: 'Year',
    off: 'Days off',
    on: 'Weekend days worked',
    source: 'Source',
    shipped: 'ships with the platform',
    recorded: (source: string, at: string) => `${source} (recorded ${at})`,
    hint: 'One day each, such as 2027-01-01, Enter after each; several can be pasted at once, separated by commas.',
    count: (n: number) => `${n} days`,
    earlier: 'Earlier years',
  },
);

const RECENT = 3;

interface Calendar {
  readonly items: readonly CalendarYear[];
  readonly undatedClocks: number;
}

export default function CalendarPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const acts = useActs();
  const { note, tell } = useDone();
  const query = useRead<Calendar>('/calendar-years');
  const info = acts?.get('calendar.record-year');
  const next = (query.data?.items[0]?.year ?? 0) + 1;
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <div>
          <h1>{t.title}</h1>
          <p className="sub">{t.sub}</p>
        </div>
        {query.data && me && info && mayAct(info, me.roles) ? (
          <ActDrawer
            act="calendar.record-year"
            label={t.record(next)}
            initial={{ year: next }}
            hints={{ holidays: t.hint, workdays: t.hint }}
            primary={query.data.undatedClocks > 0}
            tell={tell}
          />
        ) : null}
      </div>
      <div className="work-gap">
        {note}
        <Loaded of={query} asked={t.asked} lines={8}>
          {({ items, undatedClocks }) => (
            <>
              {undatedClocks > 0 ? <p className="turn">{t.waiting(undatedClocks, next)}</p> : null}
              <Years years={items.slice(0, RECENT)} />
              <details className="fold">
                <summary>{t.earlier}</summary>
                <Years years={items.slice(RECENT)} />
              </details>
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function Years({ years }: { readonly years: readonly CalendarYear[] }) {
  const t = useWords(WORDS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
    <section className="scroll data-table" aria-label={t.title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.year}</th>
            <th scope="col">{t.off}</th>
            <th scope="col">{t.on}</th>
            <th scope="col">{t.source}</th>
          </tr>
        </thead>
        <tbody>
          {years.map(({ year, holidays, workdays, source, recordedAt }) => (
            <tr key={year}>
              <td>{year}</td>
              <td>
                <Spans days={holidays} /> <small className="faint">{t.count(holidays.length)}</small>
              </td>
              <td>{workdays.length === 0 ? '—' : <Spans days={workdays} />}</td>
              <td className="faint calendar-source">
                {source && recordedAt ? t.recorded(source, day(recordedAt)) : t.shipped}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Each span stays on one line. */
function Spans({ days }: { readonly days: readonly string[] }) {
  return (
    <span className="calendar-spans">
      {spansOf(days).map((span) => (
        <span key={span}>{span}</span>
      ))}
    </span>
  );
}
