import { dated, notApplicable, ok, rule, valueAt, violated } from '../rulebook/index.ts';
import { text } from '../text.ts';

/** First day of the house rules. */
const FROM = '2020-01-01';
const AT = '2026-11-23';
const MINUTE_S = 60;
const HOUR_S = 3600;

/** Numbers of HS-1.8: failed tries before an account is locked, for how long, and failures one address may cause. */
export const lockoutTries = dated({ from: FROM, value: 5, unit: 'try', reference: 'HS-1.8' });
export const lockoutMinutes = dated({ from: FROM, value: 15, unit: 'minute', reference: 'HS-1.8' });
export const addressTries = dated({ from: FROM, value: 100, unit: 'try', reference: 'HS-1.8' });

/** Numbers of HS-1.9. */
const idleMinutes = dated({ from: FROM, value: 30, unit: 'minute', reference: 'HS-1.9' });
export const sessionHours = dated({ from: FROM, value: 12, unit: 'hour', reference: 'HS-1.9' });

/** HS-1.10: who signs in with a one-time code. */
const secondFactorRoles = dated<readonly string[]>({
  from: FROM,
  value: [
    'exchange',
    'regulator',
    'data-authority',
    'price-authority',
    'settlement-officer',
    'system-admin',
    'security-admin',
    'audit-admin',
  ],
  reference: 'HS-1.10',
});

/** HS-1.23: Cybersecurity Law (网络安全法), article 21(3): network logs are kept at least six months. */
export const signInLogDays = dated({
  from: '2017-06-01',
  value: 184,
  unit: 'day',
  reference: 'HS-1.23',
});

/** HS-1.8. The words are the same for a wrong password, an unknown login and a locked account. */
export const notLocked = rule({
  id: 'HS-1.8',
  title: text('登录失败锁定', 'Failed sign-ins lock'),
  params: { tries: lockoutTries, addressTries },
  decide: (f: { failedAttempts: number; failuresFromAddress: number }, p, at) => {
    if (f.failedAttempts < p.tries && f.failuresFromAddress < p.addressTries) return ok();
    const minutes = valueAt(lockoutMinutes, at).value;
    return violated(
      text(`${minutes} 分钟内登录失败次数过多。`, `Too many sign-ins failed within ${minutes} minutes.`),
      text(`请 ${minutes} 分钟后再试，或请管理员解锁。`, `Wait ${minutes} minutes, or ask an administrator to unlock.`),
    );
  },
  examples: [
    { name: '4 次失败', at: AT, facts: { failedAttempts: 4, failuresFromAddress: 99 }, expect: 'ok' },
    { name: '第 5 次失败', at: AT, facts: { failedAttempts: 5, failuresFromAddress: 5 }, expect: 'violated' },
    { name: '同一地址 100 次', at: AT, facts: { failedAttempts: 0, failuresFromAddress: 100 }, expect: 'violated' },
  ],
});

/** HS-1.9. */
export const sessionAlive = rule({
  id: 'HS-1.9',
  title: text('会话时限', 'Sessions end'),
  params: { idleMinutes, sessionHours },
  decide: (f: { idleSeconds: number; openSeconds: number }, p) =>
    f.idleSeconds < p.idleMinutes * MINUTE_S && f.openSeconds < p.sessionHours * HOUR_S
      ? ok()
      : violated(text('会话已失效。', 'The session has ended.'), text('请重新登录。', 'Sign in again.')),
  examples: [
    { name: '闲置差一秒 30 分钟', at: AT, facts: { idleSeconds: 1799, openSeconds: 1799 }, expect: 'ok' },
    { name: '闲置满 30 分钟', at: AT, facts: { idleSeconds: 1800, openSeconds: 1800 }, expect: 'violated' },
    { name: '差一秒 12 小时', at: AT, facts: { idleSeconds: 0, openSeconds: 43_199 }, expect: 'ok' },
    { name: '满 12 小时', at: AT, facts: { idleSeconds: 0, openSeconds: 43_200 }, expect: 'violated' },
  ],
});

/** HS-1.10. A violation narrows the session to setting the second factor up; it does not refuse the sign-in. */
export const secondFactorShown = rule({
  id: 'HS-1.10',
  title: text('须用动态口令登录', 'Sign-in with a one-time code'),
  params: { roles: secondFactorRoles },
  decide: (f: { roles: readonly string[]; secondFactor: boolean }, p) => {
    if (!f.roles.some((r) => p.roles.includes(r))) return notApplicable();
    return f.secondFactor
      ? ok()
      : violated(
          text('您的岗位须使用动态口令。', 'Your post signs in with a one-time code.'),
          text('请先启用动态口令，再用其登录。', 'Set the one-time code up, then sign in with it.'),
        );
  },
  examples: [
    { name: '数商', at: AT, facts: { roles: ['data-merchant'], secondFactor: false }, expect: 'not-applicable' },
    { name: '监管部门已验证', at: AT, facts: { roles: ['regulator'], secondFactor: true }, expect: 'ok' },
    { name: '监管部门未验证', at: AT, facts: { roles: ['regulator'], secondFactor: false }, expect: 'violated' },
    { name: '审计管理员未验证', at: AT, facts: { roles: ['audit-admin'], secondFactor: false }, expect: 'violated' },
  ],
});

/** HS-1.11. */
export const codeRight = rule({
  id: 'HS-1.11',
  title: text('动态口令限用一次', 'One-time codes work once'),
  decide: (f: { code: 'right' | 'wrong-or-used' | 'not-asked'; replaces: boolean; secondFactor: boolean }) => {
    if (f.code === 'wrong-or-used') {
      return violated(
        text('动态口令不正确、已过期或者已使用。', 'The one-time code is wrong, expired or already used.'),
        text('请等待下一个动态口令后再试。', 'Wait for the next code and try again.'),
      );
    }
    if (f.replaces && !f.secondFactor) {
      return violated(
        text(
          '更换动态口令设备须先用原动态口令登录。',
          'Replacing the device needs a session opened with the present one.',
        ),
        text(
          '请用原动态口令登录，或请管理员重置。',
          'Sign in with the present code, or ask an administrator to reset it.',
        ),
      );
    }
    return ok();
  },
  examples: [
    { name: '首次启用', at: AT, facts: { code: 'not-asked', replaces: false, secondFactor: false }, expect: 'ok' },
    { name: '已验证后更换', at: AT, facts: { code: 'not-asked', replaces: true, secondFactor: true }, expect: 'ok' },
    {
      name: '未验证更换',
      at: AT,
      facts: { code: 'not-asked', replaces: true, secondFactor: false },
      expect: 'violated',
    },
    { name: '口令正确', at: AT, facts: { code: 'right', replaces: false, secondFactor: false }, expect: 'ok' },
    {
      name: '重复使用',
      at: AT,
      facts: { code: 'wrong-or-used', replaces: false, secondFactor: false },
      expect: 'violated',
    },
  ],
});
