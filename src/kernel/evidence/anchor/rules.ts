import { ok, rule, violated } from '../../rulebook/index.ts';
import { text } from '../../text.ts';

export interface AnchorFacts {
  /** `pending`, `confirmed` or `lost` before the act. */
  readonly state: string;
  readonly becomes: 'confirmed' | 'lost';
  /** Digest of the checkpoint that is kept, and the one on the chain. */
  readonly digest: string;
  readonly onChain: string | null;
}

const AT = '2026-11-25';

/** 锚定登记：an anchor is recorded only where the chain holds the digest of the very checkpoint that is kept. */
export const anchorsTheCheckpoint = rule({
  id: 'HS-10.40',
  title: text('锚定与检查点一致', 'The anchor is of the checkpoint'),
  decide: (f: AnchorFacts) => {
    const turns =
      (f.becomes === 'confirmed' && f.state === 'pending') || (f.becomes === 'lost' && f.state === 'confirmed');
    if (!turns) {
      return violated(
        text(
          `该锚定现为 ${f.state}，不能登记为 ${f.becomes}。`,
          `The anchor is ${f.state}; it cannot become ${f.becomes}.`,
        ),
        text('无需再办理。', 'Nothing more is to be done.'),
      );
    }
    return f.becomes === 'lost' || f.onChain === f.digest
      ? ok()
      : violated(
          text('链上摘要与所存检查点不符。', 'The digest on the chain is not that of the checkpoint kept.'),
          text('请核对链上交易，勿登记。', 'Look at the transaction on the chain; do not record it.'),
        );
  },
  examples: [
    {
      name: '链上摘要一致',
      at: AT,
      facts: { state: 'pending', becomes: 'confirmed', digest: 'aa', onChain: 'aa' },
      expect: 'ok',
    },
    {
      name: '链上摘要不同',
      at: AT,
      facts: { state: 'pending', becomes: 'confirmed', digest: 'aa', onChain: 'ab' },
      expect: 'violated',
    },
    {
      name: '链上没有',
      at: AT,
      facts: { state: 'pending', becomes: 'confirmed', digest: 'aa', onChain: null },
      expect: 'violated',
    },
    {
      name: '所在区块被链丢弃',
      at: AT,
      facts: { state: 'confirmed', becomes: 'lost', digest: 'aa', onChain: null },
      expect: 'ok',
    },
    {
      name: '重复登记',
      at: AT,
      facts: { state: 'confirmed', becomes: 'confirmed', digest: 'aa', onChain: 'aa' },
      expect: 'violated',
    },
    {
      name: '未确认即丢失',
      at: AT,
      facts: { state: 'pending', becomes: 'lost', digest: 'aa', onChain: null },
      expect: 'violated',
    },
  ],
});
