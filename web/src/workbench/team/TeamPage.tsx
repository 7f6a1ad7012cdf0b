import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Page } from '../../api.ts';
import { mayAct } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day, lastDay } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { holdsAny, MANAGERS } from '../roles.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { SecretOnce } from '../shared/SecretOnce.tsx';
import { Tabs } from '../shared/Tabs.tsx';
import { People } from './People.tsx';

const WORDS = words(
  {
    title: '人员与安全',
    mine: '我的账号',
    people: '人员',
    keys: '接口密钥',
    sessions: '登录会话',
    log: '登录日志',
    login: '登录名',
    name: '姓名',
    party: '单位',
    roles: '角色',
    factor: '动态口令',
    factorOn: '已启用',
    factorOff: '未启用',
    factorShown: '本次登录已验证',
    setUp: '启用动态口令',
    show: '验证动态口令',
    password: '修改口令',
    passwordText: '修改后，其他设备上的登录全部失效。',
    erasure: '申请删除我的个人信息',
    erasureText:
      '由本单位管理员或安全管理员在三十日内答复。删除后账号不能恢复；回执与合约的证明不受影响。经办过交易的，须满法定保存期。',
    erasureOpen: (until: string) => `删除请求已提交，最迟 ${until} 答复`,
    erasureDeclined: (why: string) => `删除请求未获同意：${why}`,
    use: '用途',
    state: '状态',
    scopes: '可办理的业务',
    all: '全部',
    scopesHint: '不选为全部；选了的之外一概不能办。只让程序做它要做的事更安全。',
    readAll: '全部查询',
    created: '创建',
    expires: '到期',
    used: '最近使用',
    never: '从未',
    revoke: '撤销',
    sureRevoke: '撤销后使用这把密钥的程序立即不能再办理业务，不能恢复。',
    createKey: '创建密钥',
    createKeyText: '供程序调用接口；权限不超过您本人，可限定业务并设有效期。密钥只显示一次。',
    keyOnce: '请立即保存这把密钥，关闭后不再显示：',
    noKeys: '还没有接口密钥',
    noKeysText: '需要用程序办理业务时再创建。',
    opened: '登录时间',
    seen: '最近活动',
    address: '地址',
    device: '设备',
    here: '当前',
    end: '结束',
    outcome: '结果',
    at: '时间',
    method: '方式',
    noLog: '没有记录',
  },
  {
    title: 'People and security',
    mine: 'My account',
    people: 'People',
    keys: 'API keys',
    sessions: 'Sessions',
    log: 'Sign-in log',
    login: 'Login',
    name: 'Name',
    party: 'Party',
    roles: 'Roles',
    factor: 'One-time codes',
    factorOn: 'set up',
    factorOff: 'not set up',
    factorShown: 'shown in this session',
    setUp: 'Set up one-time codes',
    show: 'Show a one-time code',
    password: 'Change the password',
    passwordText: 'All sessions on other devices end.',
    erasure: 'Ask for my data to be erased',
    erasureText:
      'Your administrator or the security administrator answers within thirty days. The account does not come back; receipts and contracts stay provable. Whoever handled trades waits until the time the law keeps their records is over.',
    erasureOpen: (until: string) => `Your request for erasure is answered by ${until}`,
    erasureDeclined: (why: string) => `Your request for erasure was declined: ${why}`,
    use: 'For',
    state: 'State',
    scopes: 'May do',
    all: 'everything',
    scopesHint: 'None chosen means everything; otherwise nothing else. Let a program do only what it is for.',
    readAll: 'Every read',
    created: 'Created',
    expires: 'Ends',
    used: 'Last used',
    never: 'never',
    revoke: 'Revoke',
    sureRevoke: 'Programs that use this key can do nothing more from now on; it does not come back.',
    createKey: 'Create a key',
    createKeyText:
      'For programs that call the API; it can do no more than you, may be limited to some acts, and ends by itself. It is shown once.',
    keyOnce: 'Save this key now; it will not be shown again:',
    noKeys: 'No API key',
    noKeysText: 'Create one when a program needs to act for you.',
    opened: 'Opened',
    seen: 'Last seen',
    address: 'Address',
    device: 'Device',
    here: 'this one',
    end: 'End',
    outcome: 'Outcome',
    at: 'Time',
    method: 'Way',
    noLog: 'No record',
  },
);

