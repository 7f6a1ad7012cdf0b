import type { AnchorProven } from '../../../../../src/kernel/evidence/verify/index.ts';
import type { Text } from '../../../../../src/kernel/text.ts';
import { dateTime } from '../../../shared/format.ts';
import { factsOf, levelTags } from './card-receipt.ts';
import type { Child } from './dom.ts';
import { bothSides, type CardContext, type Fact, facts, fold, grounds } from './parts.ts';

/** An entry proven in a checkpoint whose digest stands on another chain. */
export function anchorContent(
  { receipt, level, block }: AnchorProven,
  details: readonly Text[],
  context: CardContext,
): Child[] {
  const { t } = context;
  const rows: (Fact | null)[] = [
    [t.chain, `${block.chain} (${block.chainId})`],
    [t.block, block.number],
    [t.blockHash, block.hash, true],
    block.at === null ? null : [t.blockAt, dateTime(block.at)],
    [t.transaction, block.transactionHash, true],
  ];
  return [
    levelTags(receipt, t),
    facts([...factsOf(receipt, t), ...rows.filter((row) => row !== null)]),
    bothSides(
      t,
      [t.provesEntry, level === 'block' ? t.anchorBlock : t.anchorTransaction],
      [t.notHappened, t.anchorOnChain, t.notKey],
    ),
    fold(t.grounds, grounds(details, context)),
  ];
}
