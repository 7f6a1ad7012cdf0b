import type { BundleProven } from './bundle.ts';
import type { Words } from './receipt.ts';
import type { Text } from './text.ts';

/** What a check of a court bundle says to a person, in both languages. */

const notTrue = (zh: string, en: string, ...details: readonly Text[]): Words => ({
  says: { zh: `司法包核验不通过：${zh}。`, en: `The bundle is not true: ${en}.` },
  details,
});

export function noBundle(damaged: boolean): Words {
  return {
    says: { zh: '这不是司法包，或其清单已损坏。', en: 'This is no court bundle, or its list of files is damaged.' },
    details: [
      damaged
        ? { zh: 'manifest.json 不是平台所写的样子。', en: 'manifest.json is not as the platform writes it.' }
        : { zh: '其中没有 manifest.json。', en: 'It holds no manifest.json.' },
    ],
  };
}

export const missing = (path: string): Words => notTrue(`缺少文件 ${path}`, `the file ${path} is missing`);
export const changed = (path: string): Words =>
  notTrue(`文件 ${path} 被改动过`, `the file ${path} was changed`, {
    zh: '它的大小或 SHA-256 与清单不符。',
    en: 'Its size or SHA-256 is not the one in the list.',
  });
export const extra = (path: string): Words =>
  notTrue(`多出了文件 ${path}`, `the file ${path} does not belong to it`, {
    zh: '清单中没有它；请移走后再核验。',
    en: 'The list does not name it; take it away and verify again.',
  });

export const noSeal = (): Words =>
  notTrue('没有封存记录', 'its seal is missing', {
    zh: '缺少 seal.json 或 seal.tlog-proof，无法证明清单出自平台。',
    en: 'Without seal.json and seal.tlog-proof nothing shows that the list is the platform’s.',
  });
export const sealNotProven = (found: Words): Words =>
  notTrue('封存记录未通过核验', 'its seal is not proven', found.says, ...found.details);
export const otherSeal = (): Words =>
  notTrue('清单不是封存的那一份', 'the list is not the one that was sealed', {
    zh: 'manifest.json 的 SHA-256 与日志中封存的不一致：清单被改动过。',
    en: 'The SHA-256 of manifest.json is not the one the log holds: the list was changed.',
  });
export const oddSeal = (): Words =>
  notTrue('封存记录的回执被改动过', 'the receipt of its seal was changed', {
    zh: 'seal.tlog-proof 中有来历不明的内容或签名行。',
    en: 'seal.tlog-proof holds content or a signature line that nothing accounts for.',
  });

export const receiptNotProven = (name: string, found: Words): Words =>
  notTrue(`回执 ${name} 未通过核验`, `the receipt ${name} is not proven`, found.says, ...found.details);
export const falseOpening = (name: string, field: string | undefined): Words =>
  notTrue(
    `回执 ${name} 的开示${field ? `“${field}”` : ''}与承诺值不符`,
    `the opening ${field ? `“${field}” ` : ''}of ${name} is not what was sealed`,
  );

export const falseCertificate = (path: string, found: Words): Words =>
  notTrue(`凭证 ${path} 未通过核验`, `the certificate ${path} does not hold`, found.says, ...found.details);

export const falseAnchor = (path: string, found: Words): Words =>
  notTrue(`链上锚定 ${path} 未通过核验`, `the anchor ${path} does not hold`, found.says, ...found.details);

export function proven(bundle: BundleProven): Words {
  const { receipts, level, party, requestedBy, madeAt, scope, log, witnesses, trust, repacked } = bundle;
  const opened = receipts.reduce((sum, r) => sum + r.openings.length, 0);
  const details: Text[] = [
    {
      zh: `日志 ${log}；${receipts.length} 张回执全部在日志中，开示 ${opened} 项全部与承诺值一致。`,
      en: `Log ${log}; all ${receipts.length} receipts are in it, and all ${opened} values shown are what was sealed.`,
    },
    {
      zh: `当事方 ${party.name}（${party.id}）；由 ${requestedBy.name}（${requestedBy.id}）申请，${madeAt} 制作。`,
      en: `Party ${party.name} (${party.id}); asked for by ${requestedBy.name} (${requestedBy.id}), made at ${madeAt}.`,
    },
    scopeSays(scope),
    ...witnesses.map(({ name, at }) => ({
      zh: `见证方“${name}”于 ${at}（其自身时钟）联署。`,
      en: `The witness “${name}” cosigned at ${at}, by its own clock.`,
    })),
    {
      zh: '清单的哈希由平台以一项业务写入同一日志，因此每个文件的每个字节都受保护。',
      en: 'The hash of the list of files is itself an entry of the log, so each byte of each file is covered.',
    },
  ];
  if (trust === 'bundle')
    details.push({
      zh: '注意：所用的公钥和策略出自司法包自身。请与别处公布的核对，或用自己的策略再核验一次。',
      en: 'Careful: keys and policy were taken from the bundle itself. Compare them with ones published elsewhere, or verify again with your own.',
    });
  if (repacked)
    details.push({
      zh: '压缩包被别的程序重新打包过；其中的文件是原样的。',
      en: 'The archive was packed anew by another program; the files in it are the original ones.',
    });
  return {
    says:
      level === 'witnessed'
        ? {
            zh: '司法包核验通过（已见证）：文件齐全、未经改动，全部回执在日志中，且有足够的见证方联署。',
            en: 'The bundle is proven, witnessed: complete and unchanged, every receipt is in the log, and enough witnesses cosigned.',
          }
        : {
            zh: '司法包核验通过：文件齐全、未经改动，全部回执在日志中。',
            en: 'The bundle is proven: complete and unchanged, and every receipt is in the log.',
          },
    details,
  };
}

function scopeSays({ subject, from, until }: BundleProven['scope']): Text {
  const zh = [subject && `标的 ${subject}`, from && `自 ${from}`, until && `至 ${until}`].filter(Boolean).join('，');
  const en = [subject && `subject ${subject}`, from && `from ${from}`, until && `until ${until}`]
    .filter(Boolean)
    .join(', ');
  return { zh: `范围：${zh || '全部'}。`, en: `Scope: ${en || 'everything'}.` };
}
