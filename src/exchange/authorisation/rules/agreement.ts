import { dated, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { CLAUSE_TITLES, CLAUSES, type Clause } from '../model.ts';

const DAY = '2026-11-25';
const FROM = '2020-01-01';

/** 协议六项条款 */
export const agreementComplete = rule({
  id: 'JN-9.1',
  title: text('协议载明六项内容', 'The agreement holds the six clauses'),
  params: { needed: dated<readonly Clause[]>({ from: FROM, value: CLAUSES, reference: 'JN-9.1' }) },
  decide: ({ clauses }: { readonly clauses: Readonly<Record<string, string>> }, { needed }) => {
    const missing = needed.filter((name) => !clauses[name]?.trim());
    return missing.at(0) === undefined
      ? ok()
      : violated(
          text(
            `协议缺少：${missing.map((m) => CLAUSE_TITLES[m]?.zh ?? m).join('、')}。`,
            `The agreement lacks: ${missing.map((m) => CLAUSE_TITLES[m]?.en ?? m).join(', ')}.`,
          ),
          text('请补充缺少的条款。', 'Add the missing clauses.'),
        );
  },
  examples: [
    { name: 'all six', at: DAY, facts: { clauses: Object.fromEntries(CLAUSES.map((c) => [c, '约定'])) }, expect: 'ok' },
    ...CLAUSES.map((left) => ({
      name: `without ${left}`,
      at: DAY,
      facts: { clauses: Object.fromEntries(CLAUSES.filter((c) => c !== left).map((c) => [c, '约定'])) },
      expect: 'violated' as const,
    })),
  ],
});

/** 授权期限: it ends, and not later than the house allows, by the calendar and not by days. */
export const termIsLimited = rule({
  id: 'HS-13.17',
  title: text('授权期限不超过规定年限', 'The term is limited'),
  params: { yearsMax: dated({ from: FROM, value: 5, unit: 'year', reference: 'HS-13.17' }) },
  decide: (
    { validFrom, validUntil }: { readonly validFrom: string; readonly validUntil: string },
    { yearsMax },
    at,
  ) => {
    const last = new Date(validFrom);
    last.setUTCFullYear(last.getUTCFullYear() + yearsMax);
    return new Date(validUntil) <= last && at < new Date(validUntil)
      ? ok()
      : violated(
          text(`授权期限须在今后且不超过${yearsMax}年。`, `The term ends in the future, within ${yearsMax} years.`),
          text('请缩短授权期限。', 'Draft a shorter term.'),
        );
  },
  examples: [
    {
      name: 'five years to the second, two leap days within',
      at: DAY,
      facts: { validFrom: '2027-06-01T00:00:00.000Z', validUntil: '2032-06-01T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'a second longer',
      at: DAY,
      facts: { validFrom: '2027-06-01T00:00:00.000Z', validUntil: '2032-06-01T00:00:01.000Z' },
      expect: 'violated',
    },
    {
      name: 'sixty-one months',
      at: DAY,
      facts: { validFrom: '2027-06-01T00:00:00.000Z', validUntil: '2032-07-01T00:00:00.000Z' },
      expect: 'violated',
    },
    {
      name: 'six years',
      at: DAY,
      facts: { validFrom: '2027-06-01T00:00:00.000Z', validUntil: '2033-06-01T00:00:00.000Z' },
      expect: 'violated',
    },
    {
      name: 'four years and a day',
      at: DAY,
      facts: { validFrom: '2027-06-01T00:00:00.000Z', validUntil: '2031-06-02T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'in the past',
      at: DAY,
      facts: { validFrom: '2019-01-01T00:00:00.000Z', validUntil: '2020-01-01T00:00:00.000Z' },
      expect: 'violated',
    },
  ],
});

/** 签署前可以重拟: the words stand once one side has signed them. */
export const nobodySigned = rule<{ readonly signedByAnyone: boolean }>({
  id: 'HS-17.1',
  title: text('签署前可以重拟协议', 'An agreement is redrafted before anybody signs'),
  decide: ({ signedByAnyone }) =>
    signedByAnyone
      ? violated(
          text('已有一方签署，协议文本不能更改。', 'One side has signed: the words stand.'),
          text('请签署现有文本，或者撤回申请后重新申请。', 'Sign these, or withdraw and apply again.'),
        )
      : ok(),
  examples: [
    { name: 'nobody yet', at: DAY, facts: { signedByAnyone: false }, expect: 'ok' },
    { name: 'one side has', at: DAY, facts: { signedByAnyone: true }, expect: 'violated' },
  ],
});

interface Signature {
  readonly side: string | null;
  readonly hashSigned: string;
  readonly hashOfWords: string;
  readonly signedBefore: boolean;
}

/** 双方签署同一文本 */
export const signsTheseWords = rule<Signature>({
  id: 'JN-8.5',
  title: text('双方签署同一文本', 'Both sign the same words'),
  decide: ({ side, hashSigned, hashOfWords, signedBefore }) => {
    if (side === null)
      return violated(
        text('贵单位不是协议的一方。', 'Your party is no side of the agreement.'),
        text('请由授权单位和运营单位签署。', 'The authorising and the operating unit sign.'),
      );
    if (signedBefore)
      return violated(
        text('贵单位已经签署。', 'Your party has signed.'),
        text('请等待对方签署。', 'Wait for the other side.'),
      );
    return hashSigned === hashOfWords
      ? ok()
      : violated(
          text('签署的文本与现在的协议不一致。', 'The words signed are not those of the agreement.'),
          text('请重新打开协议，核对后签署。', 'Open the agreement again, read it, and sign.'),
        );
  },
  examples: [
    {
      name: 'the operating unit',
      at: DAY,
      facts: { side: 'operator', hashSigned: 'a', hashOfWords: 'a', signedBefore: false },
      expect: 'ok',
    },
    {
      name: 'other words',
      at: DAY,
      facts: { side: 'operator', hashSigned: 'b', hashOfWords: 'a', signedBefore: false },
      expect: 'violated',
    },
    {
      name: 'twice',
      at: DAY,
      facts: { side: 'operator', hashSigned: 'a', hashOfWords: 'a', signedBefore: true },
      expect: 'violated',
    },
    {
      name: 'an expert',
      at: DAY,
      facts: { side: null, hashSigned: 'a', hashOfWords: 'a', signedBefore: false },
      expect: 'violated',
    },
  ],
});

/** 名单备案: late filing is shown to the supervisor. */
export const filedWithGovernment = rule<{ readonly filingNumber: string; readonly dueAt: string | null }>({
  id: 'JN-8.7',
  title: text('运营单位名单及时备案', 'The list of operating units is filed in time'),
  effect: 'monitor',
  decide: ({ filingNumber, dueAt }, _, at) =>
    filingNumber.trim() !== '' && (dueAt === null || at.toISOString() <= dueAt)
      ? ok()
      : violated(
          text('名单没有在期限内备案。', 'The list was not filed in time.'),
          text('请说明逾期原因。', 'Say why it took longer.'),
        ),
  examples: [
    {
      name: 'at the end of the time',
      at: '2026-01-09T00:00:00Z',
      facts: { filingNumber: '备〔2026〕1号', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'late',
      at: '2026-01-10',
      facts: { filingNumber: '备〔2026〕1号', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
  ],
});

/** 协议与平台缺一不可: whoever uses public data does so under a living agreement, on the platform. */
export const underLivingAgreement = rule({
  id: 'JN-3.2',
  title: text('在有效的授权运营协议内', 'Under a living agreement'),
  params: { living: dated<readonly string[]>({ from: FROM, value: ['filing', 'operating'], reference: 'JN-3.2' }) },
  decide: (
    {
      state,
      validUntil,
      ended,
    }: {
      readonly state: string;
      readonly validUntil: string;
      readonly ended: boolean;
    },
    { living },
    at,
  ) =>
    living.includes(state) && !ended && at.toISOString() < validUntil
      ? ok()
      : violated(
          text('授权运营协议没有生效、已暂停或者已终止。', 'The agreement is not in force, is suspended or has ended.'),
          text('请先签订协议，或者完成整改后恢复。', 'Sign one, or finish the correction first.'),
        ),
  examples: [
    {
      name: 'operating',
      at: DAY,
      facts: { state: 'operating', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'ok',
    },
    {
      name: 'just signed',
      at: DAY,
      facts: { state: 'filing', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'ok',
    },
    {
      name: 'correcting',
      at: DAY,
      facts: { state: 'correcting', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'violated',
    },
    {
      name: 'at the second it ends',
      at: '2027-01-01T00:00:00Z',
      facts: { state: 'operating', validUntil: '2027-01-01T00:00:00.000Z', ended: false },
      expect: 'violated',
    },
    {
      name: 'ended',
      at: DAY,
      facts: { state: 'operating', validUntil: '2027-01-01T00:00:00.000Z', ended: true },
      expect: 'violated',
    },
  ],
});
