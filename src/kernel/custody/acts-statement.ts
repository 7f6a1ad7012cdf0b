import { createHash } from 'node:crypto';
import { z } from 'zod';
import { partiesById } from '../access/index.ts';
import { act, notFound, role, signedIn } from '../acts/index.ts';
import { canonical } from '../evidence/index.ts';
import { idOf, newId } from '../ids.ts';
import { valueAt } from '../rulebook/index.ts';
import { text } from '../text.ts';
import { type Statement, StatementId } from './model.ts';
import { custodyOf, statementItem } from './reads.ts';
import { CUSTODY_LIMITS, statementFits } from './rules.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/**
 * 出具保管证明: every living object of the party with its digest. The digest of the whole stands in the log in clear, so the
 * file and the receipt of this act prove each other without the platform.
 */
export const issueStatement = act({
  name: 'custody.issue-statement',
  title: text('出具保管证明', 'Issue a statement of custody'),
  by: signedIn(),
  input: z.object({}),
  output: z.object({ statementId: StatementId, sha256: z.string() }),
  rules: [statementFits],
  facts: async ({ tx, actor, at }) => {
    if (actor.partyId === null) throw notFound();
    const limit = valueAt(CUSTODY_LIMITS.statementObjectsMax, at).value + 1;
    const items = await custodyOf(tx, { partyId: actor.partyId, living: true, limit });
    const owner = (await partiesById(tx, [actor.partyId])).get(actor.partyId);
    if (!owner) throw notFound();
    const statementId = newId('cst');
    const statement: Statement = {
      format: 'shuheng-custody-1',
      statementId,
      owner: { id: actor.partyId, name: owner.name, uscc: owner.uscc },
      at: at.toISOString(),
      objects: items.length,
      bytes: items.reduce((n, i) => n + i.bytes, 0),
      items: items.map(({ owner: _, ...item }) => statementItem(item)),
    };
    return { statement, objects: items.length, partyId: actor.partyId, digest: digestOf(statement) };
  },
  perform: async ({ tx, facts: { statement, partyId, digest }, at }) => {
    const row = { id: statement.statementId, party_id: partyId, at, sha256: digest };
    await tx
      .insertInto('custody_statement')
      .values({ ...row, content: JSON.stringify(statement) })
      .execute();
    return { statementId: statement.statementId, sha256: digest };
  },
  entry: ({ facts, result }) => ({
    subject: result.statementId,
    open: { statement: `sha256:${facts.digest}` },
    sealed: { objects: facts.objects },
  }),
});

/** SHA-256 of the canonical JSON (RFC 8785) of a statement, hex. */
export const digestOf = (statement: Statement): string =>
  createHash('sha256')
    .update(canonical(JSON.parse(JSON.stringify(statement))))
    .digest('hex');

/** 调整存储配额 */
export const setQuota = act({
  name: 'custody.set-quota',
  title: text('调整存储配额', 'Set how much a party may keep'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    partyId: idOf('pty', text('单位编号', 'Party id')),
    bytesMax: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).meta(field('最大字节数', 'Most bytes')),
    objectsMax: z.number().int().min(0).max(10_000_000).meta(field('最多对象数', 'Most objects')),
    reason: z.string().trim().min(2).max(500).meta(field('理由', 'Reason')),
  }),
  output: z.object({ partyId: z.string() }),
  facts: async ({ tx, input }) => {
    if ((await partiesById(tx, [input.partyId])).size === 0) throw notFound();
    return {};
  },
  perform: async ({ tx, input, at }) => {
    const values = { bytes_max: input.bytesMax, objects_max: input.objectsMax, reason: input.reason, set_at: at };
    await tx
      .insertInto('vault_quota')
      .values({ party_id: input.partyId, ...values })
      .onConflict((c) => c.column('party_id').doUpdateSet(values))
      .execute();
    return { partyId: input.partyId };
  },
  entry: ({ input }) => ({
    subject: input.partyId,
    sealed: { bytesMax: input.bytesMax, objectsMax: input.objectsMax, reason: input.reason },
    parties: [input.partyId],
  }),
});
