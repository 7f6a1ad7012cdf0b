import { Link } from 'react-router';
import type { Me, Page } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { dateTime, deadline, fromNow } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { leftWords } from '../cases/time-words.ts';
import { mayOpen } from '../roles.ts';
import type { Task } from '../types.ts';
import { addressOfTask } from './task-address.ts';

const WORDS = words(
  {
    title: '轮到我办',
    greeting: (name: string, party: string) => `${name} · ${party}`,
    asked: '查看待办',
    none: '现在没有等您办理的事',
    noneText: '有事轮到贵方时会出现在这里，按期限先后排列。',
    noDue: '没有确定的期限',
    by: (at: string) => `最迟 ${at}`,
    late: '已逾期',
    shortcuts: '常用',
    cases: '办理事项',
    casesText: '贵方参与的每一件，进展、期限和材料',
    register: '登记数据资源',
    registerText: '上传自己的数据，描述、分级后登记，得到回执',
    draft: '起草数据产品',
    draftText: '从登记或获授权的资源加工成产品',
    market: '去市场看产品',
    marketText: '按用途找数据，看样例、质量和价格',
    demand: '发布数据需求',
    demandText: '找不到合适的产品？让供方来找您',
    orders: '我的订单',
    ordersText: '签约、付款、交付、验收、清算',
    account: '资金账户',
    accountText: '余额、明细、出金',
    assessments: '评估任务',
    assessmentsText: '查看指标，填写清单，出具意见',
    counter: '柜台',
    counterText: '入驻、入金、出金、争议、举报',
    cockpit: '监管台',
    cockpitText: '预警、被拒绝的办理、产品与单位',
    receipts: '回执与凭证',
    receiptsText: '贵方参与的每一次办理，都可离线核验',
    team: '人员与安全',
    teamText: '账号、角色、密钥、会话、动态口令',
  },
  {
    title: 'My turn',
    greeting: (name: string, party: string) => `${name} · ${party}`,
    asked: 'see my tasks',
    none: 'Nothing waits for you now',
    noneText: 'Whatever becomes your turn shows up here, by due time.',
    noDue: 'no date set',
    by: (at: string) => `by ${at}`,
    late: 'overdue',
    shortcuts: 'Shortcuts',
    cases: 'Cases',
    casesText: 'Everything your party takes part in: where it stands, clocks, documents',
    register: 'Register a resource',
    registerText: 'Upload your own data, describe and grade it, get a receipt',
    draft: 'Draft a product',
    draftText: 'Make a product from resources you hold or may use',
    market: 'Look at the market',
    marketText: 'Find data for your purpose: sample, quality, price',
    demand: 'Publish a demand',
    demandText: 'Nothing fits? Let suppliers find you',
    orders: 'My orders',
    ordersText: 'Sign, pay, deliver, accept, clear',
    account: 'Money',
    accountText: 'Balance, statement, withdrawals',
    assessments: 'Assessments',
    assessmentsText: 'See the indicators, fill in the checklist, issue the opinion',
    counter: 'Counter',
    counterText: 'Admissions, deposits, withdrawals, disputes, reports',
    cockpit: 'Supervision',
    cockpitText: 'Alerts, refusals, products and parties',
    receipts: 'Receipts and certificates',
    receiptsText: 'Every act your party took part in, verifiable offline',
    team: 'People and security',
    teamText: 'Accounts, roles, keys, sessions, one-time codes',
  },
);

const SOON_MS = 2 * 86_400_000;

export default function HomePage() {
  const t = useWords(WORDS);
  const me = useMe();
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      {me ? (
        <>
          <p className="sub">{t.greeting(me.person.displayName, me.party?.name ?? '')}</p>
          <div className="columns work-gap">
            <div>
              <Tasks />
            </div>
            <aside>
              <h2>{t.shortcuts}</h2>
              <Shortcuts me={me} />
            </aside>
          </div>
        </>
      ) : null}
    </>
  );
}

function Tasks() {
  const t = useWords(WORDS);
  const query = useRead<Page<Task>>('/tasks', { limit: 100 }, { refetchMs: 20_000 });
  return (
    <Loaded of={query} asked={t.asked} lines={6}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t.none}>{t.noneText}</Empty>
        ) : (
          <ul className="task-list">
            {items.map((task) => (
              <TaskItem key={`${task.subject}${task.what.en}`} task={task} />
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function TaskItem({ task }: { readonly task: Task }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const left = task.dueAt === null ? null : new Date(task.dueAt).getTime() - Date.now();
  return (
    <li>
      <Link to={addressOfTask(task)}>{say(task.what)}</Link>
      <p>{typeof task.title === 'string' ? task.title : say(task.title)}</p>
      {task.dueAt === null || left === null ? (
        <span className="due">
          <small>{t.noDue}</small>
        </span>
      ) : (
        <span className={`due ${left < 0 ? 'late' : left < SOON_MS ? 'soon' : ''}`} title={dateTime(task.dueAt)}>
          {left < 0
            ? t.late
            : task.left
              ? leftWords(task.left.count, task.left.unit, language)
              : fromNow(task.dueAt, language)}
          <small>{t.by(deadline(task.dueAt, language))}</small>
        </span>
      )}
    </li>
  );
}

function Shortcuts({ me }: { readonly me: Me }) {
  const t = useWords(WORDS);
  const { roles } = me;
  const buys = roles.includes('buyer');
  const links = [
    ['/work/cases', t.cases, t.casesText, true],
    ['/work/counter', t.counter, t.counterText, mayOpen.counter(roles)],
    ['/work/cockpit', t.cockpit, t.cockpitText, mayOpen.cockpit(roles)],
    ['/work/resources/new', t.register, t.registerText, mayOpen.resources(roles)],
    ['/work/products/new', t.draft, t.draftText, mayOpen.products(roles)],
    ['/products', t.market, t.marketText, buys],
    ['/work/demands', t.demand, t.demandText, buys],
    ['/work/assessments', t.assessments, t.assessmentsText, roles.some((r) => r.endsWith('-assessor'))],
    ['/work/orders', t.orders, t.ordersText, mayOpen.orders(roles)],
    ['/work/account', t.account, t.accountText, mayOpen.account(roles)],
    ['/work/receipts', t.receipts, t.receiptsText, true],
    ['/work/team', t.team, t.teamText, roles.some((r) => r.endsWith('-admin'))],
  ] as const;
  return (
    <ul className="shortcuts">
      {links
        .filter(([, , , open]) => open)
        .map(([to, title, text]) => (
          <li key={to}>
            <Link to={to}>
              {title}
              <small>{text}</small>
            </Link>
          </li>
        ))}
    </ul>
  );
}
