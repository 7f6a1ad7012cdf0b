import { useState } from 'react';
import { useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { SecretOnce } from '../shared/SecretOnce.tsx';

const WORDS = words(
  {
    title: '通知设置',
    asked: '查看通知设置',
    mail: '邮件',
    noServer: '平台没有设置邮件服务器，通知只在工作台显示。',
    noAddress: '您的账号没有邮箱，请单位管理员补充后才能收到邮件。',
    on: (language: string) => `每条通知会发到您的邮箱，文字为${language}，不含任何人填写的内容。`,
    off: '不发邮件，通知只在工作台显示。',
    zh: '中文',
    en: '英文',
    change: '更改',
    hook: '单位的回调地址',
    hookText: '本单位的系统可以在有通知时被调用；请求带签名，失败会重试。',
    none: '没有设置。',
    since: (at: string) => `${at} 设置`,
    set: '设置地址',
    reset: '更换地址',
    rotate: '更换密钥',
    rotateSure: '旧密钥立即失效，之后的请求（包括重试）用新密钥签名。',
    remove: '取消',
    removeSure: '之后的通知不再发往该地址，尚未送达的不再发送。',
    secret: '签名密钥只显示这一次，请保存到接收通知的系统：',
    last: '最近的发送',
    at: '时间',
    state: '状态',
    attempts: '次数',
    outcome: '结果',
    waiting: '待重试',
    sent: '已送达',
    failed: '已放弃',
    dropped: '未发送',
  },
  {
    title: 'How I am notified',
    asked: 'see how you are notified',
    mail: 'E-mail',
    noServer: 'No mail server is set up: notifications are shown in the workbench only.',
    noAddress: 'Your account has no e-mail address; the administrator of your party can add it.',
    on: (language: string) =>
      `Each notification is mailed to you in ${language}, with nothing in it that anybody typed.`,
    off: 'No mails: notifications are shown in the workbench only.',
    zh: 'Chinese',
    en: 'English',
    change: 'Change',
    hook: 'Address of your party',
    hookText: 'A system of yours can be called for each notification; calls are signed, and tried again.',
    none: 'None is set.',
    since: (at: string) => `set ${at}`,
    set: 'Set an address',
    reset: 'Change the address',
    rotate: 'Rotate the secret',
    rotateSure: 'The old secret is void at once; later calls, also those tried again, are signed with the new one.',
    remove: 'Remove',
    removeSure: 'Notifications no longer go there; those not delivered yet are dropped.',
    secret: 'The secret is shown this once. Keep it in the system that is called:',
    last: 'Last deliveries',
    at: 'Time',
    state: 'State',
    attempts: 'Attempts',
    outcome: 'Outcome',
    waiting: 'to be tried again',
    sent: 'delivered',
    failed: 'given up',
    dropped: 'not sent',
  },
);

interface Delivery {
  readonly id: string;
  readonly state: 'waiting' | 'sent' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly outcome: string | null;
  readonly createdAt: string;
}
interface Settings {
  readonly mail: boolean;
  readonly address: boolean;
  readonly email: boolean;
  readonly language: 'zh' | 'en';
  readonly webhook: {
    readonly url: string | null;
    readonly setAt: string | null;
    readonly deliveries: readonly Delivery[];
  } | null;
}

/** How the reader is notified outside the workbench; for a party's administrators its address as well. */
export function NotificationSettings() {
  const t = useWords(WORDS);
  const query = useRead<Settings>('/notification-settings');
  const { note, tell } = useDone();
  return (
    <section className="work-gap" aria-labelledby="notification-settings">
      <h2 id="notification-settings">{t.title}</h2>
      {note}
      <Loaded of={query} asked={t.asked} lines={4}>
        {(settings) => (
          <>
            <h3>{t.mail}</h3>
            <p className="faint">
              {settings.mail
                ? settings.address
                  ? settings.email
                    ? t.on(t[settings.language])
                    : t.off
                  : t.noAddress
                : t.noServer}
            </p>
            {settings.mail ? (
              <ActDrawer
                act="notification.prefer"
                label={t.change}
                initial={{ email: settings.email, language: settings.language }}
                tell={tell}
              />
            ) : null}
            {settings.webhook ? <Webhook of={settings.webhook} tell={tell} /> : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Webhook({
  of: { url, setAt, deliveries },
  tell,
}: {
  readonly of: NonNullable<Settings['webhook']>;
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <h3>{t.hook}</h3>
      <p className="faint">{t.hookText}</p>
      {secret ? <SecretOnce says={t.secret} secret={secret} onClose={() => setSecret(null)} /> : null}
      <p>
        {url === null ? (
          t.none
        ) : (
          <>
            <code>{url}</code> <span className="faint">{t.since(dateTime(setAt ?? ''))}</span>
          </>
        )}
      </p>
      <div className="buttons">
        <ActDrawer<{ secret?: string }>
          act="webhook.set"
          label={url === null ? t.set : t.reset}
          tell={tell}
          onDone={({ result }) => setSecret(result.secret ?? null)}
        />
        {url === null ? null : (
          <>
            <ActButton<{ secret?: string }>
              act="webhook.rotate"
              input={{}}
              label={t.rotate}
              confirm={t.rotateSure}
              tell={tell}
              onDone={({ result }) => setSecret(result.secret ?? null)}
            />
            <ActButton act="webhook.remove" input={{}} label={t.remove} confirm={t.removeSure} tell={tell} />
          </>
        )}
      </div>
      {deliveries.length > 0 ? (
        <>
          <h4>{t.last}</h4>
          <Deliveries items={deliveries} />
        </>
      ) : null}
    </>
  );
}

function Deliveries({ items }: { readonly items: readonly Delivery[] }) {
  const t = useWords(WORDS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
    <section className="scroll" aria-label={t.last} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.at}</th>
            <th scope="col">{t.state}</th>
            <th scope="col">{t.attempts}</th>
            <th scope="col">{t.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((d) => (
            <tr key={d.id}>
              <td>{dateTime(d.createdAt)}</td>
              <td>{t[d.state]}</td>
              <td>{d.attempts}</td>
              <td>{d.outcome ?? '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
