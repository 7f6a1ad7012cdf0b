import { sha256 } from '@noble/hashes/sha2.js';
import { hex, same, textOf } from './bytes.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { leafHash, rootFromInclusion } from './merkle.ts';
import { checkNote, type NoteKey, parseKey, parseNote } from './note.ts';
import { parseProof, type TlogProof } from './proof.ts';

/** An entry must fit the two length bytes of an entry bundle (C2SP tlog-tiles). */
const ENTRY_BYTES_MAX = 65_535;

/** A sentence in both languages, as everywhere in the house; said again here because the verifier stands alone. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export interface ReceiptParts {
  /** Text of the `.tlog-proof` file, or its bytes. */
  readonly proof: string | Uint8Array;
  /** The exact bytes of the entry: a changed space or an added newline is another entry. */
  readonly entry: Uint8Array;
  /** The log's public key, `<name>+<id>+<key>`, from a source one trusts. */
  readonly vkey: string;
}

/** What an entry of this platform says of itself; an entry in another form is proven all the same. */
export interface EntrySummary {
  readonly id: string;
  readonly act: string;
  /** RFC 3339, UTC, as the platform wrote it down when it happened. */
  readonly at: string;
  /** Null, like the subject, where the act is no public fact: then both are sealed, and an opening can show them. */
  readonly party: string | null;
  readonly subject: string | null;
}

export interface Proven {
  /** Name of the log, signed into the checkpoint. */
  readonly log: string;
  readonly index: bigint;
  /** Entries in the log when the checkpoint was signed. */
  readonly size: bigint;
  /** Hex. */
  readonly root: string;
  /** SHA-256 of the entry's bytes, hex, as `sha256sum` prints it. */
  readonly entryHash: string;
  readonly entry: EntrySummary | null;
}

export type UnreadablePart = 'proof' | 'checkpoint' | 'entry' | 'key';
/** `origin`: another log's checkpoint · `signature`: not signed by this key · `inclusion`: the hashes do not lead to the signed root. */
export type FailedCheck = 'origin' | 'signature' | 'inclusion';

interface Words {
  /** One sentence for a person. */
  readonly says: Text;
  readonly details: readonly Text[];
}

export type Verification =
  | (Words & { readonly outcome: 'proven'; readonly proven: Proven })
  | (Words & { readonly outcome: 'false'; readonly check: FailedCheck })
  | (Words & { readonly outcome: 'unreadable'; readonly part: UnreadablePart });

/**
 * Checks a receipt with nothing but itself and the log's public key: no server, no network, no clock. It distinguishes
 * a file that cannot be read from one that can be read and is not true.
 */
export function verifyReceipt({ proof, entry, vkey }: ReceiptParts): Verification {
  const key = parseKey(vkey);
  // A witness's key says nothing of what the log signed.
  if (!key || key.type === 'cosignature') return unreadable('key');
  const proofText = typeof proof === 'string' ? proof : textOf(proof);
  const parsed = proofText === undefined ? undefined : parseProof(proofText);
  if (!parsed) return unreadable('proof');
  const note = parseNote(parsed.checkpoint);
  const checkpoint = note && parseCheckpoint(note.text);
  if (!note || !checkpoint) return unreadable('checkpoint');
  if (entry.length === 0 || entry.length > ENTRY_BYTES_MAX) return unreadable('entry');

  // The key's name is the log's name: a receipt of another log must not pass under this one's key.
  if (checkpoint.origin !== key.name) return otherLog(checkpoint, key);
  const standing = checkNote(note, key);
  if (standing !== 'signed') return notSigned(standing);
  const root = rootFromInclusion(parsed.index, checkpoint.size, leafHash(entry), parsed.hashes);
  if (!root || !same(root, checkpoint.root)) return notIncluded(parsed, checkpoint);
  return included(parsed, checkpoint, entry);
}

