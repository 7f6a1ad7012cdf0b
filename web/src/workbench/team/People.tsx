import { useState } from 'react';
import type { Page } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, lastDay } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { SecretOnce } from '../shared/SecretOnce.tsx';

const WORDS = words(
  {
    invite: '开立账号',
    loginHint: '3 至 64 个字符：文字、数字和 . _ @ + -，以文字或数字开头；全平台唯一',
    rolesHint: '不超过本单位的角色；单位管理员可以管理人员账号',
    inviteText: '系统生成初始口令，只显示一次，请当面或用安全方式交给本人，首次登录后修改。',
    passwordOnce: (name: string) => `${name} 的初始口令，请立即转交本人，关闭后不再显示：`,
    search: '搜索姓名或登录名',
    name: '姓名',
    login: '登录名',
    roles: '角色',
    state: '状态',
    factor: '动态口令',
    seen: '最近登录',
    never: '从未',
    setRoles: '角色',
    disable: '停用',
    enable: '启用',
    unlock: '解锁',
    resetPassword: '重置口令',
    resetFactor: '重置动态口令',
    title: '人员',
    more: '办理',
    none: '没有人员',
    own: '本人',
    sureDisable: (name: string) => `停用后，${name}的登录和接口密钥立即失效，之后可以重新启用。`,
    sureReset: (name: string) => `${name}现在的口令和登录立即失效，系统生成的新口令只显示一次。`,
    erase: '删除个人信息',
    eraseText: (name: string) =>
      `删除 ${name} 的账号和能识别本人的一切文字，不能恢复。回执和合约的证明不受影响，只留下无法识别个人的编号；经办过交易的，须满法定保存期。`,
    erasedDone: (openings: number, texts: number) => `已删除：清空 ${openings} 条记录的开示，更正 ${texts} 处文字。`,
    erasedKept: (kept: number, until: string) => `另有 ${kept} 处交易记录依法保存，最迟至 ${until}。`,
    decline: '不予删除',
    asked: '请求删除个人信息',
    askedBy: (day: string) => `最迟 ${day} 答复`,
    sureFactor: (name: string) => `${name}须在下次登录时重新启用动态口令。请先当面或电话核实本人。`,
  },
  {
    invite: 'Open an account',
    loginHint: '3 to 64 letters, digits and . _ @ + -, beginning with a letter or digit; one on the whole platform',
    rolesHint: 'Within the roles of your party; a party administrator manages its people',
    inviteText:
      'The system makes a first password and shows it once; hand it over in person or by safe means, to be changed at the first sign-in.',
    passwordOnce: (name: string) => `First password of ${name}; pass it on now, it will not be shown again:`,
    search: 'Search names and logins',
    name: 'Name',
    login: 'Login',
    roles: 'Roles',
    state: 'State',
    factor: 'One-time codes',
    seen: 'Last sign-in',
    never: 'never',
    setRoles: 'Roles',
    disable: 'Disable',
    enable: 'Enable',
    unlock: 'Unlock',
    resetPassword: 'Reset password',
    resetFactor: 'Reset one-time codes',
    title: 'People',
    more: 'Manage',
    none: 'Nobody',
    own: 'you',
    sureDisable: (name: string) => `Sessions and keys of ${name} end at once; the account can be enabled again.`,
    sureReset: (name: string) => `The password and the sessions of ${name} end at once; the new one is shown once.`,
    erase: 'Erase data',
    eraseText: (name: string) =>
      `Removes the account of ${name} and every word that names them; it cannot be undone. Receipts and contracts stay provable and keep an id of nobody. Whoever handled trades stays until the time the law keeps their records is over.`,
    erasedDone: (openings: number, texts: number) =>
      `Erased: openings of ${openings} entries emptied, ${texts} texts changed.`,
    erasedKept: (kept: number, until: string) =>
      `${kept} records of trades stay as the law asks, until ${until} at the latest.`,
    decline: 'Decline to erase',
    asked: 'asks for erasure',
    askedBy: (day: string) => `answer by ${day}`,
    sureFactor: (name: string) =>
      `${name} sets up one-time codes anew at the next sign-in. Make sure first who is asking.`,
  },
);

interface Person {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly partyId: string;
  readonly partyName: string;
  readonly roles: readonly string[];
  readonly personalRoles: readonly string[];
  readonly state: 'active' | 'locked' | 'disabled' | 'erased';
  readonly secondFactor: boolean;
  readonly lastSignInAt: string | null;
}

interface ErasureRequest {
  readonly personId: string;
  readonly dueAt: string;
}

interface Erased {
  readonly openings: number;
  readonly texts: number;
  readonly kept: number;
  readonly keptUntil: string | null;
}

const PERSONAL = ['party-admin', 'settlement-officer', 'system-admin', 'security-admin', 'audit-admin'];

const TONES: Readonly<Record<Person['state'], string>> = { active: 'good', locked: 'bad', disabled: 'bad', erased: '' };

interface Made {
  readonly name: string;
  readonly password: string;
}

