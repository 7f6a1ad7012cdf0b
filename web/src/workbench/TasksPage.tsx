import { Link } from 'react-router';
import type { Page, Text } from '../api.ts';
import { useLanguage, useSay, useWords, words } from '../app/words.ts';
import { fromNow, moment } from '../shared/format.ts';
import { Empty, Loaded } from '../shared/States.tsx';
import { useMe, useRead } from '../shared/use-api.ts';

const WORDS = words(
  {
    title: '轮到我办',
    asked: '查看待办',
    none: '现在没有等您办理的事',
    noneText: '有事轮到贵方时会出现在这里，按期限先后排列。',
    signIn: '请先登录',
    due: (at: string, left: string) => `最迟 ${at}（${left}）`,
    noDue: '没有期限',
  },
  {
    title: 'My turn',
    asked: 'see my tasks',
    none: 'Nothing waits for you now',
    noneText: 'Whatever becomes your turn shows up here, by due time.',
    signIn: 'Please sign in',
    due: (at: string, left: string) => `by ${at} (${left})`,
    noDue: 'no deadline',
  },
);

interface Task {
  readonly subject: string;
  readonly kind: string;
  readonly title: Text | string;
  readonly what: Text;
  readonly dueAt: string | null;
}

/** Where a task's subject has its page. */
function addressOf(task: Task): string {
  const [prefix] = task.subject.split('_');
  const folder: Readonly<Record<string, string>> = { ord: 'orders', prd: 'products', asm: 'assessments', pty: 'parties', dmd: 'demands' };
  return `/workbench/${folder[prefix ?? ''] ?? task.kind}/${task.subject}`;
}

export default function TasksPage() {
  const t = useWords(WORDS);
  const me = useMe();
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      {me ? <Tasks /> : me === null ? <Link to="/sign-in?next=/workbench">{t.signIn}</Link> : null}
    </>
  );
}

function Tasks() {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const query = useRead<Page<Task>>('/tasks', { limit: 100 });
  return (
    <Loaded of={query} asked={t.asked}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t.none}>{t.noneText}</Empty>
        ) : (
          <ul className="plain-list">
            {items.map((task) => (
              <li key={`${task.subject}${task.what.en}`}>
                <Link to={addressOf(task)}>{typeof task.title === 'string' ? task.title : say(task.title)}</Link>
                <small className="faint">
                  {say(task.what)} · {task.dueAt ? t.due(moment(task.dueAt, language), fromNow(task.dueAt, language)) : t.noDue}
                </small>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
