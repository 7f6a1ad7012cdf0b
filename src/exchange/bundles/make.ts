import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import type { Database, Queryable } from '../../kernel/database/index.ts';
import { anchorFile } from '../../kernel/evidence/anchor/index.ts';
import {
  assembleBundle,
  type BundleFile,
  type BundleReceipt,
  entryBytes,
  packBundle,
  policyFile,
  proofFor,
  type UnsealedBundle,
} from '../../kernel/evidence/index.ts';
import { receiptOpenings } from '../../kernel/evidence/reads.ts';
import { type JobContext, type Task, task } from '../../kernel/jobs.ts';
import { type Text, text } from '../../kernel/text.ts';
import { VaultFailure } from '../../kernel/vault/index.ts';
import { announcements, certificateJson, certificatePdf } from '../certificates/index.ts';
import { expireBundle, failBundle, finishBundle, MAKE_TASK, REMOVE_TASK, sealBundle } from './acts.ts';
import { type Bundle, BundleId } from './model.ts';
import { type CertificateIn, certificatesIn, partyItself, receiptsIn, type Scope } from './scope.ts';
import { bundleSetting } from './setting.ts';

const Payload = z.object({ bundleId: BundleId });

/** More certificates than this are left to be fetched one by one; the newest are in. */
const CERTIFICATES_MAX = 50;
const BYTES_MAX = 200 * 1024 * 1024;
const PROGRESS_EVERY = 20;
/** How long one attempt waits for the log and its witnesses; the next attempt goes on. */
const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** Why a bundle cannot be made, in words for whoever asked for it. */
class Impossible extends Error {
  readonly says: Text;
  constructor(says: Text) {
    super(says.en);
    this.says = says;
  }
}

/** Makes a bundle: gathers, waits for the witnesses, seals the list of files in the log, packs and keeps the archive. */
export const makeTask: Task = task(MAKE_TASK, async (payload, context) => {
  const { bundleId } = Payload.parse(payload);
  const { kernel } = context;
  const row = await bundleOf(kernel.db, bundleId);
  if (row?.state !== 'making') return;
  try {
    await make(context, row);
  } catch (error) {
    const says = error instanceof Impossible ? error.says : error instanceof VaultFailure ? error.text : undefined;
    if (says === undefined) throw error;
    await execute(kernel, failBundle, SYSTEM, { bundleId, failure: says });
  }
});

/** Removes what is over or was given up: first from sight, by an act, then from the vault. */
export const removeTask: Task = task(REMOVE_TASK, async (payload, { kernel, vault }) => {
  const { bundleId } = Payload.parse(payload);
  const row = await bundleOf(kernel.db, bundleId);
  if (!row) return;
  if (row.state !== 'removed') await execute(kernel, expireBundle, SYSTEM, { bundleId });
  if (row.object_id !== null) await vault.remove(row.object_id);
});

const bundleOf = (q: Queryable, bundleId: string): Promise<Bundle | undefined> =>
  q.selectFrom('evidence_bundle').selectAll().where('id', '=', bundleId).executeTakeFirst();

async function make(context: JobContext, row: Bundle): Promise<void> {
  const { kernel, vault } = context;
  const scope: Scope = {
    partyId: row.party_id,
    subject: row.subject,
    from: row.from_at,
    until: row.until_at,
    before: row.requested_act,
  };
  const ids = await receiptsIn(kernel.db, scope, row.receipts);
  // A certificate may be issued after the bundle was asked for, and none may be in whose own proof the policy refuses.
  const certificates = await certificatesIn(kernel.db, scope, CERTIFICATES_MAX);
  await inLog(kernel.db, [...new Set([...ids, ...certificates.map((c) => c.receiptId)])]);
  const unsealed = await gather(kernel.db, row, certificates, ids);
  const size = unsealed.files.reduce((sum, file) => sum + file.content.length, 0);
  if (size > BYTES_MAX)
    throw new Impossible(
      text('司法包超过 200 MiB，请缩小范围。', 'The bundle would be larger than 200 MiB; narrow the scope.'),
    );

  const outcome = await execute(
    kernel,
    sealBundle,
    SYSTEM,
    { bundleId: row.id, manifestSha256: unsealed.manifestSha256 },
    { idempotencyKey: `seal ${row.id} ${unsealed.manifestSha256}` },
  );
  // Removed by its requester meanwhile.
  if (!outcome.ok) return;
  await inLog(kernel.db, [outcome.receipt.id]);
  const seal = await sealOf(kernel.db, outcome.receipt.id);
  const object = await vault.put(Readable.from(packBundle(unsealed, seal)), {
    ownerPartyId: row.requested_by,
    name: `${row.id}.zip`,
    mediaType: 'application/zip',
  });
  const finished = await execute(kernel, finishBundle, SYSTEM, {
    bundleId: row.id,
    objectId: object.id,
    bytes: object.bytes,
    sha256: object.sha256,
  });
  if (!finished.ok) await vault.remove(object.id);
}

