import type { CertificateCheck, CertificateVerification, UnreadableCertificate } from './certificate.ts';
import type { CertificateFile } from './certificate-file.ts';
import { isObject } from './json.ts';
import type { Level } from './prover.ts';
import type { Text } from './text.ts';

/** What a certificate that holds says of itself. */
export interface CertificateProven {
  readonly form: 'json' | 'pdf' | 'note';
  readonly id: string;
  readonly number: string;
  readonly contentSha256: string;
  /** `registration`, `trade`, `delivery`, `clearing`, `asset`; null for a note, which says only number and hash. */
  readonly kind: string | null;
  readonly holder: string | null;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly issuedAt: string | null;
  /** Entries of the log it rests on. */
  readonly events: number | null;
  /** The least of all receipts. */
  readonly level: Level;
  /** Where to ask whether it is still valid, below the exchange's address. */
  readonly statusPath: string;
}

type Proven = Extract<CertificateVerification, { outcome: 'proven' }>;

const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const named = (value: unknown, field: string): string | null => (isObject(value) ? word(value[field]) : null);

export function proven(form: 'json' | 'pdf', file: CertificateFile, level: Level): Proven {
  const { id, number, contentSha256, content } = file;
  const certificate: CertificateProven = {
    form,
    id,
    number,
    contentSha256,
    kind: word(content.kind),
    holder: named(content.holder, 'name'),
    issuer: word(content.issuer),
    subject: named(content.subject, 'title'),
    issuedAt: word(content.issuedAt),
    events: Array.isArray(content.events) ? content.events.length : 0,
    level,
    statusPath: statusPath(id, contentSha256),
  };
  return {
    outcome: 'proven',
    says: {
      zh: '核验通过：凭证由该日志所属的交易所签发，内容自签发以来没有改动。',
      en: 'Proven: the exchange behind this log issued the certificate, and nothing in it has changed since.',
    },
    details: details(certificate),
    certificate,
    proves: [
      ISSUED,
      form === 'pdf' ? WHOLE_PDF : WHOLE_JSON,
      {
        zh: `凭证所列的 ${certificate.events} 项记录，每一项都逐字节原样在日志中。`,
        en: `Each of the ${certificate.events} events it lists stands in the log, byte for byte.`,
      },
      ...(isObject(content.asset) ? [FIGURES] : []),
      level === 'witnessed' ? WITNESSED : SEQUENCED,
    ],
    doesNotProve: [...NOT_PROVEN, ...(level === 'witnessed' ? [] : [SAME_FOR_ALL]), stillValid(certificate)],
  };
}

export function provenNote(
  { id, number, contentSha256 }: { id: string; number: string; contentSha256: string },
  level: Level,
): Proven {
  const certificate: CertificateProven = {
    form: 'note',
    ...{ id, number, contentSha256 },
    ...{ kind: null, holder: null, issuer: null, subject: null, issuedAt: null, events: null },
    level,
    statusPath: statusPath(id, contentSha256),
  };
  return {
    outcome: 'proven',
    says: {
      zh: '二维码由该日志所属的交易所签发。请核对纸面的编号和内容哈希。',
      en: 'The exchange behind this log issued this code. Compare number and content hash with the paper.',
    },
    details: details(certificate),
    certificate,
    proves: [
      ISSUED,
      {
        zh: `签发的凭证编号为 ${number}，内容哈希如上。`,
        en: `What it issued has the number ${number} and the content hash above.`,
      },
      level === 'witnessed' ? WITNESSED_KEY : SEQUENCED_KEY,
    ],
    doesNotProve: [
      {
        zh: '纸面文字没有改动：二维码只含编号和哈希。请核验 PDF 或 JSON 文件，或登录查看原文。',
        en: 'That the printed words are unchanged: the code holds number and hash only. Check the PDF or JSON file, or sign in to read the original.',
      },
      ...NOT_PROVEN,
      stillValid(certificate),
    ],
  };
}

const statusPath = (id: string, hash: string): string => `/v1/certificates/${id}/status?hash=${hash}`;

function details({ id, number, contentSha256, holder, subject, issuer, issuedAt }: CertificateProven): Text[] {
  const lines: Text[] = [
    { zh: `编号 ${number}，凭证标识 ${id}。`, en: `Number ${number}, certificate ${id}.` },
    { zh: `内容哈希 SHA-256：${contentSha256}。`, en: `SHA-256 of the content: ${contentSha256}.` },
  ];
  if (holder !== null && subject !== null && issuer !== null && issuedAt !== null) {
    lines.push({
      zh: `凭证载明：权利人 ${holder}，标的 ${subject}，出具机构 ${issuer}，出具时间 ${issuedAt}。`,
      en: `It says: right holder ${holder}, subject ${subject}, issued by ${issuer} at ${issuedAt}.`,
    });
  }
  return lines;
}

