import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, hex, textOf, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical.ts';
import { checkFigures } from './certificate-figures.ts';
import {
  CERTIFICATE_TYPE,
  type CertificateFile,
  type EvidenceItem,
  evidenceItem,
  readCertificate,
  readCertificatePdf,
} from './certificate-file.ts';
import { type CertificateProven, fails, proven, provenNote, unreadable } from './certificate-words.ts';
import { type Entry, entryOf } from './entry.ts';
import { checkNote, linesOf, type Note, type NoteKey, parseKey, parseNote } from './note.ts';
import { checkOpening } from './opening.ts';
import { type Level, NoTrust, type Prover, proverOf, type Trust } from './prover.ts';
import type { Text } from './text.ts';

/**
 * Checks a certificate (docs/evidence.md, 凭证 Certificates) without server, network or clock. Whoever trusts the log's
 * key or its policy needs nothing else: the key that signed the certificate is announced in the log, and the receipt of
 * that announcement travels in the file.
 */
export interface CertificateParts extends Trust {
  /** The JSON file, its exact bytes. */
  readonly json?: Uint8Array;
  /** The PDF file, its exact bytes. */
  readonly pdf?: Uint8Array;
  /** The note of a printed QR code: as text, or as its base64url. */
  readonly note?: string;
  /** For a note, which carries no evidence: the announced keys with their receipts (`GET /v1/certificate-keys`). */
  readonly announcements?: readonly unknown[];
}

export type UnreadableCertificate = 'json' | 'pdf' | 'note' | 'key' | 'policy' | 'announcements';
/**
 * `content`: its hash differs · `evidence`: a receipt is false or one is missing · `key`: the key was not announced in
 * the log · `signature`: not signed by that key · `issue`: the log has no such certificate · `events`: what it lists is
 * not what the log says · `figures`: its counts or sums do not come out · `file`: the file was changed after it was made.
 */
export type CertificateCheck = 'content' | 'evidence' | 'key' | 'signature' | 'issue' | 'events' | 'figures' | 'file';

interface Words {
  /** One sentence for a person. */
  readonly says: Text;
  readonly details: readonly Text[];
}

export type CertificateVerification =
  | (Words & {
      readonly outcome: 'proven';
      readonly certificate: CertificateProven;
      readonly proves: readonly Text[];
      readonly doesNotProve: readonly Text[];
    })
  | (Words & { readonly outcome: 'false'; readonly check: CertificateCheck })
  | (Words & { readonly outcome: 'unreadable'; readonly part: UnreadableCertificate });

/** Thrown inside and answered as an outcome. */
class Wrong {
  readonly check: CertificateCheck;
  readonly detail: Text;
  constructor(check: CertificateCheck, zh: string, en: string) {
    this.check = check;
    this.detail = { zh, en };
  }
}

/** Checks one of a JSON file, a PDF file or the note of a QR code. */
export function verifyCertificate(parts: CertificateParts): CertificateVerification {
  const prover = proverOf(parts);
  try {
    if (parts.pdf) return verifyPdf(parts.pdf, prover);
    if (parts.json) return verifyJson(parts.json, prover);
    return verifyNote(parts.note ?? '', parts.announcements ?? [], prover);
  } catch (wrong) {
    if (wrong instanceof Wrong) return fails(wrong.check, wrong.detail);
    if (wrong instanceof NoTrust) return unreadable(wrong.part);
    throw wrong;
  }
}

function verifyJson(bytes: Uint8Array, prover: Prover): CertificateVerification {
  const file = readCertificate(bytes);
  if (!file) return unreadable('json');
  const { level } = checkFile(file, prover);
  return proven('json', file, level);
}

function verifyPdf(bytes: Uint8Array, prover: Prover): CertificateVerification {
  const parts = readCertificatePdf(bytes);
  const file = parts && readCertificate(parts.json);
  if (!parts || !file) return unreadable('pdf');
  const text = `shuheng/certificate-pdf/1\n${file.id}\n${hex(sha256(parts.signed))}\n`;
  checkText(parts.note, text, 'file');
  const { level, keys } = checkFile(file, prover);
  checkSigned(parts.note, text, keys, 'file');
  return proven('pdf', file, level);
}