export default function TeamPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  const part = search.get('part') ?? '';
  const manages = holdsAny(me?.roles ?? [], MANAGERS);
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <Tabs
        parts={[
          ['', t.mine],
          ...(manages ? ([['people', t.people]] as const) : []),
          ['keys', t.keys],
          ['sessions', t.sessions],
          ['log', t.log],
        ]}
      />
      {part === 'people' && manages ? (
        <People />
      ) : part === 'keys' ? (
        <Keys />
      ) : part === 'sessions' ? (
        <Sessions />
      ) : part === 'log' ? (
        <SignIns />
      ) : (
        <Mine />
      )}
    </>
  );
}

function Mine() {
  const t = useWords(WORDS);
  const term = useTerm();
  const me = useMe();
  const { note, tell } = useDone();
  const requests = useRead<Page<MyErasure>>('/erasure-requests', { limit: 100 });
  if (!me) return null;
  const erasure = requests.data?.items.find((r) => r.mine);
  const enrolled = me.person.secondFactorEnrolled;
  return (
    <div className="form-narrow work-gap">
      {note}
      <dl className="facts">
        <dt>{t.name}</dt>
        <dd>{me.person.displayName}</dd>
        <dt>{t.login}</dt>
        <dd>{me.person.login}</dd>
        <dt>{t.party}</dt>
        <dd>{me.party?.name}</dd>
        <dt>{t.roles}</dt>
        <dd>
          <span className="tags">
            {me.roles.map((r) => (
              <span key={r} className="tag">
                {term(r)}
              </span>
            ))}
          </span>
        </dd>
        <dt>{t.factor}</dt>
        <dd>
          <span className={`tag ${enrolled ? 'good' : ''}`}>{enrolled ? t.factorOn : t.factorOff}</span>{' '}
          {me.secondFactor ? <small className="faint">{t.factorShown}</small> : null}
        </dd>
      </dl>
      <div className="buttons work-gap">
        {me.secondFactor ? null : (
          <Link className="button" to="/second-factor?next=/work/team">
            {enrolled ? t.show : t.setUp}
          </Link>
        )}
        <ActDrawer act="access.change-password" label={t.password} explain={t.passwordText} tell={tell} />
        {erasure?.state === 'open' ? null : (
          <ActDrawer quiet act="access.request-erasure" label={t.erasure} explain={t.erasureText} tell={tell} />
        )}
      </div>
      {erasure?.state === 'open' ? <p className="faint">{t.erasureOpen(lastDay(erasure.dueAt))}</p> : null}
      {erasure?.state === 'declined' ? <p>{t.erasureDeclined(erasure.answer ?? '')}</p> : null}
    </div>
  );
}

interface MyErasure {
  readonly mine: boolean;
  readonly state: 'open' | 'done' | 'declined';
  readonly dueAt: string;
  readonly answer: string | null;
}

interface Key {
  readonly id: string;
  readonly title: string;
  readonly scopes: readonly string[] | null;
  readonly state: 'living' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedDay: string | null;
}

/** What a key may be narrowed to: every read, and each act the person may do. */
function useScopes() {
  const t = useWords(WORDS);
  const language = useLanguage();
  const me = useMe();
  const acts = [...(useActs()?.values() ?? [])].filter(
    (a) => !a.name.startsWith('access.') && mayAct(a, me?.roles ?? null),
  );
  return [
    { value: 'read.*', title: `${t.readAll} (read.*)` },
    ...acts.map((a) => ({ value: a.name, title: `${a.title[language]} (${a.name})` })),
  ];
}

function Keys() {
  const t = useWords(WORDS);
  const term = useTerm();
  const { note, tell } = useDone();
  const [made, setMade] = useState<string | null>(null);
  return (
    <div className="work-gap">
      {note}
      {made ? <SecretOnce says={t.keyOnce} secret={made} onClose={() => setMade(null)} /> : null}
      <ActDrawer<{ key?: string }>
        act="access.create-key"
        label={t.createKey}
        explain={t.createKeyText}
        initial={{ validDays: 90 }}
        options={{ scopes: useScopes() }}
        titles={{ scopes: t.scopes }}
        hints={{ scopes: t.scopesHint }}
        primary
        tell={tell}
        onDone={({ result }) => setMade(result.key ?? null)}
      />
      <DataTable<Key>
        path="/keys"
        caption={t.keys}
        rowKey={(k) => k.id}
        empty={<Empty title={t.noKeys}>{t.noKeysText}</Empty>}
        columns={[
          { key: 'title', title: t.use, render: (k) => k.title },
          { key: 'scopes', title: t.scopes, render: (k) => (k.scopes ? <code>{k.scopes.join(' ')}</code> : t.all) },
          {
            key: 'state',
            title: t.state,
            render: (k) => <span className={`tag ${k.state === 'living' ? 'good' : ''}`}>{term(k.state)}</span>,
          },
          { key: 'created', title: t.created, render: (k) => day(k.createdAt) },
          { key: 'expires', title: t.expires, render: (k) => day(k.expiresAt) },
          { key: 'used', title: t.used, render: (k) => k.lastUsedDay ?? t.never },
          {
            key: 'end',
            title: '',
            render: (k) =>
              k.state === 'living' ? (
                <ActButton
                  act="access.revoke-key"
                  input={{ keyId: k.id }}
                  label={t.revoke}
                  confirm={t.sureRevoke}
                  tell={tell}
                />
              ) : null,
          },
        ]}
      />
    </div>
  );
}

