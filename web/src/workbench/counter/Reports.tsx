import type { PartyRef, Text } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { colon, dateTime, fromNow } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { ActDrawer, useDone } from '../shared/acts.tsx';

const WORDS = words(
  {
    title: '违规举报',
    subject: '举报事项',
    at: '时间',
    by: '举报人',
    anonymous: '匿名',
    contact: '联系方式',
    state: '状态',
    due: '期限',
    handle: '办理',
    none: '没有举报',
    noneText: '任何人都可以在门户举报；收到后出现在这里和您的待办中。',
    verify: '核实属实',
    dismiss: '核实不属实',
    supervise: '督办',
    'call-back': '回访并办结',
    late: '已逾期',
  },
  {
    title: 'Violation reports',
    subject: 'About',
    at: 'Time',
    by: 'Reported by',
    anonymous: 'anonymous',
    contact: 'Contact',
    state: 'State',
    due: 'Due',
    handle: 'Handle',
    none: 'No report',
    noneText: 'Anybody can report on the portal; it shows up here and in your tasks.',
    verify: 'Verified',
    dismiss: 'Unfounded',
    supervise: 'Supervise the remedy',
    'call-back': 'Call back and close',
    late: 'overdue',
  },
);

interface Report {
  readonly id: string;
  readonly subject: string;
  readonly description: string;
  readonly contact: string | null;
  readonly party: PartyRef | null;
  readonly reportedAt: string;
  readonly state: string;
  readonly stateTitle: Text;
  readonly dueAt: string | null;
  readonly version: number;
  readonly steps: readonly {
    readonly decision: string;
    readonly reason: string;
    readonly at: string;
    readonly by: string;
  }[];
  readonly actions: readonly string[];
}

type Decision = 'verify' | 'dismiss' | 'supervise' | 'call-back';

/** The closed loop of a report: verified, supervised, called back. */
export function Reports() {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { note, tell } = useDone();
  const decision = (d: string) => t[d as Decision] ?? d;
  return (
    <div className="work-gap">
      {note}
      <DataTable<Report>
        path="/violation-reports"
        caption={t.title}
        rowKey={(r) => r.id}
        csvName="violation-reports"
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'subject',
            title: t.subject,
            render: (r) => (
              <>
                <b>{r.subject}</b>
                <span className="block-text">{r.description}</span>
                {r.steps.map((s) => (
                  <small key={s.at} className="faint block">
                    {dateTime(s.at)} {s.by} · {decision(s.decision)}
                    {colon(language)}
                    {s.reason}
                  </small>
                ))}
              </>
            ),
            csv: (r) => `${r.subject}：${r.description}`,
          },
          {
            key: 'by',
            title: t.by,
            render: (r) => (
              <>
                {r.party?.name ?? t.anonymous}
                {r.contact ? <small className="faint block">{r.contact}</small> : null}
                <small className="faint block">{dateTime(r.reportedAt)}</small>
              </>
            ),
            csv: (r) => r.party?.name ?? t.anonymous,
          },
          {
            key: 'state',
            title: t.state,
            render: (r) => <span className={`tag ${r.state === 'closed' ? 'good' : 'wait'}`}>{say(r.stateTitle)}</span>,
            csv: (r) => say(r.stateTitle),
          },
          {
            key: 'due',
            title: t.due,
            render: (r) =>
              r.dueAt ? (
                <span title={dateTime(r.dueAt)}>
                  {new Date(r.dueAt).getTime() < Date.now() ? t.late : fromNow(r.dueAt, language)}
                </span>
              ) : (
                '—'
              ),
            csv: (r) => r.dueAt ?? '',
          },
          {
            key: 'acts',
            title: '',
            render: (r) =>
              r.actions.length > 0 ? (
                <ActDrawer
                  act="violation.handle"
                  label={t.handle}
                  title={r.subject}
                  fixed={{ reportId: r.id }}
                  version={r.version}
                  options={{ decision: r.actions.map((a) => ({ value: a, title: decision(a) })) }}
                  {...(r.actions.length === 1 ? { initial: { decision: r.actions[0] } } : {})}
                  tell={tell}
                />
              ) : null,
          },
        ]}
      />
    </div>
  );
}
