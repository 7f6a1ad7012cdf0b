import { z } from 'zod';
import { act, notFound, role, signedIn } from '../acts/index.ts';
import { newId } from '../ids.ts';
import { valueAt } from '../rulebook/index.ts';
import { text } from '../text.ts';
import { ErasureId, HoldId, REMOVE_TASK, StoredObjectId } from './model.ts';
import * as rules from './rules.ts';
import { destroyKeys, destroyOwnerKeys, endingFacts, lockForEnding, lockObject } from './store.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const Reason = z.string().trim().min(2).max(1_000);
/** Who may place a hold: who supervises, and the exchange for arbitration and disputes. */
const HOLDERS = role('regulator', 'data-authority', 'exchange');
const REMOVE_PART = 500;

const yearsOn = (at: Date, years: number): string => {
  const day = new Date(at);
  day.setUTCFullYear(day.getUTCFullYear() + years);
  return day.toISOString();
};

/** 设定保存期限: from the owner; until then nothing erases it, and then it is cleared where the owner wants it so. */
export const setRetention = act({
  name: 'custody.set-retention',
  title: text('设定保存期限', 'Set how long it is kept'),
  by: signedIn(),
  input: z.object({
    objectId: StoredObjectId,
    until: z.iso.datetime().meta(field('保存至', 'Kept until')),
    clearAtExpiry: z.boolean().meta(field('期满自动清除', 'Cleared when the time is over')),
  }),
  output: z.object({ objectId: StoredObjectId }),
  rules: [rules.retentionGrows],
  facts: async ({ tx, actor, input, at }) => {
    const object = await lockObject(tx, input.objectId, actor.partyId);
    return {
      object,
      retainedUntil: object.retain_until?.toISOString() ?? null,
      wantedUntil: new Date(input.until).toISOString(),
      latest: yearsOn(at, valueAt(rules.CUSTODY_LIMITS.retentionYearsMax, at).value),
    };
  },
  perform: async ({ tx, input, facts: { object, wantedUntil } }) => {
    await tx
      .updateTable('vault_object')
      .set({ retain_until: new Date(wantedUntil), clear_at_expiry: input.clearAtExpiry })
      .where('id', '=', object.id)
      .execute();
    return { objectId: object.id };
  },
  entry: ({ input, facts }) => ({
    subject: input.objectId,
    sealed: { until: facts.wantedUntil, clearAtExpiry: input.clearAtExpiry },
  }),
});

/** 数据保全: nothing erases it as long as the hold stands; the owner is told by the receipt. */
export const placeHold = act({
  name: 'custody.place-hold',
  title: text('作出数据保全', 'Place a legal hold'),
  by: HOLDERS,
  secondFactor: true,
  input: z.object({
    objectId: StoredObjectId,
    reason: Reason.meta(field('理由', 'Reason')),
    citation: z.string().trim().min(2).max(300).meta(field('依据（文书或者条文）', 'Basis: document or article')),
  }),
  output: z.object({ holdId: HoldId }),
  facts: ({ tx, input }) => lockObject(tx, input.objectId),
  perform: async ({ tx, actor, input, facts, at }) => {
    const holdId = newId('hld');
    await tx
      .insertInto('legal_hold')
      .values({
        id: holdId,
        object_id: facts.id,
        owner_id: facts.owner_party_id,
        placed_by: actor.partyId ?? '',
        reason: input.reason,
        citation: input.citation,
        placed_at: at,
      })
      .execute();
    return { holdId };
  },
  entry: ({ input, facts, result }) => ({
    subject: facts.id,
    sealed: { hold: result.holdId, reason: input.reason, citation: input.citation },
    parties: [facts.owner_party_id],
  }),
});

/** 解除保全: by whoever placed it. */
export const releaseHold = act({
  name: 'custody.release-hold',
  title: text('解除数据保全', 'Release a legal hold'),
  by: HOLDERS,
  secondFactor: true,
  input: z.object({ holdId: HoldId, reason: Reason.meta(field('理由', 'Reason')) }),
  output: z.object({ holdId: HoldId }),
  rules: [rules.releasedByPlacer],
  facts: async ({ tx, actor, input }) => {
    const hold = await tx
      .selectFrom('legal_hold')
      .selectAll()
      .where('id', '=', input.holdId)
      .forUpdate()
      .executeTakeFirst();
    if (!hold) throw notFound();
    return { hold, placedByUs: hold.placed_by === actor.partyId, released: hold.released_at !== null };
  },
  perform: async ({ tx, input, facts, at }) => {
    await tx
      .updateTable('legal_hold')
      .set({ released_at: at, release_reason: input.reason })
      .where('id', '=', facts.hold.id)
      .execute();
    return { holdId: facts.hold.id };
  },
  entry: ({ input, facts }) => ({
    subject: facts.hold.object_id,
    sealed: { hold: facts.hold.id, reason: input.reason },
    parties: [facts.hold.owner_id],
  }),
});

