import { z } from 'zod';
import type { Rulebook } from '../rulebook/index.ts';
import { type Refusal, type RefusalKind, type Refused, refused } from './refusal.ts';

const REMEDIES: Readonly<Record<string, { zh: string; en: string }>> = {
  'HS-1.1': { zh: '请登录，或检查令牌是否过期。', en: 'Sign in, or check whether the token has expired.' },
  'HS-1.2': { zh: '请由有相应角色的单位或人员办理。', en: 'Ask a party or person that holds the role.' },
  'HS-1.3': { zh: '请用动态口令重新登录。', en: 'Sign in again with the one-time code.' },
  'HS-1.6': { zh: '请改正后再提交。', en: 'Correct it and send it again.' },
};

/** A refusal before any fact is read, in its own words and those of its house rule. */
export function plain(kind: RefusalKind, rule: string, zh: string, en: string): Refusal {
  const remedy = REMEDIES[rule] ?? { zh: '请核对后再办理。', en: 'Check and try again.' };
  return {
    kind,
    title: { zh, en },
    violations: [{ rule, article: '', fact: { zh: `${zh}。`, en: `${en}.` }, remedy }],
  };
}

/** Field errors in both languages, one violation a field; also used for the parameters of reads. */
export function invalidInput(error: z.ZodError): Refusal {
  const zh = z.locales.zhCN().localeError;
  const en = z.locales.en().localeError;
  const say = (f: typeof zh, issue: z.core.$ZodIssue) => {
    const said = f(issue as never);
    return typeof said === 'string' ? said : (said?.message ?? issue.message);
  };
  return {
    kind: 'invalid',
    title: { zh: '填写有误', en: 'The input is not right' },
    violations: error.issues.slice(0, 20).map((issue) => {
      const field = issue.path.join('.') || '-';
      const own = issue.code === 'custom' ? issue.message : undefined;
      return {
        rule: 'HS-1.6',
        article: '',
        fact: { zh: `${field}：${own ?? say(zh, issue)}`, en: `${field}: ${own ?? say(en, issue)}` },
        remedy: { zh: '请改正后再提交。', en: 'Correct it and send it again.' },
      };
    }),
  };
}

/** Fills in how people cite each article. */
export function withArticles(rulebook: Rulebook, refusal: Refusal): Refusal {
  return {
    ...refusal,
    violations: refusal.violations.map((v) => ({ ...v, article: v.article || rulebook.cite(v.rule) })),
  };
}

/** Somebody changed the subject since the caller looked. */
export const stale = (seen: number, now: number): Refused =>
  refused(
    'stale',
    'HS-1.5',
    { zh: '内容已被他人更新', en: 'Someone changed it meanwhile' },
    {
      zh: `您看到的是第 ${seen} 版，现在是第 ${now} 版。`,
      en: `You saw version ${seen}; it is now version ${now}.`,
    },
    { zh: '请刷新后再办理。', en: 'Reload, look at what changed, and try again.' },
  );

/** An idempotency key stands for one request for ever. @param name the act it was used for */
export const otherUseOfKey = (name: string): Refusal => ({
  kind: 'idempotency',
  title: { zh: '同一幂等键用于不同的请求', en: 'This idempotency key was used for another request' },
  violations: [
    {
      rule: 'HS-1.7',
      article: '',
      fact: {
        zh: `该键已用于 ${name}，内容不同。`,
        en: `The key belongs to ${name} with other input.`,
      },
      remedy: { zh: '请为新的请求使用新的键。', en: 'Use a new key for a new request.' },
    },
  ],
});