async function sealOf(q: Queryable, receiptId: string): Promise<{ entry: Buffer; proof: string }> {
  const [entry, proof] = [await entryBytes(q, receiptId), await proofFor(q, receiptId)];
  if (!entry || proof === undefined) throw new Error(`the seal ${receiptId} is not in the log`);
  return { entry, proof };
}

/**
 * Waits until receipts stand in the log, at the level its policy asks for: a bundle that its own policy refuses would
 * be of no use.
 * @throws Error when that takes too long; the job is tried again
 */
async function inLog(q: Queryable, receiptIds: readonly string[]): Promise<void> {
  for (const until = Date.now() + WAIT_MS; ; ) {
    const { rows } = await sql<{ standing: boolean | null }>`
      select count(l.index) = ${receiptIds.length} and coalesce(max(l.index), -1) <
             case when s.witness_policy is null then s.published_size else s.witnessed_size end as standing
        from log_state s left join evidence_leaf l on l.entry_id = any(${[...receiptIds]}::text[])
       group by s.witness_policy, s.published_size, s.witnessed_size`.execute(q);
    if (rows[0]?.standing) return;
    if (Date.now() > until) throw new Error('the log and its witnesses have not come so far yet');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Everything that goes in, from one look at the database: all receipts are made at one checkpoint. */
async function gather(
  db: Database,
  row: Bundle,
  certificates: readonly CertificateIn[],
  ids: readonly string[],
): Promise<UnsealedBundle> {
  const report = progressOf(db, row.id);
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const policy = await policyFile(tx);
      if (policy === undefined) throw new Error('there is no log yet');
      const receipts: BundleReceipt[] = [];
      for (const id of ids) {
        receipts.push(await receiptOf(tx, row, id));
        if (receipts.length % PROGRESS_EVERY === 0) await report(receipts.length);
      }
      return assembleBundle({
        head: await headOf(tx, row),
        receipts,
        policy,
        announcements: await announcements(tx),
        // A certificate is gathered outside: it may wait a moment for its own receipts.
        others: [
          ...(await certificateFiles(db, row.party_id, certificates)),
          ...(await anchors(tx, row.party_id, ids)),
        ],
      });
    });
}

/** How far it has come, for whoever waits; outside the transaction, so that it can be seen. */
function progressOf(db: Database, bundleId: string): (done: number) => Promise<void> {
  return async (done) => {
    await db
      .updateTable('evidence_bundle')
      .set({ done })
      .where('id', '=', bundleId)
      .where('state', '=', 'making')
      .execute();
  };
}

async function receiptOf(q: Queryable, { party_id, openings }: Bundle, id: string): Promise<BundleReceipt> {
  const [entry, proof] = [await entryBytes(q, id), await proofFor(q, id)];
  if (!entry || proof === undefined) throw new Error(`receipt ${id} is not in the log`);
  return { id, entry, proof, openings: openings ? await receiptOpenings(q, partyItself(party_id), id) : [] };
}

async function headOf(q: Queryable, row: Bundle): Promise<Parameters<typeof assembleBundle>[0]['head']> {
  const names = await partiesById(q, [row.party_id, row.requested_by]);
  const named = (id: string) => ({ id, name: names.get(id)?.name ?? id });
  const { rows } = await sql<{ origin: string }>`select origin from log_state`.execute(q);
  return {
    id: row.id,
    madeAt: new Date().toISOString(),
    log: rows[0]?.origin ?? '',
    party: named(row.party_id),
    requestedBy: named(row.requested_by),
    scope: {
      subject: row.subject,
      from: row.from_at?.toISOString() ?? null,
      until: row.until_at?.toISOString() ?? null,
    },
  };
}

/** Certificates as the party has them, as file and as paper. */
async function certificateFiles(
  q: Queryable,
  partyId: string,
  certificates: readonly CertificateIn[],
): Promise<BundleFile[]> {
  const actor = partyItself(partyId);
  const { site } = bundleSetting();
  const files: BundleFile[] = [];
  for (const { id } of certificates) {
    const kind = 'certificate';
    files.push({ path: `certificates/${id}.json`, kind, content: await certificateJson(q, actor, id) });
    // The paper's QR code leads to this site, so it is drawn only where there is one.
    if (site) files.push({ path: `certificates/${id}.pdf`, kind, content: await certificatePdf(q, actor, id, site()) });
  }
  return files;
}

/** The newest anchor over what is in the bundle: it covers all of it. */
async function anchors(q: Queryable, partyId: string, ids: readonly string[]): Promise<BundleFile[]> {
  const { rows } = await sql<{ id: string }>`
    select entry_id as id from evidence_leaf where entry_id = any(${[...ids]}::text[])
       and index < (select max(size) from log_anchor where state = 'confirmed') order by index desc limit 1`.execute(q);
  const [last] = rows;
  const file = last && (await anchorFile(q, partyItself(partyId), last.id));
  return file ? [{ path: `anchors/${last.id}.json`, kind: 'anchor', content: Buffer.from(JSON.stringify(file)) }] : [];
}
