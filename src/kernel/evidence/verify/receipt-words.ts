import type { Checkpoint } from './checkpoint.ts';
import type { NoteKey } from './note.ts';
import type { Cosigner, PolicyTrouble } from './policy.ts';
import type { TlogProof } from './proof.ts';
import type { EntrySummary, Proven, UnreadablePart, Words } from './receipt.ts';
import type { Text } from './text.ts';

/** What a check of a receipt says to a person, in both languages. */

/** Years of more than four digits are no RFC 3339. */
const SECONDS_MAX = 253_402_300_799n;

/** A witness's time, RFC 3339 where that can be written. */
export function timeOf(seconds: bigint): string {
  if (seconds > SECONDS_MAX) return `${seconds} s`;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

export function included(proven: Proven): Words {
  const { log, index, size, entryHash, entry, witnesses, level, signatures } = proven;
  const details: Text[] = [
    { zh: `记录的 SHA-256：${entryHash}。`, en: `SHA-256 of the entry: ${entryHash}.` },
    {
      zh: `日志：${log}；序号：${index}（从 0 起）；检查点签署时共 ${size} 条。`,
      en: `Log: ${log}; index: ${index} (counted from 0); ${size} entries when the checkpoint was signed.`,
    },
  ];
  if (signatures.length > 1 || signatures[0] !== 'ed25519') details.push(signedWith(signatures));
  if (entry) details.push(...entrySays(entry));
  for (const { name, at } of witnesses)
    details.push({
      zh: `见证方“${name}”于 ${at}（其自身时钟）确认：这是它见过的最大且前后一致的日志。`,
      en: `The witness “${name}” confirmed at ${at}, by its own clock: this is the largest consistent log it has seen.`,
    });
  if (witnesses.length > 0)
    details.push({
      zh: '这条记录在见证时已经存在；此后删改或另立一份日志，见证方会拒绝。',
      en: 'The entry existed when it was witnessed; a log that drops or changes it later, or a second log beside this one, is refused by the witnesses.',
    });
  else if (entry)
    details.push({
      zh: '时间为平台在记录中载明的时间，未经独立第三方授时。',
      en: 'The time is the one the platform wrote into the entry; no independent party has timed it.',
    });
  return {
    says:
      level === 'witnessed'
        ? {
            zh: '核验通过（已见证）：日志的签名真实，这条记录原样在该日志中，且有足够的见证方联署。',
            en: 'Proven, witnessed: the log signed this checkpoint, exactly this entry is in that log, and enough witnesses cosigned.',
          }
        : {
            zh: '核验通过：日志的签名真实，这条记录原样在该日志中。',
            en: 'Proven: the log signed this checkpoint, and exactly this entry is in that log.',
          },
    details,
  };
}

function entrySays({ at, act, party, subject, id }: EntrySummary): Text[] {
  const said: Text = {
    zh: `记录载明：${at}，业务 ${act}，${party ? `单位 ${party}，` : ''}${subject ? `对象 ${subject}，` : ''}回执编号 ${id}。`,
    en: `The entry says: ${at}, act ${act}, ${party ? `party ${party}, ` : ''}${subject ? `subject ${subject}, ` : ''}receipt ${id}.`,
  };
  if (subject !== null) return [said];
  return [
    said,
    {
      zh: '这项业务不属公开事实：单位、对象和内容只以加盐承诺写入日志，可用“开示”逐项核对。',
      en: 'The act is no public fact: party, subject and content stand in the log as salted commitments only; an opening shows them one by one.',
    },
  ];
}

const KINDS = { ed25519: 'Ed25519', cosignature: 'Ed25519 (cosignature/v1)', sm2: 'SM2-SM3 (GB/T 32918)' } as const;

function signedWith(signatures: Proven['signatures']): Text {
  const kinds = signatures.map((type) => KINDS[type]);
  const uncertified = signatures.includes('sm2')
    ? {
        zh: 'SM2 由本软件核验，本软件不是经认证的商用密码产品。',
        en: ' SM2 was checked by this software, which is no certified module for commercial cryptography.',
      }
    : { zh: '', en: '' };
  return {
    zh: `日志签名：${kinds.join('、')}。${uncertified.zh}`,
    en: `Signatures of the log: ${kinds.join(', ')}.${uncertified.en}`,
  };
}

export function noQuorum(cosigners: readonly Cosigner[]): Words {
  const names = cosigners.map(({ name }) => name);
  return {
    says: {
      zh: '未见证：记录确已编入日志，但联署的见证方不足。',
      en: 'Not witnessed: the entry is in the log, but too few witnesses of the policy cosigned.',
    },
    details: [
      {
        zh: '日志的签名真实，这条记录原样在该日志中（级别：已排序）；策略要求的见证门限未达到。',
        en: 'The log signed this checkpoint and exactly this entry is in it (level: sequenced); the quorum of the policy is not met.',
      },
      names.length > 0
        ? { zh: `已联署：${names.join('、')}。`, en: `Cosigned: ${names.join(', ')}.` }
        : { zh: '没有策略中的见证方联署。', en: 'No witness of the policy cosigned.' },
      {
        zh: '稍后重新下载回执：通常几秒内即完成见证。若见证方拒绝该日志，则不会有联署。',
        en: 'Download the receipt again later: witnessing usually takes seconds. Witnesses that refuse the log never cosign.',
      },
    ],
  };
}

export const forgedCosignature = (name: string): Words => ({
  says: { zh: '核验不通过：见证方的联署不真实。', en: 'Not true: a cosignature is not genuine.' },
  details: [
    {
      zh: `以见证方“${name}”名义的联署与检查点不符：内容、时间或签名被改动过。`,
      en: `The cosignature in the name of “${name}” does not fit the checkpoint: its text, its time or the signature was changed.`,
    },
  ],
});

export function policyTrouble({ line, says }: PolicyTrouble): Words {
  const zh = line > 0 ? `第 ${line} 行：${says.zh}。` : `${says.zh}。`;
  const en = line > 0 ? `Line ${line}: ${says.en}.` : `${says.en}.`;
  return {
    says: { zh: '无法读取信任策略。', en: 'The trust policy cannot be read.' },
    details: [{ zh, en }],
  };
}

const parts = (
  bytesMax: number,
): Readonly<Record<Exclude<UnreadablePart, 'policy'>, { says: Text; detail: Text }>> => ({
  key: {
    says: { zh: '无法读取日志公钥。', en: 'The log key cannot be read.' },
    detail: {
      zh: '公钥形如“<日志名>+<8 位十六进制>+<base64>”，须完整一行；可在平台的 /log/vkey 取得；含 log 行的策略亦可。',
      en: 'A key is one whole line, “<log name>+<8 hex digits>+<base64>”; the platform serves it at /log/vkey. A policy with a log line will do as well.',
    },
  },
  proof: {
    says: { zh: '无法读取回执文件。', en: 'The receipt file cannot be read.' },
    detail: {
      zh: '它不是完整的 c2sp.org/tlog-proof@v1 文件，请重新下载。',
      en: 'It is not a whole c2sp.org/tlog-proof@v1 file; download it again.',
    },
  },
  checkpoint: {
    says: { zh: '无法读取回执中的检查点。', en: 'The checkpoint in the receipt cannot be read.' },
    detail: {
      zh: '检查点应有日志名、条数、根哈希和签名行，请重新下载回执。',
      en: 'A checkpoint has the log name, the size, the root hash and signature lines; download the receipt again.',
    },
  },
  entry: {
    says: { zh: '无法读取记录文件。', en: 'The entry file cannot be read.' },
    detail: { zh: `记录须为 1 至 ${bytesMax} 字节。`, en: `An entry has 1 to ${bytesMax} bytes.` },
  },
});

export function unreadable(part: Exclude<UnreadablePart, 'policy'>, entryBytesMax: number): Words {
  const { says, detail } = parts(entryBytesMax)[part];
  return { says, details: [detail] };
}

export function otherLog({ origin }: Checkpoint, logs: readonly NoteKey[]): Words {
  const names = [...new Set(logs.map(({ name }) => name))];
  return {
    says: { zh: '核验不通过：回执属于另一个日志。', en: 'Not true: the receipt belongs to another log.' },
    details: [
      {
        zh: `检查点写明日志为“${origin}”，公钥属于“${names.join('”、“')}”。`,
        en: `The checkpoint names the log “${origin}”, the key belongs to “${names.join('”, “')}”.`,
      },
    ],
  };
}

export function notSigned(standing: 'unsigned' | 'forged'): Words {
  const detail: Text =
    standing === 'unsigned'
      ? { zh: '检查点上没有此公钥的签名。', en: 'The checkpoint carries no signature by this key.' }
      : {
          zh: '检查点上此公钥的签名与内容不符：内容或签名被改动过。',
          en: 'The signature does not fit the checkpoint: its text or its signature was changed.',
        };
  return {
    says: { zh: '核验不通过：日志没有签署过这个检查点。', en: 'Not true: the log did not sign this checkpoint.' },
    details: [detail],
  };
}

export function notIncluded({ index }: TlogProof, { size }: Checkpoint): Words {
  return {
    says: {
      zh: '核验不通过：这条记录不在日志的该位置。',
      en: 'Not true: this entry does not stand at that place in the log.',
    },
    details: [
      {
        zh: `检查点的签名真实，但由记录和证明（序号 ${index}，共 ${size} 条）算不出所签的根哈希：记录或证明被改动过，或记录并非原样字节（多了空格、换行等）。`,
        en: `The checkpoint is genuine, but the entry and the proof (index ${index} of ${size}) do not lead to the signed root: one of them was changed, or the entry is not byte for byte the original (an added space or newline is enough).`,
      },
    ],
  };
}
