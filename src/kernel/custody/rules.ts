import { beijingDay, dated, notApplicable, ok, rule, violated } from '../rulebook/index.ts';
import { type Text, text } from '../text.ts';

const DAY = '2026-11-26';
const FROM = '2026-11-26';

export const CUSTODY_LIMITS = {
  retentionYearsMax: dated({ from: FROM, value: 30, unit: 'year', reference: 'HS-20.3' }),
  checkDays: dated({ from: FROM, value: 30, unit: 'day', reference: 'HS-20.9' }),
  statementObjectsMax: dated({ from: FROM, value: 10_000, unit: 'object', reference: 'HS-20.10' }),
};

interface Retention {
  /** ISO; null: none is set. */
  readonly retainedUntil: string | null;
  readonly wantedUntil: string;
  readonly latest: string;
}
/** 保存期限只延长不缩短 */
export const retentionGrows = rule<Retention>({
  id: 'HS-20.3',
  title: text('保存期限只延长、有上限', 'A time of retention only grows, up to a limit'),
  decide: ({ retainedUntil, wantedUntil, latest }, _, at) => {
    if ((retainedUntil !== null && wantedUntil < retainedUntil) || wantedUntil < at.toISOString())
      return violated(
        text('期限早于现有期限或者早于现在。', 'The time is before the one that is set, or before today.'),
        text('请选择更晚的日期。', 'Choose a later day.'),
      );
    return wantedUntil <= latest
      ? ok()
      : violated(
          text(`期限晚于${beijingDay(new Date(latest))}。`, `The time is after ${beijingDay(new Date(latest))}.`),
          text('请选择上限之内的日期。', 'Choose a day within the limit.'),
        );
  },
  examples: [
    {
      name: 'later',
      at: DAY,
      facts: { retainedUntil: '2027-01-01', wantedUntil: '2028-01-01', latest: '2056-01-01' },
      expect: 'ok',
    },
    {
      name: 'the same day',
      at: DAY,
      facts: { retainedUntil: '2028-01-01', wantedUntil: '2028-01-01', latest: '2056-01-01' },
      expect: 'ok',
    },
    {
      name: 'earlier',
      at: DAY,
      facts: { retainedUntil: '2028-01-02', wantedUntil: '2028-01-01', latest: '2056-01-01' },
      expect: 'violated',
    },
    {
      name: 'the last day',
      at: DAY,
      facts: { retainedUntil: null, wantedUntil: '2056-01-01', latest: '2056-01-01' },
      expect: 'ok',
    },
    {
      name: 'a day more',
      at: DAY,
      facts: { retainedUntil: null, wantedUntil: '2056-01-02', latest: '2056-01-01' },
      expect: 'violated',
    },
    {
      name: 'the past',
      at: DAY,
      facts: { retainedUntil: null, wantedUntil: '2020-01-01', latest: '2056-01-01' },
      expect: 'violated',
    },
  ],
});

interface Ending {
  /** Objects of the request that are under a hold. */
  readonly held: number;
  /** ISO of the latest day any of them is to be kept to; null: none. */
  readonly keptUntil: string | null;
  readonly needs: readonly Text[];
}
const ending = (change: Partial<Ending> = {}): Ending => ({ held: 0, keptUntil: null, needs: [], ...change });

/** 保全中的不得销毁: neither erased nor expired, whoever asks. */
export const notHeld = rule<Ending>({
  id: 'HS-20.4',
  title: text('保全中的数据不得销毁', 'What is under a legal hold is not erased'),
  decide: ({ held }) =>
    held
      ? violated(
          text(`有${held}个对象处于保全中。`, `${held} object(s) are under a legal hold.`),
          text('请等待作出保全的单位解除。', 'Wait until whoever placed the hold releases it.'),
        )
      : ok(),
  examples: [
    { name: 'free', at: DAY, facts: ending(), expect: 'ok' },
    { name: 'held', at: DAY, facts: ending({ held: 1 }), expect: 'violated' },
  ],
});

/** 保存期限未满不得销毁 */
export const retentionOver = rule<Ending>({
  id: 'HS-20.5',
  title: text('保存期限未满不得销毁', 'What is to be kept is not erased before its day'),
  decide: ({ keptUntil }, _, at) =>
    keptUntil === null || keptUntil <= at.toISOString()
      ? ok()
      : violated(
          text(
            `应保存至${beijingDay(new Date(keptUntil))}。`,
            `It is to be kept until ${beijingDay(new Date(keptUntil))}.`,
          ),
          text('请在期满后申请销毁。', 'Ask again after that day.'),
        ),
  examples: [
    { name: 'no day', at: DAY, facts: ending(), expect: 'ok' },
    {
      name: 'the moment it is over',
      at: '2026-11-26T00:00:00Z',
      facts: ending({ keptUntil: '2026-11-26T00:00:00.000Z' }),
      expect: 'ok',
    },
    {
      name: 'a second before',
      at: '2026-11-26T00:00:00Z',
      facts: ending({ keptUntil: '2026-11-26T00:00:01.000Z' }),
      expect: 'violated',
    },
  ],
});

/** 仍在使用的不得销毁 */
export const notNeeded = rule<Ending>({
  id: 'HS-20.6',
  title: text('仍在使用的数据不得销毁', 'What is still relied on is not erased'),
  decide: ({ needs }) => {
    const [first] = needs;
    return first
      ? violated(first, text('请先注销相关资源、撤下相关产品。', 'Withdraw the resource or product first.'))
      : ok();
  },
  examples: [
    { name: 'nothing needs it', at: DAY, facts: ending(), expect: 'ok' },
    {
      name: 'a resource stands on it',
      at: DAY,
      facts: ending({ needs: [text('资源在用', 'in use')] }),
      expect: 'violated',
    },
  ],
});