/** The party's people: accounts, roles, locks. The platform keeps apart what one person may not hold together. */
export function People() {
  const t = useWords(WORDS);
  const term = useTerm();
  const me = useMe();
  const { note, tell } = useDone();
  const [made, setMade] = useState<Made | null>(null);
  const requests = useRead<Page<ErasureRequest>>('/erasure-requests', { state: 'open', limit: 100 });
  const exchange = me?.party?.roles.includes('exchange') ?? false;
  const roles = [...(me?.party?.roles ?? []), ...(exchange ? PERSONAL : ['party-admin'])].map((r) => ({
    value: r,
    title: term(r),
  }));
  return (
    <div className="work-gap">
      {note}
      {made ? (
        <SecretOnce says={t.passwordOnce(made.name)} secret={made.password} onClose={() => setMade(null)} />
      ) : null}
      <ActDrawer<{ initialPassword?: string }>
        act="access.invite-person"
        label={t.invite}
        explain={t.inviteText}
        hide={['partyId']}
        options={{ roles }}
        primary
        tell={tell}
        hints={{ login: t.loginHint, roles: t.rolesHint }}
        onDone={({ result }, input) =>
          result.initialPassword
            ? setMade({ name: `${input.displayName} (${input.login})`, password: result.initialPassword })
            : undefined
        }
      />
      <DataTable<Person>
        path="/people"
        caption={t.title}
        rowKey={(p) => p.id}
        csvName="people"
        filters={[{ name: 'q', kind: 'search', label: t.search }]}
        empty={<Empty title={t.none} />}
        columns={[
          {
            key: 'name',
            title: t.name,
            render: (p) => (
              <>
                {p.displayName} {p.id === me?.person.id ? <span className="tag">{t.own}</span> : null}
                <small className="faint block">{p.login}</small>
              </>
            ),
            csv: (p) => `${p.displayName} (${p.login})`,
          },
          {
            key: 'roles',
            title: t.roles,
            render: (p) => (
              <span className="tags">
                {[...p.roles, ...p.personalRoles].map((r) => (
                  <span key={r} className="tag">
                    {term(r)}
                  </span>
                ))}
              </span>
            ),
            csv: (p) => [...p.roles, ...p.personalRoles].map(term).join(' '),
          },
          {
            key: 'state',
            title: t.state,
            render: (p) => {
              const asked = requests.data?.items.find((r) => r.personId === p.id);
              return (
                <>
                  <span className={`tag ${TONES[p.state]}`}>{term(p.state)}</span>
                  {asked ? (
                    <small className="block">
                      {t.asked} · {t.askedBy(lastDay(asked.dueAt))}
                    </small>
                  ) : null}
                </>
              );
            },
            csv: (p) => term(p.state),
          },
          {
            key: 'factor',
            title: t.factor,
            render: (p) => (p.secondFactor ? '✓' : '—'),
            csv: (p) => String(p.secondFactor),
          },
          {
            key: 'seen',
            title: t.seen,
            render: (p) => (p.lastSignInAt ? dateTime(p.lastSignInAt) : t.never),
            csv: (p) => p.lastSignInAt ?? '',
          },
          {
            key: 'acts',
            title: t.more,
            render: (p) =>
              p.id === me?.person.id || p.state === 'erased' ? null : (
                <PersonActs
                  person={p}
                  roles={
                    p.partyId === me?.party?.id
                      ? roles
                      : [...new Set([...p.roles, 'party-admin'])].map((r) => ({ value: r, title: term(r) }))
                  }
                  tell={tell}
                  erasureAsked={requests.data?.items.some((r) => r.personId === p.id) ?? false}
                  onPassword={setMade}
                />
              ),
          },
        ]}
      />
    </div>
  );
}

function PersonActs(props: {
  readonly person: Person;
  readonly roles: readonly { readonly value: string; readonly title: string }[];
  readonly tell: ReturnType<typeof useDone>['tell'];
  readonly erasureAsked: boolean;
  readonly onPassword: (made: Made) => void;
}) {
  const t = useWords(WORDS);
  const { person: p, tell } = props;
  const input = { personId: p.id };
  return (
    <div className="buttons person-acts">
      <ActDrawer
        quiet
        act="access.set-roles"
        label={t.setRoles}
        title={`${p.displayName} · ${t.setRoles}`}
        fixed={input}
        initial={{ roles: [...p.roles, ...p.personalRoles] }}
        options={{ roles: props.roles }}
        tell={tell}
      />
      {p.state === 'disabled' ? (
        <ActButton act="access.enable-person" input={input} label={t.enable} tell={tell} />
      ) : (
        <ActButton
          act="access.disable-person"
          input={input}
          label={t.disable}
          confirm={t.sureDisable(p.displayName)}
          tell={tell}
        />
      )}
      {p.state === 'locked' ? (
        <ActButton act="access.unlock-person" input={input} label={t.unlock} tell={tell} />
      ) : null}
      <ActButton<{ initialPassword?: string }>
        act="access.reset-password"
        input={input}
        label={t.resetPassword}
        confirm={t.sureReset(p.displayName)}
        tell={tell}
        onDone={({ result }) =>
          result.initialPassword
            ? props.onPassword({ name: p.displayName, password: result.initialPassword })
            : undefined
        }
      />
      {p.secondFactor ? (
        <ActButton
          act="access.reset-second-factor"
          input={input}
          label={t.resetFactor}
          confirm={t.sureFactor(p.displayName)}
          tell={tell}
        />
      ) : null}
      <ActDrawer<Erased>
        quiet
        act="access.erase-person"
        label={t.erase}
        title={`${p.displayName} · ${t.erase}`}
        explain={t.eraseText(p.displayName)}
        fixed={input}
        onDone={({ result, receipt }) =>
          tell({
            title: [
              t.erasedDone(result.openings, result.texts),
              ...(result.keptUntil ? [t.erasedKept(result.kept, result.keptUntil)] : []),
            ].join(' '),
            receiptId: receipt.id,
          })
        }
      />
      {props.erasureAsked ? (
        <ActDrawer
          quiet
          act="access.decline-erasure"
          label={t.decline}
          title={`${p.displayName} · ${t.decline}`}
          fixed={input}
          tell={tell}
        />
      ) : null}
    </div>
  );
}