interface Checked {
  readonly level: Level;
  readonly keys: readonly NoteKey[];
}

function checkFile(file: CertificateFile, prover: Prover): Checked {
  const { content, contentSha256, whole } = file;
  if (hex(sha256(utf8(canonicalJson(content)))) !== contentSha256)
    throw new Wrong('content', '内容与其哈希不符。', 'The content does not have the hash it names.');
  const { file: _, ...unsigned } = whole;
  const fileText = `shuheng/certificate-json/1\n${file.id}\n${hex(sha256(utf8(canonicalJson(unsigned))))}\n`;
  // A changed file is known by its hash, before any signature is looked at.
  checkText(file.file, fileText, 'file');
  const proofs = proofsOf(file.evidence, prover);
  const keys = announcedKeys(proofs.values());
  checkSigned(file.signature, noteText(file.id, file.number, contentSha256), keys, 'signature');
  checkSigned(file.file, fileText, keys, 'file');
  checkIssue(file, proofs);
  checkEvents(file, proofs);
  const wrong = checkFigures(content, proofs);
  if (wrong) throw new Wrong('figures', wrong.zh, wrong.en);
  return { level: prover.level(), keys };
}

/** What the certificate key signs: id, number and hash of the content. */
const noteText = (id: string, number: string, contentSha256: string): string =>
  `${CERTIFICATE_TYPE}\n${id}\n${number}\n${contentSha256}\n`;

/** An entry that stands in the log, with what of it was opened. */
export interface ProvenItem extends EvidenceItem {
  readonly parsed: Entry;
}

/** Every entry of the evidence by its receipt: proven, of our form, once. */
function proofsOf(evidence: readonly EvidenceItem[], prover: Prover): Map<string, ProvenItem> {
  const proofs = new Map<string, ProvenItem>();
  for (const item of evidence) {
    const fault = prover.check(item);
    if (fault)
      throw new Wrong('evidence', `回执 ${item.receiptId}：${fault.zh}`, `Receipt ${item.receiptId}: ${fault.en}`);
    const parsed = entryOf(item.entry);
    if (parsed?.id !== item.receiptId || proofs.has(item.receiptId))
      throw new Wrong(
        'evidence',
        `回执 ${item.receiptId} 与所附条目不符。`,
        `Receipt ${item.receiptId} does not belong to the entry beside it.`,
      );
    for (const [name, opening] of Object.entries(item.opened)) {
      if (checkOpening(item.entry, name, opening) !== 'opened')
        throw new Wrong(
          'evidence',
          `回执 ${item.receiptId} 所附的“${name}”与存证承诺不符。`,
          `What is said to be “${name}” of receipt ${item.receiptId} does not open its commitment.`,
        );
    }
    proofs.set(item.receiptId, { ...item, parsed });
  }
  return proofs;
}

const ANNOUNCEMENT = 'certificate.announce-key';

function announcedKeys(proofs: Iterable<ProvenItem>): NoteKey[] {
  const keys: NoteKey[] = [];
  for (const { parsed } of proofs) {
    if (parsed.act !== ANNOUNCEMENT) continue;
    const { vkeys } = parsed.open;
    if (!Array.isArray(vkeys)) continue;
    for (const vkey of vkeys) {
      const key = typeof vkey === 'string' ? parseKey(vkey) : undefined;
      if (key) keys.push(key);
    }
  }
  if (keys.length === 0)
    throw new Wrong('key', '存证中没有签发密钥的公告。', 'The evidence has no announcement of a certificate key.');
  return keys;
}

function checkText(noteOrText: string, text: string, check: 'signature' | 'file'): Note {
  const note = parseNote(noteOrText);
  if (note?.text === text) return note;
  throw check === 'file'
    ? new Wrong('file', '文件在生成之后被改动过。', 'The file was changed after it was made.')
    : new Wrong('signature', '签名不是对这份凭证作出的。', 'The signature is not over this certificate.');
}

