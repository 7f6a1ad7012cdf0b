import type { Refusal, RefusalKind } from '../acts/index.ts';
import { valueAt } from '../rulebook/index.ts';
import { type Text, text } from '../text.ts';
import { lockoutMinutes, lockoutTries } from './sign-in-rules.ts';

function refusal(kind: RefusalKind, rule: string, title: Text, fact: Text, remedy: Text): Refusal {
  return { kind, title, violations: [{ rule, article: '', fact, remedy }] };
}

/** One answer for an unknown login, a wrong password, a locked and a closed account: a stranger learns nothing. */
export function signInRefused(at: Date): Refusal {
  const [tries, minutes] = [valueAt(lockoutTries, at).value, valueAt(lockoutMinutes, at).value];
  return refusal(
    'unauthenticated',
    'HS-1.8',
    text('登录失败', 'The sign-in failed'),
    text(
      '登录名或口令不正确，或者账号已锁定或停用。',
      'The login or password is wrong, or the account is locked or closed.',
    ),
    text(
      `请核对后再试；连续 ${tries} 次失败后账号锁定 ${minutes} 分钟。忘记口令请联系本单位管理员。`,
      `Check and try again; after ${tries} failures the account is locked for ${minutes} minutes. Forgotten? Ask your party's administrator.`,
    ),
  );
}

export const throttled = (at: Date): Refusal =>
  refusal(
    'too-many',
    'HS-1.8',
    text('登录失败次数过多', 'Too many sign-ins failed'),
    text('来自您所在网络地址的失败登录过多。', 'Too many sign-ins from your network address failed.'),
    text(
      `请 ${valueAt(lockoutMinutes, at).value} 分钟后再试。`,
      `Try again in ${valueAt(lockoutMinutes, at).value} minutes.`,
    ),
  );

export const tooBusy = (): Refusal =>
  refusal(
    'too-many',
    'HS-1.8',
    text('登录繁忙', 'Sign-in is busy'),
    text('同时登录的人数过多。', 'Too many people are signing in at once.'),
    text('请稍候几秒再试。', 'Wait a few seconds and try again.'),
  );

export const codeNeeded = (): Refusal =>
  refusal(
    'unauthenticated',
    'HS-1.10',
    text('请输入动态口令', 'The one-time code is needed'),
    text('该账号已启用动态口令。', 'This account uses a one-time code.'),
    text('请输入验证器应用显示的六位数字。', 'Enter the six digits your authenticator app shows.'),
  );

export const codeWrong = (): Refusal =>
  refusal(
    'unauthenticated',
    'HS-1.11',
    text('动态口令不正确', 'The one-time code is not right'),
    text('动态口令不正确、已过期或者已使用。', 'The one-time code is wrong, expired or already used.'),
    text('请等待下一个动态口令后再试。', 'Wait for the next code and try again.'),
  );

export const partySuspended = (): Refusal =>
  refusal(
    'forbidden',
    'HS-1.2',
    text('单位已被暂停业务', 'The party is suspended'),
    text('您所在单位已被暂停在本平台的业务。', 'Your party is suspended from this platform.'),
    text('请联系交易所了解原因和恢复条件。', 'Ask the exchange for the reason and what is needed to resume.'),
  );

export const notFromOurPages = (): Refusal =>
  refusal(
    'forbidden',
    'HS-1.20',
    text('请求来源不明', 'The request does not come from our pages'),
    text(
      '凭浏览器登录状态提交的请求缺少本平台页面的标识。',
      'A request that relies on the browser sign-in lacks the mark of our own pages.',
    ),
    text(
      '请从本平台页面操作；程序调用请使用接口密钥。',
      'Act from the pages of this platform; programs send an API key instead (or the header X-Shuheng-Csrf: 1).',
    ),
  );

export const notKnownHere = (): Refusal =>
  refusal(
    'forbidden',
    'HS-1.21',
    text('没有对应的账号', 'No account here'),
    text(
      '统一身份认证已通过，但本平台没有与之对应的账号。',
      'The identity provider knows you, but no account here matches.',
    ),
    text(
      '请由本单位管理员开立账号，或用登录名和口令登录。',
      "Ask your party's administrator for an account, or sign in with login and password.",
    ),
  );

export const providerFailed = (): Refusal =>
  refusal(
    'unauthenticated',
    'HS-1.21',
    text('统一身份认证未成功', 'The identity provider did not confirm the sign-in'),
    text(
      '身份认证服务没有响应，或者登录请求已过期。',
      'The identity provider did not answer, or the sign-in request has expired.',
    ),
    text('请重新登录，或用登录名和口令登录。', 'Try again, or sign in with login and password.'),
  );