function included(proof: TlogProof, checkpoint: Checkpoint, bytes: Uint8Array): Verification {
  const entry = summaryOf(bytes);
  const entryHash = hex(sha256(bytes));
  const { origin, size } = checkpoint;
  const details: Text[] = [
    { zh: `记录的 SHA-256：${entryHash}。`, en: `SHA-256 of the entry: ${entryHash}.` },
    {
      zh: `日志：${origin}；序号：${proof.index}（从 0 起）；检查点签署时共 ${size} 条。`,
      en: `Log: ${origin}; index: ${proof.index} (counted from 0); ${size} entries when the checkpoint was signed.`,
    },
  ];
  if (entry) {
    const { party, subject } = entry;
    details.push(
      {
        zh: `记录载明：${entry.at}，业务 ${entry.act}，${party ? `单位 ${party}，` : ''}${subject ? `对象 ${subject}，` : ''}回执编号 ${entry.id}。`,
        en: `The entry says: ${entry.at}, act ${entry.act}, ${party ? `party ${party}, ` : ''}${subject ? `subject ${subject}, ` : ''}receipt ${entry.id}.`,
      },
      ...(subject === null
        ? [
            {
              zh: '这项业务不属公开事实：单位、对象和内容只以加盐承诺写入日志，可用“开示”逐项核对。',
              en: 'The act is no public fact: party, subject and content stand in the log as salted commitments only; an opening shows them one by one.',
            },
          ]
        : []),
      {
        zh: '时间为平台在记录中载明的时间，未经独立第三方授时。',
        en: 'The time is the one the platform wrote into the entry; no independent party has timed it.',
      },
    );
  }
  return {
    outcome: 'proven',
    says: {
      zh: '核验通过：日志的签名真实，这条记录原样在该日志中。',
      en: 'Proven: the log signed this checkpoint, and exactly this entry is in that log.',
    },
    details,
    proven: { log: origin, index: proof.index, size, root: hex(checkpoint.root), entryHash, entry },
  };
}

/** Called on bytes already proven; still nothing in them is taken for granted. */
function summaryOf(bytes: Uint8Array): EntrySummary | null {
  const text = textOf(bytes);
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { type, id, act, at, party, subject } = value as Record<string, unknown>;
  if (type !== 'shuheng/act/1' || typeof id !== 'string' || typeof act !== 'string') return null;
  if (typeof at !== 'string') return null;
  const named = (value: unknown) => (typeof value === 'string' ? value : null);
  return { id, act, at, party: named(party), subject: named(subject) };
}

const PARTS: Readonly<Record<UnreadablePart, { says: Text; detail: Text }>> = {
  key: {
    says: { zh: '无法读取日志公钥。', en: 'The log key cannot be read.' },
    detail: {
      zh: '公钥形如“<日志名>+<8 位十六进制>+<base64>”，须完整一行；可在平台的 /log/vkey 取得。',
      en: 'A key is one whole line, “<log name>+<8 hex digits>+<base64>”; the platform serves it at /log/vkey.',
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
    detail: { zh: `记录须为 1 至 ${ENTRY_BYTES_MAX} 字节。`, en: `An entry has 1 to ${ENTRY_BYTES_MAX} bytes.` },
  },
};

function unreadable(part: UnreadablePart): Verification {
  const { says, detail } = PARTS[part];
  return { outcome: 'unreadable', part, says, details: [detail] };
}

function otherLog({ origin }: Checkpoint, { name }: NoteKey): Verification {
  return {
    outcome: 'false',
    check: 'origin',
    says: { zh: '核验不通过：回执属于另一个日志。', en: 'Not true: the receipt belongs to another log.' },
    details: [
      {
        zh: `检查点写明日志为“${origin}”，公钥属于“${name}”。`,
        en: `The checkpoint names the log “${origin}”, the key belongs to “${name}”.`,
      },
    ],
  };
}

function notSigned(standing: 'unsigned' | 'forged'): Verification {
  const detail: Text =
    standing === 'unsigned'
      ? { zh: '检查点上没有此公钥的签名。', en: 'The checkpoint carries no signature by this key.' }
      : {
          zh: '检查点上此公钥的签名与内容不符：内容或签名被改动过。',
          en: 'The signature does not fit the checkpoint: its text or its signature was changed.',
        };
  return {
    outcome: 'false',
    check: 'signature',
    says: { zh: '核验不通过：日志没有签署过这个检查点。', en: 'Not true: the log did not sign this checkpoint.' },
    details: [detail],
  };
}

function notIncluded({ index }: TlogProof, { size }: Checkpoint): Verification {
  return {
    outcome: 'false',
    check: 'inclusion',
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