/** Every line of a note is by an announced key and right: a line nobody can check is a changed byte nobody sees. */
function checkSigned(noteOrText: string, text: string, keys: readonly NoteKey[], check: 'signature' | 'file'): void {
  const note = checkText(noteOrText, text, check);
  if (note.signatures.length === 0 || !note.signatures.every((_, n) => isBy(note, n, keys)))
    throw new Wrong(
      check,
      '签名不是由公告过的签发密钥作出的，或已被改动。',
      'A signature is not by an announced certificate key, or was changed.',
    );
}

function isBy(note: Note, line: number, keys: readonly NoteKey[]): boolean {
  const signature = note.signatures[line];
  return keys.some((key) => linesOf(note, key).includes(signature as never) && checkNote(note, key) === 'signed');
}

const ISSUES: readonly string[] = ['certificate.issue', 'certificate.reissue'];

/** The log itself says that this certificate with this content was issued. */
function checkIssue({ id, number, contentSha256 }: CertificateFile, proofs: ReadonlyMap<string, ProvenItem>): void {
  const issued = [...proofs.values()].some(
    ({ parsed, opened }) =>
      ISSUES.includes(parsed.act) &&
      parsed.open.number === number &&
      opened.subject?.value === id &&
      opened.contentSha256?.value === contentSha256,
  );
  if (!issued)
    throw new Wrong('issue', '日志中没有签发这一内容的记录。', 'The log has no record that this content was issued.');
}

/** Each event the certificate lists is the entry it names; nothing else is in the evidence. */
function checkEvents({ content, evidence }: CertificateFile, proofs: ReadonlyMap<string, ProvenItem>): void {
  const events: unknown[] = Array.isArray(content.events) ? content.events : [];
  const named = new Set<string>();
  for (const event of events) {
    const { receiptId, act, at, subject, entrySha256 } = (event ?? {}) as Record<string, unknown>;
    const proof = typeof receiptId === 'string' ? proofs.get(receiptId) : undefined;
    const fits =
      proof !== undefined &&
      proof.parsed.act === act &&
      proof.parsed.at === at &&
      (proof.parsed.subject ?? proof.opened.subject?.value) === subject &&
      hex(sha256(proof.entry)) === entrySha256;
    if (!fits || named.has(proof.receiptId))
      throw new Wrong(
        'events',
        `所列记录 ${String(receiptId)} 与存证不符。`,
        `The event ${String(receiptId)} it lists is not what the evidence says.`,
      );
    named.add(proof.receiptId);
  }
  const others = evidence.filter(
    (item) =>
      !named.has(item.receiptId) && ![...ISSUES, ANNOUNCEMENT].includes(proofs.get(item.receiptId)?.parsed.act ?? ''),
  );
  if (others.length > 0)
    throw new Wrong('events', '附有凭证未列明的存证。', 'There is evidence the certificate does not name.');
}

function verifyNote(given: string, announcements: readonly unknown[], prover: Prover): CertificateVerification {
  const text = given.includes('\n') ? given : textOf(fromBase64Url(given) ?? new Uint8Array());
  const note = text === undefined ? undefined : parseNote(text);
  const [type, id, number, contentSha256, ...rest] = note?.text.split('\n') ?? [];
  if (!text || type !== CERTIFICATE_TYPE || !id || !number || !/^[0-9a-f]{64}$/.test(contentSha256 ?? ''))
    return unreadable('note');
  if (rest.length !== 1 || rest[0] !== '') return unreadable('note');
  const items = announcements.map(evidenceItem);
  if (!items.every((item) => item !== undefined)) return unreadable('announcements');
  const keys = announcedKeys(proofsOf(items, prover).values());
  checkSigned(text, noteText(id, number, contentSha256 ?? ''), keys, 'signature');
  return provenNote({ id, number, contentSha256: contentSha256 ?? '' }, prover.level());
}

/** Base64url without padding (RFC 4648 §5). */
function fromBase64Url(text: string): Uint8Array | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  if (/[+/]/.test(text)) return undefined;
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}
