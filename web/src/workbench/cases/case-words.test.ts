import { describe, expect, it } from 'vitest';
import type { CaseClock } from '../../api.ts';
import { fixedIds, partyFields } from './fixed-ids.ts';
import { leftWords, progressWords } from './time-words.ts';

describe('time as people say it', () => {
  it.each([
    [3, 'working-day', '还剩 3 个工作日', '3 working days left'],
    [1, 'day', '还剩 1 天', '1 day left'],
    [0, 'working-day', '今天是最后一天', 'today is the last day'],
    [0, 'hour', '不足 1 小时', 'less than an hour left'],
  ] as const)('%s %s', (count, unit, zh, en) => {
    expect([leftWords(count, unit, 'zh'), leftWords(count, unit, 'en')]).toEqual([zh, en]);
  });

  it('counts what has gone only where whole and rest are counted alike', () => {
    const clock = (count: number, unit: CaseClock['unit'], left: number | null) =>
      progressWords({ count, unit, left } as CaseClock, 'zh');
    expect(clock(5, 'working-day', 3)).toBe('2 / 5 个工作日');
    expect(clock(6, 'month', 100)).toBeNull();
    expect(clock(5, 'working-day', null)).toBeNull();
  });
});

describe('the fields of an act on the page of a case', () => {
  const input = {
    properties: {
      applicationId: { type: 'string', 'x-id': 'apl' },
      expertIds: { type: 'array', items: { type: 'string', 'x-id': 'pty' } },
      authorityId: { type: 'string', 'x-id': 'pty' },
      subject: { type: 'string', 'x-id': 'res|agr' },
      reason: { type: 'string' },
    },
  };
  it('are filled in from what the case is about', () => {
    expect(fixedIds(input, ['cas_1', 'apl_1', 'agr_1'])).toEqual({ applicationId: 'apl_1', subject: 'agr_1' });
    expect(fixedIds(input, ['cas_1'])).toEqual({});
  });
  it('are chosen by name where they are parties', () => {
    expect(partyFields(input)).toEqual(['expertIds', 'authorityId']);
  });
});