/** 申请销毁: one object, or the owner's key with all that lies under it; a second person decides. */
export const askErasure = act({
  name: 'custody.ask-erasure',
  title: text('申请销毁数据', 'Ask for data to be erased for good'),
  by: signedIn(),
  input: z.object({
    /** Left out: everything the party has in custody, with its key. */
    objectId: StoredObjectId.optional(),
    reason: Reason.meta(field('理由', 'Reason')),
  }),
  output: z.object({ erasureId: ErasureId }),
  rules: [rules.notHeld, rules.retentionOver, rules.notNeeded],
  facts: async ({ tx, actor, input }) => {
    if (actor.partyId === null || actor.personId === null) throw notFound();
    const ids = await lockForEnding(tx, actor.partyId, input.objectId ?? null);
    if (ids.length === 0) throw notFound();
    return { ...(await endingFacts(tx, ids)), partyId: actor.partyId, personId: actor.personId, count: ids.length };
  },
  perform: async ({ tx, input, facts, at }) => {
    const erasureId = newId('vex');
    const row = await tx
      .insertInto('vault_erasure')
      .values({
        id: erasureId,
        party_id: facts.partyId,
        object_id: input.objectId ?? null,
        reason: input.reason,
        asked_by: facts.personId,
        asked_at: at,
        state: 'asked',
      })
      .onConflict((c) => c.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (row) return { erasureId };
    const open = await tx
      .selectFrom('vault_erasure')
      .select('id')
      .where('party_id', '=', facts.partyId)
      .where('object_id', input.objectId ? '=' : 'is', input.objectId ?? null)
      .where('state', '=', 'asked')
      .executeTakeFirstOrThrow();
    return { erasureId: open.id };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.erasureId,
    sealed: { object: input.objectId ?? null, objects: facts.count, reason: input.reason },
  }),
});

/** 确认销毁: destroys the keys in the very transaction that leaves the evidence; the bytes are removed right after. */
export const decideErasure = act({
  name: 'custody.decide-erasure',
  title: text('确认或驳回销毁', 'Confirm or decline an erasure'),
  by: role('party-admin', 'security-admin'),
  input: z.object({
    erasureId: ErasureId,
    decision: z.enum(['approve', 'decline']).meta(field('决定', 'Decision')),
    reason: Reason.meta(field('理由', 'Reason')),
  }),
  output: z.object({ erasureId: ErasureId, objects: z.number().int() }),
  rules: [rules.twoPersons, rules.notHeld, rules.retentionOver, rules.notNeeded],
  facts: async ({ tx, actor, input }) => {
    const row = await tx
      .selectFrom('vault_erasure')
      .selectAll()
      .where('id', '=', input.erasureId)
      .forUpdate()
      .executeTakeFirst();
    // The security administrator of the exchange may stand in where a party has no second person.
    const ours = row?.party_id === actor.partyId || actor.roles.includes('security-admin');
    if (!row || !ours) throw notFound();
    const approving = input.decision === 'approve';
    const ids = await lockForEnding(tx, row.party_id, row.object_id);
    return {
      ...(approving && row.state === 'asked' ? await endingFacts(tx, ids) : { held: 0, keptUntil: null, needs: [] }),
      ...{ row, ids, approving },
      samePerson: row.asked_by === actor.personId,
      settled: row.state !== 'asked',
    };
  },
  perform: async ({ tx, actor, facts: { row, ids, approving }, at, enqueue }) => {
    if (approving) {
      await destroyKeys(tx, ids, at);
      if (row.object_id === null) await destroyOwnerKeys(tx, row.party_id, at);
      for (let i = 0; i < ids.length; i += REMOVE_PART)
        enqueue({ task: REMOVE_TASK, payload: { objectIds: ids.slice(i, i + REMOVE_PART) } });
    }
    await tx
      .updateTable('vault_erasure')
      .set({
        state: approving ? 'done' : 'declined',
        decided_by: actor.personId,
        decided_at: at,
        objects: approving ? ids.length : 0,
      })
      .where('id', '=', row.id)
      .execute();
    return { erasureId: row.id, objects: approving ? ids.length : 0 };
  },
  entry: ({ input, facts, result }) => ({
    subject: facts.row.id,
    sealed: {
      decision: input.decision,
      reason: input.reason,
      object: facts.row.object_id,
      objects: result.objects,
    },
    parties: [facts.row.party_id],
  }),
});
