import { sql } from 'kysely';
import { z } from 'zod';
import { anyone, type Read, read } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { entryBytes, type LogSigner, proofFor, signNote } from '../../kernel/evidence/index.ts';
import { text } from '../../kernel/text.ts';

/** What certificates need besides the database; given once by the wiring of the program. */
export interface CertificateSetting {
  /** Who signs certificates today: one signer for each suite that is on, their keys announced in the log. */
  readonly signers: (q: Queryable) => Promise<readonly LogSigner[]>;
}

let setting: CertificateSetting | undefined;

export function configureCertificates(given: CertificateSetting): void {
  setting = given;
}

/** @throws Error before {@link configureCertificates}: a fault of the wiring */
function signers(q: Queryable): Promise<readonly LogSigner[]> {
  if (!setting) throw new Error('certificates are not configured: call configureCertificates first');
  return setting.signers(q);
}

/** @param lines after the first, without their newlines */
export async function signedBy(q: Queryable, type: string, ...lines: readonly string[]): Promise<string> {
  return signNote([type, ...lines, ''].join('\n'), await signers(q));
}

/** Receipts of the announcements of every key that ever signed. */
export async function announcementReceipts(q: Queryable): Promise<string[]> {
  const { rows } = await sql<{ announced_by: string }>`
    select distinct announced_by from signing_key where purpose = 'certificate' order by announced_by`.execute(q);
  return rows.map((r) => r.announced_by);
}

const keys = read({
  path: '/certificate-keys',
  title: text('凭证签发密钥', 'Keys that sign certificates'),
  by: anyone(),
  params: z.object({}),
  query: z.object({}),
  /** Entry (base64) and tlog-proof of each announcement, to check the note of a printed certificate offline. */
  output: z.object({
    items: z.array(z.object({ receiptId: z.string(), entry: z.string(), proof: z.string() })),
  }),
  run: async ({ db }) => ({ items: await announcements(db) }),
});

/** Entry (base64) and proof of the announcement of each key that ever signed certificates. */
export async function announcements(q: Queryable): Promise<{ receiptId: string; entry: string; proof: string }[]> {
  const items = [];
  for (const receiptId of await announcementReceipts(q)) {
    const [entry, proof] = [await entryBytes(q, receiptId), await proofFor(q, receiptId)];
    // An announcement of a second ago has no proof yet.
    if (entry && proof) items.push({ receiptId, entry: entry.toString('base64'), proof });
  }
  return items;
}

export const keyReads: readonly Read[] = [keys];