const ISSUED: Text = {
  zh: '签名由交易所的签发密钥作出，该密钥已在日志中公告，签发行为本身也在日志中。',
  en: 'The signature is by the exchange’s certificate key, which is announced in the log; the issue itself is in the log too.',
};
const WHOLE_PDF: Text = {
  zh: '这份 PDF 自交易所生成以来，没有一个字节被改动。',
  en: 'Not a byte of this PDF has changed since the exchange made it.',
};
const WHOLE_JSON: Text = {
  zh: '这份 JSON 自交易所生成以来，没有一个字节被改动。',
  en: 'Not a byte of this JSON has changed since the exchange made it.',
};
const FIGURES: Text = {
  zh: '所载的笔数、首末时间和金额，已由所附存证逐项重新算出，与凭证一致。',
  en: 'Its counts, first and last times and amounts were reckoned anew from the evidence and agree.',
};
const WITNESSED: Text = {
  zh: '所依据的检查点由独立见证方联署，日志不能对不同的人出示不同的版本。',
  en: 'Independent witnesses cosigned the checkpoints: the log cannot show different versions to different people.',
};
const SEQUENCED: Text = {
  zh: '所依据的记录已编入日志并由日志签署（尚未计入见证方联署）。',
  en: 'The log sequenced and signed the entries (no cosignature of a witness was counted).',
};
const WITNESSED_KEY: Text = {
  zh: '签发密钥的公告已由独立见证方联署。',
  en: 'The announcement of the key is cosigned by independent witnesses.',
};
const SEQUENCED_KEY: Text = {
  zh: '签发密钥的公告已编入日志（尚未计入见证方联署）。',
  en: 'The announcement of the key is in the log (no cosignature of a witness was counted).',
};
const NOT_PROVEN: readonly Text[] = [
  {
    zh: '所载数据和陈述真实：凭证证明平台当时如此记录，不证明数据本身正确。',
    en: 'That data and statements are true: it proves what the platform recorded, not that the data is right.',
  },
  {
    zh: '时间准确：时间由平台写下。公钥属于谁：请与别处公布的公钥核对。',
    en: 'That the times are right: the platform wrote them. Whose key it is: compare it with one published elsewhere.',
  },
];
const SAME_FOR_ALL: Text = {
  zh: '日志对所有人出示同一版本：这要靠独立见证方的联署。',
  en: 'That the log shows everyone the same version: that takes the cosignatures of independent witnesses.',
};
const stillValid = ({ statusPath: path }: CertificateProven): Text => ({
  zh: `现在仍然有效：凭证可能已被注销或替换，请向交易所查询 ${path}。`,
  en: `That it is still valid: it may have been revoked or replaced; ask the exchange at ${path}.`,
});

const CHECKS: Readonly<Record<CertificateCheck, Text>> = {
  content: {
    zh: '核验不通过：凭证内容被改动过。',
    en: 'Not true: the content of the certificate was changed.',
  },
  evidence: {
    zh: '核验不通过：所附的存证回执有一份不成立。',
    en: 'Not true: one of the receipts it carries does not hold.',
  },
  key: {
    zh: '核验不通过：签发密钥没有在该日志中公告。',
    en: 'Not true: the key that signed it is not announced in this log.',
  },
  signature: {
    zh: '核验不通过：凭证不是由公告过的密钥签发的。',
    en: 'Not true: no announced key signed the certificate.',
  },
  issue: {
    zh: '核验不通过：日志中没有签发这份凭证的记录。',
    en: 'Not true: the log has no record of issuing this certificate.',
  },
  events: {
    zh: '核验不通过：凭证所列的记录与存证不一致。',
    en: 'Not true: the events it lists are not those of the evidence.',
  },
  figures: {
    zh: '核验不通过：凭证所载的数字与存证不一致。',
    en: 'Not true: the figures it states are not those of the evidence.',
  },
  file: {
    zh: '核验不通过：文件在生成之后被改动过。',
    en: 'Not true: the file was changed after it was made.',
  },
};

export const fails = (check: CertificateCheck, detail: Text): CertificateVerification => ({
  outcome: 'false',
  check,
  says: CHECKS[check],
  details: [detail],
});

const PARTS: Readonly<Record<UnreadableCertificate, { says: Text; detail: Text }>> = {
  json: {
    says: { zh: '无法读取这份凭证文件。', en: 'This certificate file cannot be read.' },
    detail: {
      zh: '它不是交易所生成的凭证 JSON，或被编辑、重新排版过；请重新下载。',
      en: 'It is no certificate JSON as the exchange makes it, or it was edited or reformatted; download it again.',
    },
  },
  pdf: {
    says: { zh: '无法从这份 PDF 读出凭证。', en: 'No certificate can be read from this PDF.' },
    detail: {
      zh: '它不是交易所生成的凭证 PDF，或被另存、打印、合并、压缩过；请使用原始文件，或扫描纸面二维码。',
      en: 'It is no certificate PDF as the exchange makes it, or it was re-saved, printed, merged or compressed; use the original file, or scan the code on the paper.',
    },
  },
  note: {
    says: { zh: '无法读取二维码内容。', en: 'The code cannot be read.' },
    detail: {
      zh: '内容须是交易所凭证的签名文本。',
      en: 'It must hold the signed note of a certificate of the exchange.',
    },
  },
  key: {
    says: { zh: '无法读取日志公钥。', en: 'The log key cannot be read.' },
    detail: {
      zh: '公钥形如“<日志名>+<8 位十六进制>+<base64>”，须完整一行；可在平台的 /log/vkey 取得。',
      en: 'A key is one whole line, “<log name>+<8 hex digits>+<base64>”; the platform serves it at /log/vkey.',
    },
  },
  policy: {
    says: { zh: '无法读取信任策略。', en: 'The trust policy cannot be read.' },
    detail: {
      zh: '策略须是 C2SP tlog-policy 文件；可在平台的 /log/policy 取得。',
      en: 'It must be a C2SP tlog-policy file; the platform serves one at /log/policy.',
    },
  },
  announcements: {
    says: { zh: '无法读取签发密钥的公告。', en: 'The announcements of certificate keys cannot be read.' },
    detail: {
      zh: '请从平台的 /v1/certificate-keys 重新取得。',
      en: 'Get them again from the platform at /v1/certificate-keys.',
    },
  },
};

export function unreadable(part: UnreadableCertificate): CertificateVerification {
  const { says, detail } = PARTS[part];
  return { outcome: 'unreadable', part, says, details: [detail] };
}