/** 销毁须双人办理 */
export const twoPersons = rule<{
  readonly samePerson: boolean;
  readonly settled: boolean;
  readonly approving: boolean;
}>({
  id: 'HS-20.7',
  title: text('销毁由他人确认', 'An erasure is confirmed by another person'),
  decide: ({ samePerson, settled, approving }) => {
    if (settled)
      return violated(
        text('该申请已经办结。', 'This request is settled.'),
        text('无需再次办理。', 'Nothing is left to do.'),
      );
    if (!approving) return notApplicable();
    return samePerson
      ? violated(
          text('申请人不能确认本人的申请。', 'Whoever asked cannot confirm it.'),
          text(
            '请由本单位另一名管理员或者交易所安全管理员确认。',
            'Ask another administrator of your party, or the security administrator of the exchange.',
          ),
        )
      : ok();
  },
  examples: [
    { name: 'another person', at: DAY, facts: { samePerson: false, settled: false, approving: true }, expect: 'ok' },
    {
      name: 'the same person',
      at: DAY,
      facts: { samePerson: true, settled: false, approving: true },
      expect: 'violated',
    },
    {
      name: 'declining one’s own',
      at: DAY,
      facts: { samePerson: true, settled: false, approving: false },
      expect: 'not-applicable',
    },
    { name: 'settled', at: DAY, facts: { samePerson: false, settled: true, approving: true }, expect: 'violated' },
  ],
});

/** 谁保全谁解除 */
export const releasedByPlacer = rule<{ readonly placedByUs: boolean; readonly released: boolean }>({
  id: 'HS-20.8',
  title: text('由作出保全的单位解除', 'A hold is released once, by whoever placed it'),
  decide: ({ placedByUs, released }) =>
    placedByUs && !released
      ? ok()
      : violated(
          released
            ? text('该保全已经解除。', 'This hold is released.')
            : text('该保全由其他单位作出。', 'Another body placed this hold.'),
          text('请由作出保全的单位办理。', 'Ask the body that placed it.'),
        ),
  examples: [
    { name: 'ours', at: DAY, facts: { placedByUs: true, released: false }, expect: 'ok' },
    { name: 'another’s', at: DAY, facts: { placedByUs: false, released: false }, expect: 'violated' },
    { name: 'released before', at: DAY, facts: { placedByUs: true, released: true }, expect: 'violated' },
  ],
});

/** 完整性受损须告警: the act records it, and the alert tells whoever supervises. */
export const undamaged = rule<{ readonly damaged: boolean }>({
  id: 'GY-11.1',
  title: text('定期校验完整性', 'Stored data are read and checked again and again'),
  effect: 'monitor',
  decide: ({ damaged }) =>
    damaged
      ? violated(
          text('存储的数据未通过完整性校验。', 'Stored data failed their integrity check.'),
          text('请从备份恢复，并通知数据所有者。', 'Restore them from a backup and tell the owner.'),
        )
      : ok(),
  examples: [
    { name: 'whole', at: DAY, facts: { damaged: false }, expect: 'ok' },
    { name: 'damaged', at: DAY, facts: { damaged: true }, expect: 'violated' },
  ],
});

/** 一份证明的对象数有上限 */
export const statementFits = rule({
  id: 'HS-20.10',
  title: text('保管证明的对象数', 'How many objects one statement holds'),
  params: { objectsMax: CUSTODY_LIMITS.statementObjectsMax },
  decide: ({ objects }: { readonly objects: number }, { objectsMax }) => {
    if (!objects)
      return violated(
        text('本单位没有保管中的数据。', 'Nothing of yours is in custody.'),
        text('入库后再申请。', 'Ask again once there is.'),
      );
    return objects <= objectsMax
      ? ok()
      : violated(
          text(`对象超过${objectsMax}个。`, `There are more than ${objectsMax} objects.`),
          text('请联系运营方分批出具。', 'Ask the operator for statements in parts.'),
        );
  },
  examples: [
    { name: 'as many as fit', at: DAY, facts: { objects: 10_000 }, expect: 'ok' },
    { name: 'one more', at: DAY, facts: { objects: 10_001 }, expect: 'violated' },
    { name: 'none', at: DAY, facts: { objects: 0 }, expect: 'violated' },
  ],
});

/** 同一时间同类密钥只进行一次轮换 */
export const oneRotation = rule<{ readonly running: boolean; readonly hasKey: boolean }>({
  id: 'HS-20.11',
  title: text('密钥轮换逐次进行', 'Keys are rotated one time after the other'),
  decide: ({ running, hasKey }) => {
    if (running)
      return violated(
        text('同一密钥的轮换正在进行。', 'This key is being rotated.'),
        text('请等待完成。', 'Wait until it is done.'),
      );
    return hasKey
      ? ok()
      : violated(text('该单位没有密钥。', 'This party has no key.'), text('请核对单位。', 'Check the party.'));
  },
  examples: [
    { name: 'none runs', at: DAY, facts: { running: false, hasKey: true }, expect: 'ok' },
    { name: 'one runs', at: DAY, facts: { running: true, hasKey: true }, expect: 'violated' },
    { name: 'no key', at: DAY, facts: { running: false, hasKey: false }, expect: 'violated' },
  ],
});
