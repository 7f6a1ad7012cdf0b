import { z } from 'zod';
import { act, anyone, execute, type Kernel, type Read, read, SYSTEM, system } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { entryBytes, type LogSigner, proofFor, signNote } from '../../kernel/evidence/index.ts';
import { text } from '../../kernel/text.ts';

/** What certificates need besides the database; given once by the wiring of the program. */
export interface CertificateSetting {
  /** Who signs certificates: one signer for each suite that is on. */
  readonly signers: () => Promise<readonly LogSigner[]>;
}

let setting: CertificateSetting | undefined;

export function configureCertificates(given: CertificateSetting): void {
  setting = given;
}

/** @throws Error before {@link configureCertificates}: a fault of the wiring */
function signers(): Promise<readonly LogSigner[]> {
  if (!setting) throw new Error('certificates are not configured: call configureCertificates first');
  return setting.signers();
}

/** @param body lines after the first, each with its newline */
export async function signedBy(type: string, ...lines: readonly string[]): Promise<string> {
  return signNote([type, ...lines, ''].join('\n'), await signers());
}

/** Under this name the announcements stand in the log. */
const SUBJECT = 'certificate-keys';
const Vkey = z.string().min(10).max(1_000);

/** 公告签发密钥: from its entry on, whoever trusts the log knows which keys sign certificates. */
export const announceKey = act({
  name: 'certificate.announce-key',
  title: text('公告凭证签发密钥', 'Announce a certificate key'),
  by: system(),
  input: z.object({ vkeys: z.array(Vkey).min(1).max(8) }),
  output: z.object({ announced: z.number().int() }),
  facts: async () => ({}),
  perform: async ({ tx, input, actId, at }) => {
    const rows = input.vkeys.map((vkey) => ({ vkey, announced_at: at, announced_act: actId }));
    await tx
      .insertInto('certificate_key')
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
    return { announced: rows.length };
  },
  entry: ({ input }) => ({ subject: SUBJECT, public: true, open: { vkeys: input.vkeys } }),
});

/** Announces the signers' keys unless they are. Called at start: a new key is in the log before it signs anything. */
export async function announceKeys(kernel: Kernel): Promise<void> {
  const vkeys = (await signers()).map((s) => s.vkey);
  const known = await kernel.db.selectFrom('certificate_key').select('vkey').where('vkey', 'in', vkeys).execute();
  if (vkeys.every((vkey) => known.some((k) => k.vkey === vkey))) return;
  const outcome = await execute(kernel, announceKey, SYSTEM, { vkeys });
  if (!outcome.ok) throw new Error(`the certificate key could not be announced: ${outcome.refusal.title.en}`);
}

/** Receipts of the announcements of every key that ever signed. */
export async function announcementReceipts(q: Queryable): Promise<string[]> {
  const rows = await q
    .selectFrom('certificate_key')
    .select('announced_act')
    .distinct()
    .orderBy('announced_act')
    .execute();
  return rows.map((r) => r.announced_act.replace('act_', 'rct_'));
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
  run: async ({ db }) => {
    const items = [];
    for (const receiptId of await announcementReceipts(db)) {
      const [entry, proof] = [await entryBytes(db, receiptId), await proofFor(db, receiptId)];
      // An announcement of a second ago has no proof yet.
      if (entry && proof) items.push({ receiptId, entry: entry.toString('base64'), proof });
    }
    return { items };
  },
});

export const keyReads: readonly Read[] = [keys];
