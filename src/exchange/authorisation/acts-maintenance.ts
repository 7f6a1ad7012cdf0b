import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, refused, role } from '../../kernel/acts/index.ts';
import { oneAtATime } from '../../kernel/cases/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { getParty, PartyId, setMaintainsPlatform, tiesBetween } from '../parties/index.ts';
import { EntrustmentId } from './model-duties.ts';
import * as rules from './rules/index.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** 委托第三方日常运维 (art. 13): on record, and barred from operating. */
const entrust = act({
  name: 'maintenance.entrust',
  title: text('委托平台运维', 'Entrust the maintenance of the platform'),
  by: role('data-authority'),
  input: z.object({
    partyId: PartyId.meta(field('受托单位', 'Party entrusted')),
    scope: z.string().trim().min(2).max(2_000).meta(field('委托内容', 'What is entrusted')),
    from: z.iso.datetime({ offset: true }).meta(field('自', 'From')),
    until: z.iso.datetime({ offset: true }).meta(field('至', 'Until')),
  }),
  output: z.object({ entrustmentId: EntrustmentId }),
  rules: [rules.entrustmentRecorded, rules.maintainerDoesNotOperate],
  facts: async ({ tx, actor, input }) => {
    await oneAtATime(tx, `maintenance ${input.partyId}`);
    const party = await getParty(tx, input.partyId);
    if (!party) throw notFound();
    const living = await tx
      .selectFrom('maintenance_entrustment')
      .select('id')
      .where('party_id', '=', party.id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return {
      entrustedBy: actor.partyId ?? '',
      toItself: party.id === actor.partyId,
      admitted: party.state === 'admitted',
      entrustedBefore: living !== undefined,
      from: new Date(input.from).toISOString(),
      until: new Date(input.until).toISOString(),
      operates: party.roles.includes('operating-unit') || (await appliesOrOperates(tx, [party.id])),
      affiliateOperates: await appliesOrOperates(tx, await affiliates(tx, party.id)),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const entrustmentId = newId('mnt');
    await tx
      .insertInto('maintenance_entrustment')
      .values({
        id: entrustmentId,
        party_id: input.partyId,
        entrusted_by: facts.entrustedBy,
        scope: input.scope,
        valid_from: new Date(facts.from),
        valid_until: new Date(facts.until),
        recorded_at: at,
        ended_at: null,
      })
      .execute();
    await setMaintainsPlatform(tx, input.partyId, true);
    return { entrustmentId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.entrustmentId,
    public: true,
    open: { party: input.partyId, from: facts.from, until: facts.until },
    parties: [input.partyId],
  }),
});

async function appliesOrOperates(tx: Tx, partyIds: readonly string[]): Promise<boolean> {
  const { rows } = await sql`select from operation_application a join case_file c on c.id = a.case_id
    where a.party_id = any (${[...partyIds]}::text[]) and c.closed_at is null limit 1`.execute(tx);
  return rows.length > 0;
}

/** Operating units the party is tied to. */
async function affiliates(tx: Tx, partyId: string): Promise<readonly string[]> {
  const units = await tx
    .selectFrom('party')
    .select('id')
    .where((e) => e(e.val('operating-unit'), '=', e.fn.any('roles')))
    .execute();
  const ties = await tiesBetween(
    tx,
    [partyId],
    units.map((u) => u.id),
  );
  return ties.map((t) => t.otherId);
}

/** 结束委托: the party may apply to operate again. */
const end = act({
  name: 'maintenance.end',
  title: text('结束平台运维委托', 'End an entrustment of maintenance'),
  by: role('data-authority'),
  input: z.object({ entrustmentId: EntrustmentId }),
  output: z.object({ entrustmentId: EntrustmentId }),
  facts: async ({ tx, actor, input }) => {
    const found = await tx
      .selectFrom('maintenance_entrustment')
      .selectAll()
      .where('id', '=', input.entrustmentId)
      .forUpdate()
      .executeTakeFirst();
    if (found?.entrusted_by !== actor.partyId) throw notFound();
    if (found.ended_at !== null)
      throw refused(
        'state',
        'JN-13.4',
        text('委托已经结束', 'The entrustment has ended'),
        text('该委托此前已结束。', 'It was ended before.'),
        text('无需再办理。', 'There is nothing to do.'),
      );
    return { entrustment: found };
  },
  perform: async ({ tx, facts: { entrustment }, at }) => {
    await tx.updateTable('maintenance_entrustment').set({ ended_at: at }).where('id', '=', entrustment.id).execute();
    await setMaintainsPlatform(tx, entrustment.party_id, false);
    return { entrustmentId: entrustment.id };
  },
  entry: ({ facts: { entrustment } }) => ({
    subject: entrustment.id,
    public: true,
    open: { party: entrustment.party_id },
    parties: [entrustment.party_id],
  }),
});

export const maintenanceActs: readonly Act[] = [entrust, end];
