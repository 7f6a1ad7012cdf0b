import { text } from '../text.ts';
import { ok, rule, violated } from './rule.ts';

const DAY = '2026-11-23';

/** HS-9.1: what is in force needs no adoption, and statistics or a report can bind nobody. */
export const onlyDrafts = rule<{ readonly status: string }>({
  id: 'HS-9.1',
  title: text('只采用草案', 'Only a draft is adopted'),
  decide: ({ status }) => {
    if (status === 'draft') return ok();
    if (status === 'no legal force')
      return violated(
        text('该资料没有法律效力。', 'This publication has no legal force.'),
        text('请选择状态为“草案”的文件。', 'Choose a document whose status is “draft”.'),
      );
    return violated(
      text('该文件已在施行，无需采用。', 'This document is in force and needs no adoption.'),
      text('无需办理；其规则已有约束力。', 'Nothing to do: its rules bind already.'),
    );
  },
  examples: [
    { name: 'a draft', at: DAY, facts: { status: 'draft' }, expect: 'ok' },
    { name: 'in force', at: DAY, facts: { status: 'in force' }, expect: 'violated' },
    { name: 'house rules', at: DAY, facts: { status: 'house rules' }, expect: 'violated' },
    { name: 'published statistics', at: DAY, facts: { status: 'no legal force' }, expect: 'violated' },
  ],
});

/** HS-9.2: what was done before an adoption stays lawful. */
export const notRetroactive = rule<{ readonly adoptedFrom: string; readonly today: string }>({
  id: 'HS-9.2',
  title: text('不溯及既往', 'Never looks back'),
  decide: ({ adoptedFrom, today }) =>
    adoptedFrom >= today
      ? ok()
      : violated(
          text(
            `采用日期${adoptedFrom}早于今天（${today}，北京时间）。`,
            `The day of adoption ${adoptedFrom} is before today (${today}, Beijing time).`,
          ),
          text('请改为今天或以后的日期。', 'Choose today or a later day.'),
        ),
  examples: [
    { name: 'today', at: DAY, facts: { adoptedFrom: '2026-11-23', today: '2026-11-23' }, expect: 'ok' },
    { name: 'next year', at: DAY, facts: { adoptedFrom: '2027-01-01', today: '2026-11-23' }, expect: 'ok' },
    { name: 'yesterday', at: DAY, facts: { adoptedFrom: '2026-11-22', today: '2026-11-23' }, expect: 'violated' },
  ],
});
