import { sql } from 'kysely';
import { refused } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { canonical, entryBytes, proofFor, type SealedValue, sha256Hex } from '../../kernel/evidence/index.ts';
import { text } from '../../kernel/text.ts';
import { announcementReceipts, signedBy } from './keys.ts';
import type { CertificateTable } from './model.ts';

/** The log needs a moment for what was done just now; longer than this nobody waits. */
const SEQUENCED_WITHIN_MS = 5_000;
const POLL_MS = 50;

const receiptOf = (actId: string): string => actId.replace('act_', 'rct_');

interface EvidenceItem {
  readonly receiptId: string;
  /** Base64 of the exact bytes. */
  readonly entry: string;
  /** The tlog-proof. */
  readonly proof: string;
  /** Salt and value of commitments that the certificate needs opened. */
  readonly opened?: Readonly<Record<string, { readonly salt: string; readonly value: unknown }>>;
}

/**
 * The certificate as machines read it (docs/evidence.md): content, hash, signature, and all it takes to check it offline.
 * @throws Refused while an entry is not in the public log yet, and for a certificate of form 1
 */
export async function certificateFile(q: Queryable, row: CertificateTable): Promise<Buffer> {
  if (row.note === null) throw unsigned(row.number);
  const issued = receiptOf(row.issued_act);
  const events = row.content.events.map((e) => e.receiptId);
  const receipts = [...(await announcementReceipts(q)), issued, ...events];
  await sequenced(q, receipts);
  const evidence: EvidenceItem[] = [];
  for (const receiptId of receipts)
    evidence.push(await evidenceOf(q, receiptId, openingsIn(row, receiptId === issued)));
  const unsealed = { ...row.content, contentSha256: row.content_sha256, signature: row.note, evidence };
  // Signed as a whole too: the proofs in it are of today, and nothing in the file may be changed unseen.
  const hash = sha256Hex(canonical(JSON.parse(JSON.stringify(unsealed))));
  const file = await signedBy(q, 'shuheng/certificate-json/1', row.id, hash);
  return Buffer.from(canonical(JSON.parse(JSON.stringify({ ...unsealed, file }))));
}

/** What each was about; of its own issue the hash; of the others what counts and sums are reckoned from. */
function openingsIn(row: CertificateTable, isIssue: boolean): readonly string[] {
  if (isIssue) return ['subject', 'contentSha256'];
  const { counts = [], sums = [] } = row.content.asset ?? {};
  return ['subject', ...counts.flatMap((c) => Object.keys(c.where ?? {})), ...sums.map((s) => s.field)];
}

async function evidenceOf(q: Queryable, receiptId: string, open: readonly string[]): Promise<EvidenceItem> {
  const [entry, proof] = [await entryBytes(q, receiptId), await proofFor(q, receiptId)];
  if (!entry || !proof) throw notYet();
  const opened = await openings(q, receiptId, open);
  return {
    receiptId,
    entry: entry.toString('base64'),
    proof,
    ...(Object.keys(opened).length > 0 ? { opened } : {}),
  };
}

async function openings(
  q: Queryable,
  receiptId: string,
  names: readonly string[],
): Promise<NonNullable<EvidenceItem['opened']>> {
  const { rows } = await sql<{
    sealed: Record<string, SealedValue>;
  }>`select sealed from evidence_entry where id = ${receiptId}`.execute(q);
  return Object.fromEntries(
    Object.entries(rows[0]?.sealed ?? {}).flatMap(([name, kept]) =>
      names.includes(name) && 'value' in kept ? [[name, { salt: kept.salt, value: kept.value }]] : [],
    ),
  );
}

/** Waits until all have their public index. @throws Refused when that takes too long */
async function sequenced(q: Queryable, receipts: readonly string[]): Promise<void> {
  const until = Date.now() + SEQUENCED_WITHIN_MS;
  for (;;) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from evidence_leaf
      where entry_id = any (${[...receipts]}::text[]) and index < (select published_size from log_state)`.execute(q);
    if (rows[0]?.n === new Set(receipts).size) return;
    if (Date.now() > until) throw notYet();
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

const notYet = () =>
  refused(
    'state',
    'HS-7.11',
    text('存证尚未编入日志', 'The evidence is not in the log yet'),
    text(
      '凭证文件随附每项记录的日志证明，其中有记录尚未编入日志。',
      'The file carries a proof of each event, and one of them is not in the public log yet.',
    ),
    text('请稍候片刻再下载。', 'Wait a moment and download it again.'),
  );

const unsigned = (number: string) =>
  refused(
    'state',
    'HS-7.14',
    text('旧式凭证没有签名', 'A certificate of the first form has no signature'),
    text(
      `凭证 ${number} 出具于启用签名之前。`,
      `The certificate ${number} was issued before certificates were signed.`,
    ),
    text('请换发凭证，再下载文件。', 'Have it reissued, then download the file.'),
  );
