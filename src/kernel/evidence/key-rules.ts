import { ok, rule, violated } from '../rulebook/index.ts';
import { text } from '../text.ts';

const AT = '2026-11-25';

/** HS-10.20. */
export const keyFollows = rule({
  id: 'HS-10.20',
  title: text('签名密钥依次公布', 'Signing keys follow each other'),
  decide: (f: { expected: number; generation: number; announced: boolean }) => {
    if (f.announced)
      return violated(
        text('该签名密钥已经公布。', 'This signing key has been announced.'),
        text(
          '无需重复公布；更换密钥请用 shuheng log rotate-key。',
          'Nothing to do; to change keys use shuheng log rotate-key.',
        ),
      );
    return f.generation === f.expected
      ? ok()
      : violated(
          text(`下一个签名密钥应为第 ${f.expected} 代。`, `The next signing key is number ${f.expected}.`),
          text('可能有人刚更换过密钥，请重新执行。', 'Somebody may have just changed keys: run the command again.'),
        );
  },
  examples: [
    { name: '下一代', at: AT, facts: { expected: 2, generation: 2, announced: false }, expect: 'ok' },
    { name: '跳号', at: AT, facts: { expected: 2, generation: 3, announced: false }, expect: 'violated' },
    { name: '旧号', at: AT, facts: { expected: 2, generation: 1, announced: false }, expect: 'violated' },
    { name: '重复', at: AT, facts: { expected: 2, generation: 2, announced: true }, expect: 'violated' },
  ],
});

/** HS-10.21. */
export const noOverlapAfterLoss = rule({
  id: 'HS-10.21',
  title: text('失密密钥立即停用', 'A key that leaked stops at once'),
  decide: (f: { reason: string; overlapDays: number }) =>
    ['leaked', 'lost'].includes(f.reason) && f.overlapDays !== 0
      ? violated(
          text('泄露或丢失的密钥不能继续使用。', 'A key that leaked or is lost cannot go on signing.'),
          text('请去掉并用天数（--overlap-days）。', 'Leave the days of overlap (--overlap-days) out.'),
        )
      : ok(),
  examples: [
    { name: '定期更换', at: AT, facts: { reason: 'scheduled', overlapDays: 30 }, expect: 'ok' },
    { name: '泄露', at: AT, facts: { reason: 'leaked', overlapDays: 0 }, expect: 'ok' },
    { name: '泄露仍并用', at: AT, facts: { reason: 'leaked', overlapDays: 1 }, expect: 'violated' },
    { name: '丢失仍并用', at: AT, facts: { reason: 'lost', overlapDays: 30 }, expect: 'violated' },
  ],
});

/** HS-10.22. */
export const keyFits = rule({
  id: 'HS-10.22',
  title: text('公钥与用途相符', 'A key of its own for each purpose'),
  decide: (f: { unfit: readonly string[]; known: readonly string[] }) => {
    if (f.unfit.length > 0)
      return violated(
        text('公钥无法读取，或名称、算法不符。', 'A public key cannot be read, or has another name or algorithm.'),
        text('请检查密钥设备给出的公钥。', 'Check the public key that the key device gives.'),
      );
    return f.known.length > 0
      ? violated(
          text('公钥已用于其他用途或其他代次。', 'A public key is in use for another purpose or generation.'),
          text('请为每个用途、每一代生成新的密钥。', 'Make a new key for each purpose and generation.'),
        )
      : ok();
  },
  examples: [
    { name: '新公钥', at: AT, facts: { unfit: [], known: [] }, expect: 'ok' },
    { name: '读不出', at: AT, facts: { unfit: ['x'], known: [] }, expect: 'violated' },
    { name: '已在用', at: AT, facts: { unfit: [], known: ['log.example+0+A'] }, expect: 'violated' },
  ],
});
