import type { Text } from '../api.ts';
import { useLanguage, useSay, useWords, words } from '../app/words.ts';
import { dateTime, deadline, fromNow } from './format.ts';
import './panels.css';

const WORDS = words(
  {
    mine: (what: string) => `轮到贵方：${what}`,
    other: (name: string, what: string) => `等待${name}：${what}`,
    by: (at: string, left: string) => `，最迟 ${at}（${left}）。`,
    late: (at: string, ago: string) => `，期限 ${at} 已过（${ago}）。`,
    noDate: '，没有期限。',
    over: '已经办结，没有谁需要再办。',
    exchange: '交易所',
    system: '系统',
  },
  {
    mine: (what: string) => `Your turn: ${what}`,
    other: (name: string, what: string) => `Waiting for ${name}: ${what}`,
    by: (at: string, left: string) => `, by ${at} (${left}).`,
    late: (at: string, ago: string) => `; due ${at}, overdue (${ago}).`,
    noDate: ', without a deadline.',
    over: 'Finished; nobody needs to act.',
    exchange: 'the exchange',
    system: 'the system',
  },
);

export interface WaitingFor {
  readonly partyId: string | null;
  readonly name: string;
  readonly what: Text;
  readonly dueAt: string | null;
}

/** Parties have names of their own; the exchange and the system are called by the language of the page. */
export function useWaitingName(): (waitingFor: Pick<WaitingFor, 'partyId' | 'name'>) => string {
  const t = useWords(WORDS);
  const ours: Readonly<Record<string, string>> = { 交易所: t.exchange, 系统: t.system };
  return ({ partyId, name }) => (partyId === null ? (ours[name] ?? name) : name);
}

/** Who must act next and by when, in one sentence (law 8 of the house). */
export function TurnBanner({ waitingFor, mine }: { readonly waitingFor: WaitingFor | null; readonly mine: boolean }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const nameOf = useWaitingName();
  if (!waitingFor) return <p className="turn over">{t.over}</p>;
  const { dueAt } = waitingFor;
  const late = dueAt !== null && new Date(dueAt).getTime() < Date.now();
  const until = dueAt === null ? t.noDate : (late ? t.late : t.by)(deadline(dueAt, language), fromNow(dueAt, language));
  return (
    <p className={`turn ${late ? 'late' : mine ? 'mine' : ''}`} {...(dueAt ? { title: dateTime(dueAt) } : {})}>
      <b>{mine ? t.mine(say(waitingFor.what)) : t.other(nameOf(waitingFor), say(waitingFor.what))}</b>
      {until}
    </p>
  );
}