interface Session {
  readonly id: string;
  readonly current: boolean;
  readonly method: string;
  readonly secondFactor: boolean;
  readonly address: string | null;
  readonly agent: string | null;
  readonly openedAt: string;
  readonly lastSeenAt: string;
}

/** `Mozilla/5.0 (X11; Linux x86_64) … Chrome/130.0 Safari/537.36` → `Chrome 130 · Linux`. */
function deviceOf(agent: string | null): string {
  if (!agent) return '—';
  const browser = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(agent);
  const system = /(Windows|Macintosh|Android|iPhone|iPad|Linux)/.exec(agent)?.[1];
  return [browser ? `${browser[1]} ${browser[2]}` : agent.slice(0, 40), system].filter(Boolean).join(' · ');
}

function Sessions() {
  const t = useWords(WORDS);
  const { note, tell } = useDone();
  return (
    <div className="work-gap">
      {note}
      <DataTable<Session>
        path="/sessions"
        caption={t.sessions}
        rowKey={(s) => s.id}
        empty={<Empty title={t.noLog} />}
        columns={[
          {
            key: 'device',
            title: t.device,
            render: (s) => (
              <span title={s.agent ?? ''}>
                {deviceOf(s.agent)} {s.current ? <span className="tag good">{t.here}</span> : null}
              </span>
            ),
          },
          { key: 'address', title: t.address, render: (s) => s.address ?? '—' },
          { key: 'opened', title: t.opened, render: (s) => dateTime(s.openedAt) },
          { key: 'seen', title: t.seen, render: (s) => dateTime(s.lastSeenAt) },
          { key: 'factor', title: t.factor, render: (s) => (s.secondFactor ? t.factorOn : '—') },
          {
            key: 'end',
            title: '',
            render: (s) =>
              s.current ? null : (
                <ActButton act="access.end-session" input={{ sessionId: s.id }} label={t.end} tell={tell} />
              ),
          },
        ]}
      />
    </div>
  );
}

interface SignIn {
  readonly id: string;
  readonly at: string;
  readonly login: string | null;
  readonly address: string | null;
  readonly method: string;
  readonly outcome: string;
}

const METHODS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  password: { zh: '口令', en: 'password' },
  oidc: { zh: '统一身份认证', en: 'identity provider' },
  'second-factor': { zh: '动态口令', en: 'one-time code' },
  administrator: { zh: '管理员', en: 'administrator' },
};

const OUTCOMES: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  opened: { zh: '登录成功', en: 'signed in' },
  'wrong-password': { zh: '口令不正确', en: 'wrong password' },
  'wrong-code': { zh: '动态口令不正确', en: 'wrong code' },
  'code-missing': { zh: '等待动态口令', en: 'code asked for' },
  closed: { zh: '账号已停用', en: 'disabled' },
  locked: { zh: '账号锁定中', en: 'locked' },
  unknown: { zh: '没有此登录名', en: 'no such login' },
  unlocked: { zh: '管理员解除锁定', en: 'unlocked by an administrator' },
};

function SignIns() {
  const t = useWords(WORDS);
  const language = useLanguage();
  return (
    <div className="work-gap">
      <DataTable<SignIn>
        path="/sign-ins"
        caption={t.log}
        rowKey={(s) => s.id}
        csvName="sign-ins"
        empty={<Empty title={t.noLog} />}
        columns={[
          { key: 'at', title: t.at, render: (s) => dateTime(s.at), csv: (s) => s.at },
          { key: 'login', title: t.login, render: (s) => s.login ?? '—', csv: (s) => s.login ?? '' },
          { key: 'address', title: t.address, render: (s) => s.address ?? '—', csv: (s) => s.address ?? '' },
          {
            key: 'method',
            title: t.method,
            render: (s) => METHODS[s.method]?.[language] ?? s.method,
            csv: (s) => s.method,
          },
          {
            key: 'outcome',
            title: t.outcome,
            render: (s) => OUTCOMES[s.outcome]?.[language] ?? s.outcome,
            csv: (s) => s.outcome,
          },
        ]}
      />
    </div>
  );
}
