import { fromBase64, textOf, utf8 } from './bytes.ts';
import { isObject, type JsonObject, readCanonical } from './json.ts';
import type { Opening } from './opening.ts';

/**
 * The files a certificate comes in: JSON, and a PDF that carries the same JSON as an embedded file. Files may be made by
 * an enemy, so everything is bounded and nothing is unpacked: the embedded file lies in the PDF as it is.
 */
export const CERTIFICATE_TYPE = 'shuheng/certificate/2';
const JSON_BYTES_MAX = 32 * 1024 * 1024;
const PDF_BYTES_MAX = 64 * 1024 * 1024;
const EVIDENCE_MAX = 5_000;
const CANDIDATES_MAX = 32;
/** A stream's dictionary stands right before it and is small. */
const DICTIONARY_BYTES_MAX = 2_048;
const SIGNATURE_LINE = '%shuheng-signature ';
const SIGNATURE_BYTES_MAX = 16_384;

/** An entry of the log with its receipt. */
export interface EvidenceItem {
  readonly receiptId: string;
  readonly entry: Uint8Array;
  readonly proof: string;
  readonly opened: Readonly<Record<string, Opening>>;
}

export interface CertificateFile {
  readonly whole: JsonObject;
  readonly id: string;
  readonly number: string;
  /** What was hashed: the file without hash, signatures and evidence. */
  readonly content: JsonObject;
  readonly contentSha256: string;
  /** The note by the certificate key over the hash of the content. */
  readonly signature: string;
  /** The note by the certificate key over the hash of this file without this note. */
  readonly file: string;
  readonly evidence: readonly EvidenceItem[];
}

/** @returns undefined for what is no certificate of this form, or not written canonically */
export function readCertificate(bytes: Uint8Array): CertificateFile | undefined {
  if (bytes.length > JSON_BYTES_MAX) return undefined;
  const whole = readCanonical(bytes);
  if (!whole || whole.type !== CERTIFICATE_TYPE) return undefined;
  const { contentSha256, signature, evidence, file, ...content } = whole;
  const { id, number } = content;
  if (typeof id !== 'string' || typeof number !== 'string' || typeof contentSha256 !== 'string') return undefined;
  if (typeof signature !== 'string' || typeof file !== 'string' || !Array.isArray(evidence)) return undefined;
  if (evidence.length > EVIDENCE_MAX) return undefined;
  const items = evidence.map(evidenceItem);
  if (!items.every((item) => item !== undefined)) return undefined;
  return { whole, id, number, content, contentSha256, signature, file, evidence: items };
}

const EVIDENCE_NAMES: readonly string[] = ['receiptId', 'entry', 'proof', 'opened'];

export function evidenceItem(value: unknown): EvidenceItem | undefined {
  if (!isObject(value) || Object.keys(value).some((name) => !EVIDENCE_NAMES.includes(name))) return undefined;
  const { receiptId, entry, proof, opened = {} } = value;
  if (typeof receiptId !== 'string' || typeof entry !== 'string' || typeof proof !== 'string') return undefined;
  const bytes = fromBase64(entry);
  if (!bytes || !isObject(opened) || !Object.values(opened).every(isOpening)) return undefined;
  return { receiptId, entry: bytes, proof, opened: opened as Readonly<Record<string, Opening>> };
}

const isOpening = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).sort().join() === 'salt,value' && /^[0-9a-f]{32}$/.test(String(value.salt));

/** What a PDF of ours ends with: a comment that signs every byte before it. */
export interface PdfParts {
  /** The bytes that are signed. */
  readonly signed: Uint8Array;
  /** The signed note. */
  readonly note: string;
  /** The embedded certificate. */
  readonly json: Uint8Array;
}

/** @returns undefined for what is no PDF of a certificate, whole as it was issued */
export function readCertificatePdf(bytes: Uint8Array): PdfParts | undefined {
  if (bytes.length > PDF_BYTES_MAX || latin1(bytes, 0, 5) !== '%PDF-') return undefined;
  const signature = signatureLine(bytes);
  const json = embeddedCertificate(bytes);
  return signature && json ? { ...signature, json } : undefined;
}

function signatureLine(bytes: Uint8Array): Omit<PdfParts, 'json'> | undefined {
  const tail = Math.max(0, bytes.length - SIGNATURE_BYTES_MAX);
  const end = latin1(bytes, tail, bytes.length);
  const at = end.lastIndexOf(`\n${SIGNATURE_LINE}`);
  if (at < 0 || !end.endsWith('\n')) return undefined;
  const start = tail + at + 1;
  const encoded = end.slice(at + 1 + SIGNATURE_LINE.length, -1);
  const noteBytes = fromBase64(encoded);
  const note = noteBytes && textOf(noteBytes);
  return note === undefined ? undefined : { signed: bytes.subarray(0, start), note };
}

/** The one embedded certificate; two would leave open which of them the paper shows. */
function embeddedCertificate(bytes: Uint8Array): Uint8Array | undefined {
  const found: Uint8Array[] = [];
  let at = 0;
  for (let candidates = 0; ; candidates++) {
    at = indexOf(bytes, MARK, at);
    if (at < 0) break;
    if (candidates >= CANDIDATES_MAX) return undefined;
    const json = streamAfter(bytes, at);
    if (json && isCertificate(json)) found.push(json);
    at += MARK.length;
  }
  return found.length === 1 ? found[0] : undefined;
}

const MARK = utf8('/EmbeddedFile');
const STREAM = utf8('stream\n');
const ENDSTREAM = '\nendstream';

/** The raw bytes of the stream whose dictionary this place lies in; undefined where it is packed or cut off. */
function streamAfter(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const start = indexOf(bytes, STREAM, at, at + DICTIONARY_BYTES_MAX);
  if (start < 0) return undefined;
  const dictionary = latin1(bytes, Math.max(0, at - DICTIONARY_BYTES_MAX), start);
  const own = dictionary.slice(dictionary.lastIndexOf(' obj'));
  const [, digits] = /\/Length (\d{1,9})\b/.exec(own) ?? [];
  // `/EmbeddedFiles` is the list of them, and a mark before the object began is another object's.
  if (!/\/EmbeddedFile\b/.test(own) || digits === undefined || own.includes('/Filter')) return undefined;
  const first = start + STREAM.length;
  const last = first + Number(digits);
  if (last + ENDSTREAM.length > bytes.length) return undefined;
  return latin1(bytes, last, last + ENDSTREAM.length) === ENDSTREAM ? bytes.subarray(first, last) : undefined;
}

function isCertificate(bytes: Uint8Array): boolean {
  return bytes.length <= JSON_BYTES_MAX && readCanonical(bytes)?.type === CERTIFICATE_TYPE;
}

/** Bytes as characters of the same number, a window at a time. */
const latin1 = (bytes: Uint8Array, start: number, end: number): string => {
  let text = '';
  for (let i = start; i < Math.min(end, bytes.length); i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
};

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number, to = bytes.length): number {
  const last = Math.min(to, bytes.length) - wanted.length;
  const [first] = wanted;
  for (let at = bytes.indexOf(first ?? 0, from); at >= 0 && at <= last; at = bytes.indexOf(first ?? 0, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
