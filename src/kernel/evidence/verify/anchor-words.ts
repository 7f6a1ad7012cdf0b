/** What the checks of an anchor say to people, in both languages. */
import type { AnchorProven } from './anchor.ts';
import type { Words } from './receipt.ts';
import type { Text } from './text.ts';

export type { Text };

export const unreadableFile: Words = {
  says: { zh: '无法读取锚定文件。', en: 'The anchor file cannot be read.' },
  details: [
    {
      zh: '它不是完整的 shuheng/anchor/1 文件，请从回执重新下载。',
      en: 'It is not a whole shuheng/anchor/1 file; download it again from the receipt.',
    },
  ],
};

export const unreadableTransaction: Words = {
  says: { zh: '无法读取锚定文件中的链上交易。', en: 'The transaction in the anchor file cannot be read.' },
  details: [
    {
      zh: '应为已签名的以太坊交易（旧式、EIP-2930 或 EIP-1559）。',
      en: 'It should be a signed Ethereum transaction (legacy, EIP-2930 or EIP-1559).',
    },
  ],
};

export const untrue: Text = { zh: '核验不通过：锚定不成立。', en: 'Not true: the anchor does not hold.' };

export const otherCheckpoint: Text = {
  zh: '被锚定的检查点不是证明这条记录的检查点。',
  en: 'The anchored checkpoint is not the one the entry is proven in.',
};
export const otherDigest: Text = {
  zh: '交易数据不是该检查点的 SHA-256：检查点或交易被改动过。',
  en: 'The calldata is not the SHA-256 of the checkpoint: one of them was changed.',
};
export const otherTransaction: Text = {
  zh: '交易与所写的交易哈希或链编号不符。',
  en: 'The transaction does not fit the hash or the chain id that is told.',
};
export const otherBlock: Text = {
  zh: '区块头与所写的区块哈希或区块号不符。',
  en: 'The header does not fit the block hash or number that is told.',
};
export const notInBlock: Text = {
  zh: '交易不在该区块的该位置。',
  en: 'The transaction does not stand at that place of the block.',
};

export function proven({ receipt, digest, level, block }: AnchorProven): Words {
  const where = {
    zh: `链 ${block.chain} ${block.chainId}，区块 ${block.number}（${block.hash}），交易 ${block.transactionHash}`,
    en: `chain ${block.chain} ${block.chainId}, block ${block.number} (${block.hash}), transaction ${block.transactionHash}`,
  };
  const details: Text[] = [
    {
      zh: `日志 ${receipt.log} 的第 ${receipt.index} 条记录在 ${receipt.size} 条的检查点中；检查点的 SHA-256：${digest}。`,
      en: `Entry ${receipt.index} of the log ${receipt.log} stands in the checkpoint of ${receipt.size}; SHA-256 of the checkpoint: ${digest}.`,
    },
  ];
  if (level === 'transaction') {
    details.push({
      zh: `这条链的区块结构无法离线核对，本文件只证明所附交易含有该摘要；它是否上链、在哪个区块，请在链上查询：${where.zh}。`,
      en: `Blocks of this chain cannot be checked offline: the file proves only that the transaction holds the digest. Whether it is on the chain, and where, look up: ${where.en}.`,
    });
    return {
      says: {
        zh: '部分核验通过：所附交易含有该检查点的摘要；是否上链须在链上查询。',
        en: 'Partly proven: the transaction holds the digest of the checkpoint; whether it is on the chain must be looked up.',
      },
      details,
    };
  }
  details.push(
    {
      zh: `摘要在交易中，交易在区块中（区块时间 ${block.at}，由出块者写入）：${where.zh}。`,
      en: `The digest stands in the transaction, the transaction in the block (block time ${block.at}, as its maker wrote it): ${where.en}.`,
    },
    {
      zh: '有一点须信任或自行查询：该链确有此哈希的区块。离线无法核对，可在任一节点或区块浏览器按区块号查看。',
      en: 'One thing is taken on trust: that the chain holds the block of this hash. It cannot be checked offline; look the number up at any node or block explorer.',
    },
  );
  return {
    says: {
      zh: '核验通过：这条记录所在的检查点已写入该区块。',
      en: 'Proven: the checkpoint that holds this entry is written in that block.',
    },
    details,
  };
}
